"""What is due and has not been told, and who is to hear it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, case, cast, func, literal, literal_column, or_, select, true

from gridcase.cases.models import Case, CaseClass
from gridcase.cases.queries import open_condition
from gridcase.cases.rules import LADDER, STAGE_LATE, Rung, State, Urgency
from gridcase.core.db import db
from gridcase.core.scope import outside, under
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
SOON = LADDER[0]
SHORT_STAGES = (State.REGISTERED, State.ACCEPTED, State.RETURNED, State.DISPATCHED)
CLOSED_LATELY = timedelta(days=60)
_CRITICAL = Case.urgency == literal_column(str(int(Urgency.CRITICAL)))  # in the words of the partial index


Mark = tuple[datetime, int]  # (due time, id) of the last case of a batch


def due_soon(*, now: datetime, asleep: Collection[int], after: Mark | None) -> Sequence[Any]:
    """Cases that will soon be due, of whom nobody was told for their present due time; it is not said any more of what
    is late."""
    query = _to_tell(Case.due_at, after).where(Case.soon_at <= now, Case.due_at > now, _awake(asleep))
    return db.session.execute(query.where(_untold(SOON, Case.due_at))).all()


def late(cuts: Mapping[str, datetime], *, asleep: Collection[int], after: Mark | None) -> Sequence[Any]:
    """Cases on a rung on which nobody was told for their present due time. `cuts`: what was due by then stands on the
    rung. `told`: the rungs on which somebody was, by comma.

    One look at a case's notices for all rungs together: with nothing to say this is nearly all that a sweep costs.
    """
    here = or_(*(and_(Notice.rule == rung, Case.due_at <= cut) for rung, cut in cuts.items()))
    rungs = select(func.count(Notice.rule.distinct())).where(_told_of(Case.due_at), here).scalar_subquery()
    names = select(func.aggregate_strings(Notice.rule, ",")).where(_told_of(Case.due_at), here).scalar_subquery()
    reached = sum((case((Case.due_at <= cut, 1), else_=0) for cut in cuts.values()), start=literal(0))
    query = _to_tell(Case.due_at, after).add_columns(names.label("told"))
    return db.session.execute(query.where(Case.due_at <= max(cuts.values()), rungs < reached, _awake(asleep))).all()


def stage_late(*, now: datetime, after: Mark | None) -> Sequence[Any]:
    """Emergencies whose stage is over, of whom nobody was told for this stage; `due_at` is the stage's own."""
    late = (_CRITICAL, Case.stage_due_at < now, Case.state.in_(SHORT_STAGES))
    query = _to_tell(Case.stage_due_at, after).where(*late, _untold(STAGE_LATE, Case.stage_due_at))
    return db.session.execute(query).all()


def _to_tell(due: Any, after: Mark | None) -> Any:
    """The next open cases, by due time and id. Cases without a clock (imported, not taken up yet) are none of them; a
    pause has moved the clock. In the order of their ids PostgreSQL would walk through all cases."""
    query = select(
        Case.id, Case.number, Case.state, Case.urgency, Case.path, Case.section_id, Case.restricted,
        due.label("due_at"), Case.handler_post_id, Case.handler_unit_id, Case.level,
    ).where(open_condition(), Case.unsorted.is_(False))  # fmt: skip
    if after is not None:
        query = query.where(due >= after[0], or_(due > after[0], Case.id > after[1]))
    return query.order_by(due, Case.id).limit(BATCH)


def _untold(rung: Rung, due: Any) -> ColumnElement[bool]:
    """Whether nobody was told on a rung: one look a case. A join is planned by how many notices there once were."""
    return select(Notice.id).where(_told_of(due), Notice.rule == rung.name).limit(1).scalar_subquery().is_(None)


def _told_of(due: Any) -> ColumnElement[bool]:
    return and_(Notice.subject_kind == "case", Notice.subject_id == Case.id, Notice.due_at == due)


def _awake(asleep: Collection[int]) -> ColumnElement[bool]:
    """Of counties that are asleep emergencies alone."""
    return or_(Case.urgency == Urgency.CRITICAL, Case.county_id.not_in(asleep)) if asleep else true()


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
