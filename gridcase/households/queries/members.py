"""Who lives in which home, from when to when; a person lives in one home at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, extract, func, or_, select
from sqlalchemy.orm import contains_eager

from gridcase.core.dated import Span, in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.households.models import Household, Member, PersonAway
from gridcase.households.queries.sight import standing
from gridcase.households.rules import CHILD_YEARS, grown_by
from gridcase.people.models import Person

LEAST_WORDS, FOUND_MOST = 2, 12


def lines_of_persons(person_ids: Collection[int]) -> dict[int, list[Span]]:
    """The time lines of persons in homes, as known now, by person."""
    lines: dict[int, list[Span]] = {}
    rows = db.session.scalars(
        select(Member).where(Member.person_id.in_(set(person_ids)), known(Member)).order_by(Member.valid_from)
    )
    for row in rows:
        values = {
            "household_id": row.household_id, "person_id": row.person_id, "relation": row.relation,
            "absent": row.absent,
        }  # fmt: skip
        lines.setdefault(row.person_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def member_of(household_id: int, person_id: int, *, on: date) -> Member:
    """A person's membership of a home on a day, else `Missing`."""
    found = db.session.scalar(
        select(Member)
        .join(Member.person)
        .where(Member.household_id == household_id, Member.person_id == person_id, in_force(Member, on))
        .options(contains_eager(Member.person))
    )
    if found is None:
        raise Missing
    return found


def home_of(person_id: int, *, on: date) -> Household | None:
    """The home a person lives in on a day."""
    return db.session.scalar(
        select(Household)
        .join(Member, Member.household_id == Household.id)
        .where(Member.person_id == person_id, in_force(Member, on))
        .limit(1)
    )


def child_led(household_ids: Collection[int], *, on: date) -> frozenset[int]:
    """Of these homes, those whose head is under 14 on a day: no child is named in public, nor the home by it."""
    homes = select(Household.id).where(Household.id.in_(set(household_ids)), child_leads(Household.id, on))
    return frozenset(db.session.scalars(homes))


def child_leads(home: Any, on: Any) -> ColumnElement[bool]:
    """Whether the head of a home, of a day or of now, is under 14 on that day; `on` is a day or a column of days."""
    if isinstance(on, date):
        young = Person.born_on > grown_by(on)
    else:
        young = _number(on) - _number(Person.born_on) < _CHILDHOOD
    return (
        select(Member.id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.household_id == home, Member.relation == "head", known(Member), young,
            or_(Member.valid_to.is_(None), (Member.valid_from <= on) & (Member.valid_to > on)),
        )
        .correlate_except(Member, Person)
        .exists()
    )  # fmt: skip


_CHILDHOOD = CHILD_YEARS * 10_000


def _number(day: Any) -> Any:
    """A day as 20261122, so that both databases count years alike."""
    return extract("year", day) * 10_000 + extract("month", day) * 100 + extract("day", day)


def away_of(person_ids: Collection[int]) -> dict[int, PersonAway]:
    """Where members work who are away, by person."""
    rows = db.session.scalars(select(PersonAway).where(PersonAway.person_id.in_(set(person_ids))))
    return {row.person_id: row for row in rows}


def lines_of_home(household_id: int) -> Sequence[Member]:
    """Everybody who ever lived in a home as known now, oldest first, for its history."""
    return db.session.scalars(
        select(Member)
        .join(Member.person)
        .where(Member.household_id == household_id, known(Member))
        .order_by(Member.valid_from, Member.id)
        .options(contains_eager(Member.person))
    ).all()


def last_code(prefix: str) -> str | None:
    """The highest code of a home that begins so (`610921104200Z02-003-`), whatever became of the home."""
    return db.session.scalar(
        select(Household.code)
        .where(Household.code.startswith(prefix, autoescape=True))
        .order_by(func.length(Household.code).desc(), Household.code.desc())
        .limit(1)
    )


def adults_named(words: str, *, village: Grid, on: date, born_before: date) -> Sequence[Any]:
    """Living members of the village's homes by two characters of the name or two initials: (id, name, born_on, place,
    head's name). Who has no date of birth on record may be an adult."""
    words = clean_line(words)
    if len(words) < LEAST_WORDS:
        return []
    named = (
        Person.initials.startswith(words.lower(), autoescape=True)
        if words.isascii()
        else Person.name.contains(words, autoescape=True)
    )
    return db.session.execute(
        select(
            Person.id, Person.name, Person.born_on, Grid.name.label("place"), Household.head_name,
            Household.id.label("household_id"),
        )
        .join(Member, Member.person_id == Person.id)
        .join(Household, Household.id == Member.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(
            in_force(Member, on), standing(), under(Household.path, village.path), named,
            or_(Person.born_on.is_(None), Person.born_on <= born_before),
        )
        .order_by(Person.name, Person.id)
        .limit(FOUND_MOST)
    ).all()  # fmt: skip
