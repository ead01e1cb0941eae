"""In which cells homes lie on a day; asked by every report that speaks about the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select

from gridcase.core.clock import now, town_day
from gridcase.core.dated import Span, in_force, known
from gridcase.core.db import db
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.households.models import Household, HouseholdPlace, Member

LOOKED_BACK = timedelta(days=31)


def homes_on(path: str, *, on: date, known_at: datetime | None = None) -> Select[int, int]:
    """(household_id, grid_id) of the homes in a subtree on a day, as known now or at an earlier moment; a statement to
    join on, so that every report of a past day starts from the same homes."""
    return (
        select(HouseholdPlace.household_id, HouseholdPlace.grid_id)
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .where(under(Grid.path, path), in_force(HouseholdPlace, on, known_at=known_at))
    )


def lines_of(household_ids: Sequence[int]) -> dict[int, list[Span]]:
    """The time lines of homes in cells, as known now, by household."""
    lines: dict[int, list[Span]] = {}
    for start in range(0, len(household_ids), 500):
        rows = db.session.scalars(
            select(HouseholdPlace)
            .where(HouseholdPlace.household_id.in_(household_ids[start : start + 500]), known(HouseholdPlace))
            .order_by(HouseholdPlace.valid_from)
        )
        for row in rows:
            values = {"household_id": row.household_id, "grid_id": row.grid_id, "reason": row.reason}
            lines.setdefault(row.household_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def stale(today: date) -> list[int]:
    """Homes whose move began lately and whose row of today does not say so yet."""
    rows = db.session.scalars(
        select(HouseholdPlace.household_id)
        .join(Household, Household.id == HouseholdPlace.household_id)
        .where(
            HouseholdPlace.valid_from.between(today - LOOKED_BACK, today),
            in_force(HouseholdPlace, today),
            Household.grid_id != HouseholdPlace.grid_id,
        )
    )
    return list(rows)


def check() -> list[str]:
    """Homes whose row of today does not say where they lie today, for `gridcase doctor`."""
    today = town_day(now())
    lost = db.session.scalar(
        select(func.count())
        .select_from(Household)
        .outerjoin(HouseholdPlace, (HouseholdPlace.household_id == Household.id) & in_force(HouseholdPlace, today))
        .where(
            or_(Household.ended_on.is_(None), Household.ended_on > today),
            or_(HouseholdPlace.id.is_(None), HouseholdPlace.grid_id != Household.grid_id),
        )
    )
    found = [f"{lost} homes lie elsewhere than their dated rows say: run gridcase tick"] if lost else []
    twice = db.session.scalars(
        select(Member.person_id)
        .where(in_force(Member, today))
        .group_by(Member.person_id)
        .having(func.count() > 1)
        .order_by(Member.person_id)
        .limit(20)
    ).all()
    return found + [f"person {person_id} lives in two homes" for person_id in twice]
