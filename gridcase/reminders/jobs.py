"""The sweep: whatever is due and untold is told, once. Run as often as one likes, by as many as one likes.

A run only asks the database what is due and was not told yet; the unique key of a notice decides between
two runs at once. A stopped night is caught up by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row

from gridcase.audit import service as audit
from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.rules import LADDER, STAGE_LATE, Level, Rung, State, Urgency
from gridcase.cases.rules.lights import stage_said
from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.core.worktime import WorkCalendar
from gridcase.households import jobs as care
from gridcase.households import service as households_service
from gridcase.households.rules import Cause
from gridcase.mediation import jobs as mediations
from gridcase.notices import service as notices
from gridcase.people.rules import Role
from gridcase.reception import jobs as reception
from gridcase.reminders import queries, rules
from gridcase.reminders.service import digest


@dataclass(frozen=True)
class Addressee:
    """A post or a unit."""

    post_id: int | None = None
    unit_id: int | None = None


class Serving(NamedTuple):
    """A post at its place."""

    id: int
    role: Role
    section_id: int | None


Posts = Mapping[str, Sequence[Serving]]
Batch = Sequence[Row[Any]]


def sweep(*, actor: Viewer, now: datetime) -> int:
    """Tell what is due and untold; returns how many notices were written. Where it is night emergencies only: one
    county's night is not the night of all."""
    counties, calendar = queries.counties(), work_calendar()
    night = [county for county in counties if county.times.quiet(now)]
    told = _climb(calendar, actor=actor, now=now, asleep={one.id for one in night})
    quiet = [county.path for county in night]
    _hardship(quiet, actor=actor, now=now)
    if case_queries.late_without_sheet(now, asleep=quiet):
        with transaction():
            cases.draft_sheets(actor=actor, now=now, asleep=quiet)
    care.look_again(actor=actor, now=now, asleep=quiet)
    for tell in (care.tell_tasks, reception.tell_hosts, mediations.tell_due):
        told += tell(actor=actor, now=now, asleep=quiet)
    return told + sum(digest.tell_day(county, actor=actor, now=now) for county in counties)


def asleep(now: datetime) -> tuple[str, ...]:
    """The counties in whose quiet hours we are, by path."""
    return tuple(county.path for county in queries.counties() if county.times.quiet(now))


def _hardship(asleep: Collection[str], *, actor: Viewer, now: datetime) -> None:
    """A closed case of sudden hardship, or of a risk that only named roles read, asks for another look at the home."""
    while rows := queries.hardship_closed(now=now, asleep=asleep):
        asks = [
            households_service.Ask(
                row.household_id, row.path, Cause.RESTRICTED if row.restricted else Cause.CASE, rules.case_ref(row.id)
            )
            for row in rows
        ]
        with transaction():
            households_service.ask_all(asks, actor=actor, now=now)


def _climb(calendar: WorkCalendar, *, actor: Viewer, now: datetime, asleep: Collection[int]) -> int:
    """The ladder, and the emergencies whose stage is over and nobody has moved; these at any hour."""
    late = [rung for rung in LADDER if rung.after_hours is not None]
    cuts = {rung.name: calendar.subtract_hours(now, rung.after_hours) if rung.after_hours else now for rung in late}

    def soon(after: queries.Mark | None) -> Batch:
        return queries.due_soon(now=now, asleep=asleep, after=after)

    def over(after: queries.Mark | None) -> Batch:
        return queries.late(cuts, asleep=asleep, after=after)

    def unattended(after: queries.Mark | None) -> Batch:
        return queries.stage_late(now=now, after=after)

    told = sum(_tell(queries.SOON, batch, _posts(batch, now), actor=actor, now=now) for batch in _batches(soon))
    for batch in _batches(over):
        posts = _posts(batch, now)
        for rung in late:
            stands = [case for case in batch if _stands_on(rung, case, cuts[rung.name])]
            told += _tell(rung, stands, posts, actor=actor, now=now)
    urgent = (_tell(STAGE_LATE, batch, _posts(batch, now), actor=actor, now=now) for batch in _batches(unattended))
    return told + sum(urgent)


def _stands_on(rung: Rung, case: Row[Any], cut: datetime) -> bool:
    return case.due_at <= cut and rung.name not in (case.told or "").split(",")


def _batches(read: Callable[[queries.Mark | None], Batch]) -> Iterator[Batch]:
    """Batch after batch, so that the write lock is held for milliseconds; each by id, so that two sweeps at once write
    in one order and never wait for one another crosswise."""
    after: queries.Mark | None = None
    while True:
        batch = read(after)
        if batch:
            yield sorted(batch, key=attrgetter("id"))
        if len(batch) < queries.BATCH:
            return
        after = batch[-1].due_at, batch[-1].id


def _tell(rung: Rung, batch: Batch, posts: Posts, *, actor: Viewer, now: datetime) -> int:
    to_tell = [(case, who) for case in batch for who in _addressees(rung, case, posts)]
    if not to_tell:
        return 0
    with transaction():
        told = len(notices.tell_all([_telling(rung, case, who, now) for case, who in to_tell], now=now))
        if told:
            _record(rung.name, subjects=len(batch), told=told, actor=actor, now=now)
    return told


def _telling(rung: Rung, case: Row[Any], who: Addressee, now: datetime) -> notices.Telling:
    return notices.Telling(
        rule=rung.name, subject_kind="case", subject_id=case.id, due_at=case.due_at, place_path=case.path,
        text=rung.say(number=case.number, due=case.due_at, on=now, **stage_said(rung, State(case.state))),
        link=f"/cases/{case.id}", number=case.number, for_groups=not case.restricted,
        post_id=who.post_id, unit_id=who.unit_id, urgent=case.urgency == Urgency.CRITICAL,
    )  # fmt: skip


def _posts(batch: Batch, now: datetime) -> Posts:
    """The posts of each place of the cases, so that a case asks only the places above it."""
    found: dict[str, list[Serving]] = {}
    for post in queries.posts_over({case.path for case in batch}, rules.ALL_ROLES, on=town_day(now)):
        found.setdefault(post.place_path, []).append(Serving(post.id, Role(post.role), post.section_id))
    return found


def _addressees(rung: Rung, case: Row[Any], posts: Posts) -> list[Addressee]:
    """Whom the rung names for this case, each once."""
    found: dict[Addressee, None] = {}
    for word in rung.to:
        if word == "handler":
            found.update(dict.fromkeys(_waited_for(case, posts)))
        else:
            found.update(dict.fromkeys(_nearest(case, posts, rules.LADDER_ROLES[word])))
    return list(found)


def _waited_for(case: Row[Any], posts: Posts) -> Iterator[Addressee]:
    """The post or unit it was sent to, else the nearest that has to accept, send or check it."""
    if rules.at_desk(State(case.state)) and (case.handler_post_id or case.handler_unit_id):
        yield Addressee(post_id=case.handler_post_id, unit_id=case.handler_unit_id)
    else:
        level = Level(case.level) if case.level else None
        yield from _nearest(case, posts, rules.waits_for(State(case.state), level))


def _nearest(case: Row[Any], posts: Posts, roles: Sequence[Role]) -> Iterator[Addressee]:
    """The posts at the place nearest to the case, and there of the first of these roles that is filled."""
    path = case.path
    while path:
        heard = [(post, rank) for post in posts.get(path, ()) if (rank := _rank(post, case, roles)) is not None]
        if heard:
            first = min(rank for _post, rank in heard)
            yield from (Addressee(post_id=post.id) for post, rank in heard if rank == first)
            return
        path = path[: path.rfind("/", 0, -1) + 1]


def _rank(post: Serving, case: Row[Any], roles: Sequence[Role]) -> int | None:
    """Where a post at or above the case's place stands among `roles`; None when it must not hear of the case."""
    role = post.role
    if not rules.may_hear(role, restricted=case.restricted):
        return None
    if role is Role.SECTION_LEADER:  # leads the homes of the own section as a grid leader does those of a cell
        role = Role.GRID_LEADER if post.section_id is not None and post.section_id == case.section_id else role
    return roles.index(role) if role in roles else None


def _record(rule: str, *, subjects: int, told: int, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action="reminders.sweep", subject_kind="notice", subject_id=None, now=now,
        detail={"rule": rule, "subjects": subjects, "told": told},
    )  # fmt: skip
