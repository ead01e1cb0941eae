"""Changes proposed for families, whom homes trust, where a home lay and whose circle it was, and what it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.households.models import (
    CirclePlace,
    FamilyChange,
    Household,
    HouseholdLineage,
    HouseholdPlace,
    Member,
    Nomination,
)
from gridcase.households.queries.sight import standing, visible
from gridcase.households.rules import ChangeState
from gridcase.people.models import Person, Post

CHANGES_MOST, HISTORY_MOST = 200, 100


# --- changes proposed


def open_changes(viewer: Viewer) -> Sequence[Any]:
    """What waits for those who keep the register, oldest first: (change, code, head's name, place)."""
    return db.session.execute(
        select(FamilyChange, Household.code, Household.head_name, Grid.name.label("place"))
        .join(Household, Household.id == FamilyChange.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(FamilyChange.state == ChangeState.PROPOSED, visible(viewer, Permission.EDIT_HOUSEHOLD))
        .order_by(FamilyChange.id)
        .limit(CHANGES_MOST)
    ).all()


def count_open(viewer: Viewer) -> int:
    """How many changes wait for the viewer."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(FamilyChange)
            .join(Household, Household.id == FamilyChange.household_id)
            .where(FamilyChange.state == ChangeState.PROPOSED, visible(viewer, Permission.EDIT_HOUSEHOLD))
        )
        or 0
    )


def get_change(change_id: int, *, viewer: Viewer) -> FamilyChange:
    """A proposed change of a home that the viewer keeps, else `Missing`."""
    found = db.session.scalar(
        select(FamilyChange)
        .join(Household, Household.id == FamilyChange.household_id)
        .where(FamilyChange.id == change_id, visible(viewer, Permission.EDIT_HOUSEHOLD))
    )
    if found is None:
        raise Missing
    return found


def changes_of(household_id: int, *, limit: int = 5) -> Sequence[FamilyChange]:
    """The newest changes proposed for a home."""
    return db.session.scalars(
        select(FamilyChange)
        .where(FamilyChange.household_id == household_id)
        .order_by(FamilyChange.id.desc())
        .limit(limit)
    ).all()


# --- whom homes trust


@dataclass(frozen=True)
class Trusted:
    """Somebody a home would trust, in its order."""

    rank: int
    person_id: int
    name: str
    born_on: date | None


def nominated_by(household_id: int) -> list[Trusted]:
    """Whom a home would trust as its liaison, first choice first."""
    rows = db.session.execute(
        select(Nomination.rank, Person.id, Person.name, Person.born_on)
        .join(Person, Person.id == Nomination.person_id)
        .where(Nomination.household_id == household_id)
        .order_by(Nomination.rank)
    )
    return [Trusted(*row) for row in rows]


def trusted_in(village: Grid, *, on: date) -> Sequence[Any]:
    """Who was named in a village by how many of its homes: (person_id, name, first, all, place), most first."""
    first = func.sum(func.coalesce((Nomination.rank == 1).cast(db.Integer), 0))
    return db.session.execute(
        select(
            Person.id, Person.name, first.label("first"), func.count().label("homes"),
            func.max(Grid.name).label("place"),
        )
        .select_from(Nomination)
        .join(Household, Household.id == Nomination.household_id)
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(Member, (Member.person_id == Person.id) & in_force(Member, on))
        .outerjoin(_THEIR_HOME, _THEIR_HOME.id == Member.household_id)
        .outerjoin(Grid, Grid.id == _THEIR_HOME.grid_id)
        .where(under(Household.path, village.path), standing())
        .group_by(Person.id, Person.name)
        .order_by(func.count().desc(), first.desc(), Person.id)
    ).all()  # fmt: skip


def count_named(village: Grid) -> tuple[int, int]:
    """(homes that named somebody, homes) of a village."""
    here = (under(Household.path, village.path), standing())
    homes = db.session.scalar(select(func.count()).select_from(Household).where(*here)) or 0
    named = select(Nomination.household_id).distinct().join(Household, Household.id == Nomination.household_id)
    return db.session.scalar(select(func.count()).select_from(named.where(*here).subquery())) or 0, homes


_THEIR_HOME = aliased(Household)


# --- history


def places_of(household_id: int) -> Sequence[Any]:
    """Where a home lay from when to when, as known now: (name, valid_from, valid_to, recorded_at)."""
    return db.session.execute(
        select(Grid.name, HouseholdPlace.valid_from, HouseholdPlace.valid_to, HouseholdPlace.recorded_at)
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .where(HouseholdPlace.household_id == household_id, known(HouseholdPlace))
        .order_by(HouseholdPlace.valid_from)
        .limit(HISTORY_MOST)
    ).all()


def circles_of(household_id: int) -> Sequence[Any]:
    """Whose circle a home was in, as known now: (title, valid_from, valid_to, reason)."""
    return db.session.execute(
        select(Post.title, Post.role, CirclePlace.valid_from, CirclePlace.valid_to, CirclePlace.reason)
        .join(Post, Post.id == CirclePlace.post_id)
        .where(CirclePlace.household_id == household_id, known(CirclePlace))
        .order_by(CirclePlace.role != "liaison", CirclePlace.valid_from)
        .limit(HISTORY_MOST)
    ).all()


def kinships_of(household_id: int) -> Sequence[Any]:
    """Homes this one came out of, gave rise to or is one with: (kind, on, id, code, whether it is the origin)."""
    other = aliased(Household)
    rows = db.session.execute(
        select(
            HouseholdLineage.kind,
            HouseholdLineage.on,
            other.id,
            other.code,
            (HouseholdLineage.to_id == household_id).label("origin"),
        )
        .join(
            other,
            or_(
                (HouseholdLineage.from_id == household_id) & (other.id == HouseholdLineage.to_id),
                (HouseholdLineage.to_id == household_id) & (other.id == HouseholdLineage.from_id),
            ),
        )
        .where(or_(HouseholdLineage.from_id == household_id, HouseholdLineage.to_id == household_id))
        .order_by(HouseholdLineage.on, HouseholdLineage.id)
    )
    return rows.all()


def successor_of(household_ids: Sequence[int]) -> dict[int, int]:
    """Homes that were found to be one with another, and with which (at the end of the chain)."""
    rows = db.session.execute(
        select(HouseholdLineage.from_id, HouseholdLineage.to_id).where(
            HouseholdLineage.from_id.in_(set(household_ids)), HouseholdLineage.kind == "merged"
        )
    )
    found = {row.from_id: row.to_id for row in rows}
    if found and (further := successor_of(list(found.values()))):
        found = {start: further.get(end, end) for start, end in found.items()}
    return found
