"""How many cases each part of the work list holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, join, select, union

from gridcase.cases.models import Case
from gridcase.cases.queries.lists import COUNT_CAP, Filters, Tab, conditions_of, picked
from gridcase.cases.queries.sight import STATEMENTS, not_hidden, open_condition, places_to_look, ways_in
from gridcase.core.db import db
from gridcase.core.permissions import Viewer

MANY = 2000  # open cases of one viewer that are walked through to be counted
Key = TypeVar("Key")


def tab_counts(viewer: Viewer, tabs: Sequence[Tab], *, now: datetime) -> dict[Tab, int]:
    """How many each part holds, counted up to 100 so that "99+" can be said; one statement."""
    return counted(viewer, {tab: Filters(tab=tab) for tab in tabs}, now=now)


def counted(viewer: Viewer, wanted: Mapping[Key, Filters], *, now: datetime) -> dict[Key, int]:
    """How many cases each of these filters finds, up to 100. Whoever has few open cases has them walked through once
    for all filters; for others each filter looks for its own first hundred."""
    filters = tuple(wanted.values())
    if not filters or not ways_in(viewer, newest=False):
        return dict.fromkeys(wanted, 0)
    row = db.session.execute(_walk(viewer, filters), {"now": now}).one()
    numbers = row[1:]
    if row[0] > MANY:
        numbers = db.session.execute(_each_capped(viewer, filters), {"now": now}).one()[:]
    return {key: min(int(number), COUNT_CAP + 1) for key, number in zip(wanted, numbers, strict=True)}


@lru_cache(maxsize=STATEMENTS)
def _walk(viewer: Viewer, wanted: tuple[Filters, ...]) -> Select[*tuple[Any, ...]]:
    """Over the viewer's open cases: how many were looked at, and how many each filter finds among them."""
    ways = (
        select(select(Case.id).where(way, open_condition()).limit(MANY + 1).subquery().c.id)
        for way in places_to_look(viewer, newest=False)
    )
    near = union(*ways).cte("near")
    asked = [(filters.tab is Tab.CHECK, conditions_of(viewer, filters)) for filters in wanted]
    found = [_capped(viewer, conditions) if ended else func.count().filter(*conditions) for ended, conditions in asked]
    looked_at = select(func.count()).select_from(near).scalar_subquery()
    return select(looked_at, *found).select_from(join(Case, near, near.c.id == Case.id)).where(not_hidden(viewer))


@lru_cache(maxsize=STATEMENTS)
def _each_capped(viewer: Viewer, wanted: tuple[Filters, ...]) -> Select[*tuple[Any, ...]]:
    """The first hundred that each filter finds, from its own indexes."""
    return select(*(_capped(viewer, conditions_of(viewer, one)) for one in wanted))


def _capped(viewer: Viewer, conditions: list[ColumnElement[bool]]) -> Any:
    first = picked(ways_in(viewer, newest=False), conditions, (), COUNT_CAP + 1)
    some = select(first.c.id).limit(COUNT_CAP + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
