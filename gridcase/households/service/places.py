"""In which cell a home lies, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, Member
from gridcase.households.queries import circles, places
from gridcase.people.models import Person, Post
from gridcase.people.rules import Role

_AT_ONCE = 500  # ids in one statement


def move_homes(
    *,
    actor: Viewer,
    place: str,
    homes: Mapping[int, Grid],
    start: date,
    reason: str,
    now: datetime,
    end: date | None = None,
) -> int:
    """From `start` (to `end`) the homes lie in these cells or groups; one operation, whatever was written before.

    `place` is the path the audit row belongs to. A day in the past corrects; a day to come takes effect on that day.
    Cases and visits keep the place they had. Returns how many homes were moved.
    """
    hold(homes)
    lines = places.lines_of(list(homes))
    dated.write(
        HouseholdPlace,
        [
            dated.rewritten(
                lines.get(household_id, ()), start=start, end=end,
                values={"household_id": household_id, "grid_id": grid.id, "reason": reason},
            )
            for household_id, grid in homes.items()
        ],
        now=now,
    )  # fmt: skip
    settle(list(homes), today=town_day(now))
    for grid_id in sorted({grid.id for grid in homes.values()}):
        ids = [household_id for household_id, grid in homes.items() if grid.id == grid_id]
        audit.record(
            actor=actor, action="household.move", subject_kind="grid", subject_id=grid_id, place_path=place, now=now,
            detail={"households": ids[:200], "count": len(ids), "from": start.isoformat()},
        )  # fmt: skip
    return len(homes)


def hold(household_ids: Iterable[int]) -> None:
    """Keep others from rewriting the time lines of these homes until the transaction ends; always in the same order."""
    ids = sorted(set(household_ids))
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        db.session.execute(
            select(Household.id).where(Household.id.in_(some)).order_by(Household.id).with_for_update()
        ).all()


def settle(household_ids: Sequence[int], *, today: date) -> None:
    """Carry what is in force today into the households and their members, for the lists and rights of today."""
    for start in range(0, len(household_ids), _AT_ONCE):
        some = list(household_ids[start : start + _AT_ONCE])
        _settle_place(some, today)
        _settle_section(some, today)
        _settle_persons(some, today)


def _settle_place(ids: list[int], today: date) -> None:
    here = (
        select(Grid)
        .join(HouseholdPlace, HouseholdPlace.grid_id == Grid.id)
        .where(HouseholdPlace.household_id == Household.id, dated.in_force(HouseholdPlace, today))
        .correlate(Household)
        .limit(1)
    )
    db.session.execute(
        update(Household)
        .where(Household.id.in_(ids), here.with_only_columns(Grid.id).exists())
        .values(
            grid_id=here.with_only_columns(Grid.id).scalar_subquery(),
            path=here.with_only_columns(Grid.path).scalar_subquery(),
            village_id=here.with_only_columns(Grid.village_id).scalar_subquery(),
        ),
        execution_options={"synchronize_session": False},
    )
    for household_id in ids:  # by key: to ask an expired home for its id would read it again
        home = db.session.identity_map.get(db.session.identity_key(Household, household_id))
        if home is not None:
            db.session.expire(home)


def _settle_section(ids: list[int], today: date) -> None:
    section = (
        select(Post.section_id)
        .join(CirclePlace, CirclePlace.post_id == Post.id)
        .where(
            CirclePlace.household_id == Household.id,
            CirclePlace.role == Role.LIAISON,
            dated.in_force(CirclePlace, today),
        )
        .correlate(Household)
        .limit(1)
        .scalar_subquery()
    )
    db.session.execute(
        update(Household).where(Household.id.in_(ids)).values(section_id=section),
        execution_options={"synchronize_session": False},
    )


def _settle_persons(ids: list[int], today: date) -> None:
    path = (
        select(Household.path)
        .join(Member, Member.household_id == Household.id)
        .where(Member.person_id == Person.id, Household.id.in_(ids), dated.in_force(Member, today))
        .correlate(Person)
        .limit(1)
        .scalar_subquery()
    )
    living_here = select(Member.person_id).where(Member.household_id.in_(ids), dated.in_force(Member, today))
    db.session.execute(
        update(Person).where(Person.id.in_(living_here)).values(place_path=path),
        execution_options={"synchronize_session": False},
    )


def settle_day(*, actor: Viewer, today: date, now: datetime) -> int:
    """Moves and circles that begin or end today (or did while nobody looked); returns how many homes."""
    ids = sorted({*places.stale(today), *circles.stale(today)})
    if ids:
        settle(ids, today=today)
        audit.record(
            actor=actor, action="household.settle", subject_kind="installation", subject_id=None, now=now,
            detail={"households": len(ids)},
        )  # fmt: skip
    return len(ids)
