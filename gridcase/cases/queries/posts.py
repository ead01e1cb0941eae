"""The open work that lies with posts: what was addressed to them, and what they collected and owe a word for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from gridcase.cases.models import Case
from gridcase.cases.queries.sight import open_condition
from gridcase.cases.rules import State
from gridcase.core.db import db

AT_ONCE = 500
# States in which a case is in the hands of whom it was sent to.
IN_HANDS = (State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED)


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
