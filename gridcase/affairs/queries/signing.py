"""Whom one may put down for an activity: homes and their members, the bearers of a name, who is behind a few digits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from gridcase.affairs.models import Activity, ActivityKnock
from gridcase.affairs.queries.activities import JOINS, RUNS
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household, Member
from gridcase.households.rules import is_child
from gridcase.people.models import Person

LEAST_WORDS = 2


def homes_to_join(activity: Activity, *, viewer: Viewer, limit: int = 60) -> list[Household]:
    """The viewer's homes in the village: the own one, or those of the circle; by code."""
    narrow = [grant for grant in viewer.grants_with(JOINS) if grant.household_ids is not None]
    ids = {one for grant in narrow for one in grant.household_ids or ()}
    return list(
        db.session.scalars(
            select(Household)
            .where(Household.id.in_(ids), Household.village_id == activity.village_id, households.standing())
            .order_by(Household.code)
            .limit(limit)
        )
    )


def grown_of(household_ids: Collection[int], *, on: date) -> list[Any]:
    """(person_id, household_id, name) of the members of homes that may be put down by name."""
    rows = db.session.execute(
        select(Person.id, Member.household_id, Person.name, Person.born_on)
        .join(Member, Member.person_id == Person.id)
        .where(Member.household_id.in_(set(household_ids)), in_force(Member, on))
        .order_by(Member.household_id, Member.relation != "head", Member.id)
    )
    return [row for row in rows if not is_child(row.born_on, on)]


@dataclass(frozen=True)
class Namesake:
    """Somebody a name on a sheet could mean."""

    person_id: int
    household_id: int
    name: str
    head_name: str
    place: str
    code: str
    child: bool


def namesakes(activity: Activity, names: Collection[str], *, viewer: Viewer, on: date) -> dict[str, list[Namesake]]:
    """Everybody of the homes the viewer runs activities for who bears one of these names, by name."""
    found: dict[str, list[Namesake]] = {}
    wanted = sorted(set(names))
    for start in range(0, len(wanted), 400):
        rows = db.session.execute(
            select(Person.id, Household.id, Person.name, Household.head_name, Grid.name, Household.code, Person.born_on)
            .join(Member, Member.person_id == Person.id)
            .join(Household, Household.id == Member.household_id)
            .join(Grid, Grid.id == Household.grid_id)
            .where(
                Person.name.in_(wanted[start : start + 400]), in_force(Member, on), households.standing(),
                Household.village_id == activity.village_id, households.visible(viewer, RUNS),
            )
            .order_by(Household.code, Person.id)
        )  # fmt: skip
        for person_id, home_id, name, head, place, code, born in rows:
            one = Namesake(person_id, home_id, name, head, place, code, is_child(born, on))
            found.setdefault(name, []).append(one)
    return found


def behind_digits(activity: Activity, digits: str, words: str, *, on: date) -> list[tuple[int, int | None]]:
    """(home, person or None) in the activity's village whose code ends so and where somebody is called so: a surname
    finds the home, a whole name the person too."""
    end = f"-{digits[:3]}-{digits[3:]}"
    rows = db.session.execute(
        select(Household.id, Person.id, Person.name, Person.born_on)
        .join(Member, Member.household_id == Household.id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Household.village_id == activity.village_id, households.standing(), in_force(Member, on),
            Household.code.endswith(end, autoescape=True), Person.name.startswith(words, autoescape=True),
        )
        .order_by(Household.code, Person.id)
    ).all()  # fmt: skip
    whole = [
        (home, None if is_child(born, on) else person) for home, person, name, born in rows if name == words
    ]  # a child's act is the home's
    return whole or [(home, None) for home in dict.fromkeys(row[0] for row in rows)]


def knocks(kind: str, who: str, *, hour: datetime) -> int:
    """How often it was done in this hour."""
    return (
        db.session.scalar(
            select(ActivityKnock.times).where(
                ActivityKnock.kind == kind, ActivityKnock.who == who, ActivityKnock.hour == hour
            )
        )
        or 0
    )


def found_homes(activity: Activity, words: str, *, viewer: Viewer, limit: int = 20) -> list[Household]:
    """Homes of the village the viewer runs activities for, by two characters of a name or address, initials or a code's
    last digits."""
    typed = clean_line(words)
    if len(typed) < LEAST_WORDS:
        return []
    named = (
        or_(
            Household.initials.startswith(typed.lower(), autoescape=True),
            Household.code.endswith(typed.upper(), autoescape=True),
        )
        if typed.isascii()
        else or_(
            Household.head_name.contains(typed, autoescape=True), Household.address.contains(typed, autoescape=True),
            select(Member.id)
            .join(Person, Person.id == Member.person_id)
            .where(
                Member.household_id == Household.id, Member.superseded_at.is_(None), Member.valid_to.is_(None),
                Person.name == typed,
            )
            .exists(),
        )
    )  # fmt: skip
    return list(
        db.session.scalars(
            select(Household)
            .where(
                Household.village_id == activity.village_id, households.standing(),
                households.visible(viewer, RUNS), named,
            )
            .order_by(Household.code)
            .limit(limit)
        )
    )  # fmt: skip
