"""Homes and people by what somebody types: the beginning of a name, initials, a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.dated import in_force
from gridcase.core.db import db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.households.models import Household, Member
from gridcase.households.queries.sight import standing, visible
from gridcase.people.models import Person

LEAST_WORDS, LONGEST_NAME, LONGEST_SHORT = 2, 12, 4
BEYOND = "\U0010ffff"
_VILLAGE, _PLACE = aliased(Grid), aliased(Grid)


def homes_named(viewer: Viewer, typed: str, *, limit: int) -> Sequence[Any]:
    """Homes of the viewer's by code, the town's own number, a part of the head's name, or initials: (id, code,
    head_name, village and place)."""
    words = clean_line(typed)
    if len(words) < LEAST_WORDS:
        return []
    if words.isascii():
        named = or_(
            Household.code == words.upper(), Household.external_code == words,
            _begins(Household.initials, words.lower()),
        )  # fmt: skip
    elif not _can_be_name(words):
        return []
    else:
        named = head_named(words)
    return db.session.execute(
        select(
            Household.id, Household.code, Household.head_name, _VILLAGE.name.label("village_name"),
            _PLACE.name.label("place_name"),
        )
        .select_from(Household)
        .join(_PLACE, _PLACE.id == Household.grid_id)
        .join(_VILLAGE, _VILLAGE.id == Household.village_id)
        .where(visible(viewer), standing(), named)
        .order_by(Household.code)
        .limit(limit)
    ).all()  # fmt: skip


def head_named(words: str) -> ColumnElement[bool]:
    """Homes whose head's name has these characters from its first, second or third one on; an index serves each."""
    tails = (func.substr(Household.head_name, literal_column(str(at))) for at in (2, 3))
    return or_(_begins(Household.head_name, words), *(_begins(tail, words) for tail in tails))


def people_named(viewer: Viewer, typed: str, *, on: date, born_before: date, limit: int) -> Sequence[Any]:
    """Members of the viewer's homes whose name or initials begin so: (id, name, household_id, relation, village and
    place). Whoever was born later than `born_before` is a child and is not found."""
    words = clean_line(typed)
    if not _can_be_name(words):
        return []
    field, begins = (Person.initials, words.lower()) if words.isascii() else (Person.name, words)
    return db.session.execute(
        select(
            Person.id, Person.name, Member.household_id, Member.relation, _VILLAGE.name.label("village_name"),
            _PLACE.name.label("place_name"),
        )
        .select_from(Person)
        .join(Member, Member.person_id == Person.id)
        .join(Household, Household.id == Member.household_id)
        .join(_PLACE, _PLACE.id == Household.grid_id)
        .join(_VILLAGE, _VILLAGE.id == Household.village_id)
        .where(
            _begins(field, begins), in_force(Member, on), standing(), visible(viewer),
            or_(Person.born_on.is_(None), Person.born_on <= born_before),
        )
        .order_by(_bytes(field), Person.id)  # as the index has it: of a name that thousands bear the first few are read
        .limit(limit)
    ).all()  # fmt: skip


def _can_be_name(words: str) -> bool:
    """Two to four characters, more only where a dot parts them or they are letters."""
    longest = LONGEST_NAME if words.isascii() or "·" in words else LONGEST_SHORT
    return LEAST_WORDS <= len(words) <= longest


def _begins(field: Any, words: str) -> ColumnElement[bool]:
    """As a range of bytes, which an index serves on both databases."""
    column = _bytes(field)
    found: ColumnElement[bool] = (column >= words) & (column < words + BEYOND)
    return found


def _bytes(field: Any) -> Any:
    """A text in the order of its bytes, as SQLite has every text."""
    return field.collate("C") if dialect_name() == "postgresql" else field
