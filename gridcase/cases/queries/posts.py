"""The open work that lies with posts: what was addressed to them, and what they collected and owe a word for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from gridcase.cases.models import Case
from gridcase.cases.queries.sight import open_condition
from gridcase.cases.rules import State
from gridcase.core.db import db
from gridcase.people.models import Post
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role

AT_ONCE = 500
# States in which a case is in the hands of whom it was sent to.
IN_HANDS = (State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED)
# Who hears of an emergency the moment it is written down; of a restricted one the town alone.
VILLAGE_DESK = (Role.FULLTIME_GRID, Role.VILLAGE_HEAD)
AT_ONCE_TOLD = (*VILLAGE_DESK, Role.DISPATCHER)


@dataclass(frozen=True)
class Held:
    """An open case that a post handles (`handler_post_id`) or took down (`collector_post_id`)."""

    id: int
    number: str
    state: str
    household_id: int | None
    handler_post_id: int | None
    collector_post_id: int | None
    restricted: bool
    due_at: datetime | None
    soon_at: datetime | None


def held_by(post_ids: Collection[int]) -> list[Held]:
    """Open cases addressed to these posts or collected by them, by number; restricted ones among them."""
    found: dict[int, Held] = {}
    wanted = sorted(post_ids)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = db.session.execute(
            select(
                Case.id, Case.number, Case.state, Case.household_id, Case.handler_post_id, Case.collector_post_id,
                Case.restricted, Case.due_at, Case.soon_at,
            ).where(open_condition(), or_(Case.handler_post_id.in_(some), Case.collector_post_id.in_(some)))
        )  # fmt: skip
        found |= {row.id: Held(*row) for row in rows}
    return sorted(found.values(), key=lambda held: held.number)


def without_addressee() -> Sequence[int]:
    """Restricted cases in somebody's hands that name nobody any more: he had a post that closed."""
    return db.session.scalars(
        select(Case.id)
        .where(
            open_condition(),
            Case.restricted,
            Case.state.in_(IN_HANDS),
            Case.handler_post_id.is_(None),
            Case.handler_unit_id.is_(None),
        )
        .order_by(Case.id)
    ).all()


def posts_to_warn(case: Case, *, on: date) -> Sequence[int]:
    """The posts over a case's place that must know of an emergency at once."""
    return _posts_over(case, (Role.DISPATCHER,) if case.restricted else AT_ONCE_TOLD, on)


def village_desk(case: Case, *, on: date) -> Sequence[int]:
    """The posts that send on what has climbed to the village."""
    return _posts_over(case, VILLAGE_DESK, on)


def _posts_over(case: Case, roles: Sequence[Role], on: date) -> Sequence[int]:
    above = [case.path[: cut + 1] for cut, sign in enumerate(case.path) if sign == "/" and cut]
    return db.session.scalars(
        select(Post.id).where(Post.place_path.in_(above), Post.role.in_(roles), valid_on(Post, on)).order_by(Post.id)
    ).all()
