"""What is due and has not been told, and who is to hear it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, literal, or_, select

from gridcase.cases.models import Case, CaseClass
from gridcase.cases.queries import open_condition
from gridcase.cases.rules import STAGE_LATE, Rung, State, Urgency
from gridcase.core.db import db
from gridcase.core.scope import outside, under
from gridcase.core.worktime import WorkCalendar
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import TierTask
from gridcase.households.rules.tiers_steps import HARDSHIP_CLASS, RESTRICTED_CLASS
from gridcase.notices.models import Notice
from gridcase.people.models import Holding, Post
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role
from gridcase.reminders.models import DigestDay
from gridcase.reminders.rules import CASE_REF, RULES, TIMES_KEY, Times

BATCH = 1000
SHORT_STAGES = (State.REGISTERED, State.ACCEPTED, State.RETURNED, State.DISPATCHED)
CLOSED_LATELY = timedelta(days=60)


def untold(
    rung: Rung,
    *,
    calendar: WorkCalendar,
    now: datetime,
    asleep: Collection[int],
    after: int,
) -> Sequence[Any]:
    """Cases that stand on this rung and of whom nobody was told for their present due time, by id.

    The database leaves out what was told before, so that a sweep with nothing to say reads little and writes
    nothing. Of counties that are `asleep` it gives emergencies alone. Cases without a clock (imported, not taken up
    yet) stand on no rung; a pause has moved the clock.
    """
    query = _to_tell(rung, Case.due_at).where(Case.id > after, _reached(rung, calendar, now))
    if asleep:
        query = query.where(or_(Case.urgency == Urgency.CRITICAL, Case.county_id.not_in(asleep)))
    return db.session.execute(query.order_by(Case.id).limit(BATCH)).all()


def stage_late(*, now: datetime, after: int) -> Sequence[Any]:
    """Emergencies whose stage is over, of whom nobody was told for this stage; `due_at` is the stage's own."""
    late = (Case.urgency == Urgency.CRITICAL, Case.stage_due_at < now, Case.state.in_(SHORT_STAGES))
    query = _to_tell(STAGE_LATE, Case.stage_due_at).where(Case.id > after, *late)
    return db.session.execute(query.order_by(Case.id).limit(BATCH)).all()


def _to_tell(rung: Rung, due: Any) -> Any:
    """Open cases with a clock of whom nobody was told on this rung for this due time."""
    told = select(Notice.id).where(
        Notice.subject_kind == "case", Notice.subject_id == Case.id, Notice.rule == rung.name, Notice.due_at == due
    )
    return select(
        Case.id, Case.number, Case.state, Case.urgency, Case.path, Case.section_id, Case.restricted,
        due.label("due_at"), Case.handler_post_id, Case.handler_unit_id, Case.level,
    ).where(open_condition(), Case.unsorted.is_(False), ~told.exists())  # fmt: skip


def _reached(rung: Rung, calendar: WorkCalendar, now: datetime) -> ColumnElement[bool]:
    """Whether the rung's moment has come. "Due soon" is not said any more of what is late."""
    if rung.after_hours is None:
        return and_(Case.soon_at <= now, Case.due_at > now)
    return Case.due_at <= (calendar.subtract_hours(now, rung.after_hours) if rung.after_hours else now)


def posts_over(paths: Iterable[str], roles: Iterable[Role], *, on: date) -> list[Row[Any]]:
    """Posts of these roles at these places or above them, in one statement."""
    above = {path[: cut + 1] for path in paths for cut, sign in enumerate(path) if sign == "/" and cut}
    return list(
        db.session.execute(
            select(Post.id, Post.role, Post.place_path, Post.section_id)
            .where(Post.place_path.in_(above), Post.role.in_(sorted(roles)), valid_on(Post, on))
            .order_by(Post.id)
        )
    )


def hardship_closed(*, now: datetime, asleep: Collection[str] = ()) -> Sequence[Any]:
    """Cases of sudden hardship or restricted risk, closed lately, that no other assessment was asked for yet; none of
    counties that are `asleep`."""
    asked = select(TierTask.id).where(
        TierTask.household_id == Case.household_id, TierTask.ref == literal(CASE_REF) + cast(Case.id, String)
    )
    return db.session.execute(
        select(Case.id, Case.household_id, Case.path, Case.restricted)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .where(
            CaseClass.code.in_((HARDSHIP_CLASS, RESTRICTED_CLASS)),
            Case.state == State.CLOSED,
            Case.unsorted.is_(False),
            Case.closed_at > now - CLOSED_LATELY,
            Case.household_id.is_not(None),
            outside(Case.path, asleep),
            ~asked.exists(),
        )
        .order_by(Case.id)
        .limit(BATCH)
    ).all()


@dataclass(frozen=True)
class County:
    """A county and its times."""

    id: int
    path: str
    name: str
    times: Times


def times_of(path: str) -> Times:
    """The times of the county of a place, in force as soon as they are saved."""
    found = grids.setting(path, TIMES_KEY, on=date.max)
    return Times.from_json(found[0]) if found else Times()


def counties() -> list[County]:
    """All counties with their times."""
    rows = db.session.execute(
        select(Grid.id, Grid.path, Grid.name).where(Grid.level == GridLevel.COUNTY).order_by(Grid.id)
    ).all()
    return [County(row.id, row.path, row.name, times_of(row.path)) for row in rows]


def digest_done(county_id: int, *, on: date) -> bool:
    """Whether a county had its digests of a day."""
    return db.session.get(DigestDay, (county_id, on)) is not None


def last_digest(county_id: int) -> datetime | None:
    """When a county had its last digests."""
    return db.session.scalar(
        select(DigestDay.at).where(DigestDay.county_id == county_id).order_by(DigestDay.day.desc()).limit(1)
    )


def told_of_cases(path: str, *, after: datetime, until: datetime) -> Sequence[Any]:
    """(post, unit, case, rule) of what was told in a county within a time: restricted cases stand in no digest, and
    emergencies were told by themselves."""
    return db.session.execute(
        select(Notice.post_id, Notice.unit_id, Notice.subject_id, Notice.rule)
        .join(Case, Case.id == Notice.subject_id)
        .where(Notice.created_at > after, Notice.created_at <= until, Notice.urgent.is_(False))
        .where(Notice.subject_kind == "case", Notice.rule.in_(RULES), under(Notice.place_path, path))
        .where(Case.restricted.is_(False), open_condition())
        .order_by(Notice.id)
    ).all()


def holders(posts: Sequence[int], units: Sequence[int], *, on: date) -> Sequence[Any]:
    """(person, post, unit) of who holds these posts, or a post in these units, stand-ins included."""
    return db.session.execute(
        select(Holding.person_id, Holding.post_id, Post.unit_id)
        .join(Post, Post.id == Holding.post_id)
        .where(or_(Post.id.in_(posts), Post.unit_id.in_(units)), valid_on(Holding, on), valid_on(Post, on))
        .distinct()
        .order_by(Holding.person_id, Holding.post_id)
    ).all()


def counties_of(paths: Iterable[str]) -> Sequence[Grid]:
    """The counties that places lie in; for the whole country ("/") all of them."""
    heads = {path.split("/")[1] for path in paths}
    query = select(Grid).where(Grid.level == GridLevel.COUNTY).order_by(Grid.id)
    if "" not in heads:
        query = query.where(Grid.id.in_([int(head) for head in heads]))
    return db.session.scalars(query).all()
