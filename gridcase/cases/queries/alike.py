"""While a case is taken in: open or lately closed cases near in place and alike in text that the viewer may open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, select, union_all

from gridcase.cases.models import Case, CasePoint
from gridcase.cases.queries.sight import open_condition, visible
from gridcase.cases.rules import State
from gridcase.cases.rules.alike import (
    CLOSED_SINCE,
    ENOUGH,
    NEAR_HELPS,
    SHOWN,
    Nearness,
    Shelf,
    Told,
    metres_between,
    reasons,
    shared_words,
    with_place,
)
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.core.words import Text
from gridcase.grid.models import Grid

MOST = 12_000  # cases of one town that are compared; the newest
LOOKED_AT = 12
AT_ONCE = 500
DROPPED = (State.DUPLICATE, State.VOIDED, State.WITHDRAWN)
# Words of a town's cases as numbers, kept in this process only. It never decides what is seen: every answer is asked of
# the database with the viewer's scope, and a case that no longer says what it said is read anew.
_SHELVES: WeakKeyDictionary[Engine, dict[str, Shelf]] = WeakKeyDictionary()
_LOCK = Lock()


@dataclass(frozen=True)
class Typed:
    """What is typed so far. `grid` is the place chosen; `lon`, `lat` in WGS 84 degrees where a spot is known."""

    told: Told
    grid: Grid
    spot: tuple[float, float] | None = None
    address: str = ""


@dataclass(frozen=True)
class Likely:
    """A case that may be the same matter, and why it is shown."""

    id: int
    number: str
    title: str
    state: State
    open: bool
    reasons: Sequence[Text]


def likely_same(viewer: Viewer, typed: Typed, *, now: datetime) -> list[Likely]:
    """At most three cases of the town, the most alike first: open, or closed within 60 days; never a restricted one,
    never one the viewer may not open. A place above the towns finds nothing.
    """
    town = _town_path(typed.grid.path)
    if town is None or not clean_line(typed.told.title):
        return []
    keys = _candidates(viewer, town, now)
    with _LOCK:
        shelf = _shelf(town, keys)
        scores = shelf.scores(typed.told, keys)
    best = sorted((key for key in scores if scores[key] + NEAR_HELPS >= ENOUGH), key=lambda key: (-scores[key], -key))
    rows = _rows(viewer, best[:LOOKED_AT])
    if any(not shelf.still(row.id, Told(row.title, row.text)) for row in rows):
        with _LOCK:
            _SHELVES[db.engine].pop(town, None)
        return likely_same(viewer, typed, now=now)
    found = []
    for row in rows:
        near = _nearness(row, typed)
        score = with_place(scores[row.id], near)
        if score >= ENOUGH:
            found.append((score, row, near))
    found.sort(key=lambda one: (-one[0], -one[1].id))
    return [_said(row, near, typed, shelf, now) for _score, row, near in found[:SHOWN]]


def _town_path(path: str) -> str | None:
    parts = [part for part in path.split("/") if part]
    return f"/{parts[0]}/{parts[1]}/" if len(parts) > 1 else None


def _candidates(viewer: Viewer, town: str, now: datetime) -> list[int]:
    """The ids, two ways in by the two partial indexes: what is open, and what was closed lately."""
    ways: tuple[list[ColumnElement[bool]], ...] = (
        [open_condition()],
        [Case.closed_at.is_not(None), Case.closed_at >= now - CLOSED_SINCE],
    )
    allowed = (under(Case.path, town), Case.restricted.is_(False), Case.state.not_in(DROPPED), visible(viewer))
    query = union_all(*(select(Case.id.label("id")).where(*way, *allowed) for way in ways)).subquery()
    return list(db.session.scalars(select(query.c.id).order_by(query.c.id.desc()).limit(MOST)))


def _shelf(town: str, keys: Sequence[int]) -> Shelf:
    shelves = _SHELVES.setdefault(db.engine, {})
    shelf = shelves.get(town)
    if shelf is None or len(shelf) > 2 * MOST:
        shelf = shelves[town] = Shelf()
    new = [key for key in keys if key not in shelf]
    if new:
        shelf.add((row.id, Told(row.title, row.text)) for row in _told(new))
    return shelf


def _told(keys: Sequence[int]) -> Iterator[Any]:
    for start in range(0, len(keys), AT_ONCE):
        yield from db.session.execute(
            select(Case.id, Case.title, Case.text).where(Case.id.in_(keys[start : start + AT_ONCE])).order_by(Case.id)
        )


def _rows(viewer: Viewer, keys: Sequence[int]) -> Sequence[Any]:
    return db.session.execute(
        select(
            Case.id, Case.number, Case.title, Case.text, Case.state, Case.registered_at, Case.closed_at, Case.grid_id,
            Case.village_id, Case.address, *(column.label(name) for column, name in _spot()),
        )
        .outerjoin(CasePoint, CasePoint.case_id == Case.id)
        .where(Case.id.in_(keys), Case.restricted.is_(False), visible(viewer))
        .order_by(Case.id)
    ).all()  # fmt: skip


def _spot() -> list[tuple[Any, str]]:
    return list(zip(lon_lat(CasePoint.geom), ("lon", "lat"), strict=True))


def _nearness(row: Any, typed: Typed) -> Nearness:
    known = typed.spot is not None and row.lon is not None
    address, village = clean_line(typed.address), typed.grid.village_id
    return Nearness(
        same_place=row.grid_id == typed.grid.id and typed.grid.id != village,
        same_village=None if None in (village, row.village_id) else row.village_id == village,
        metres=metres_between(typed.spot, (row.lon, row.lat)) if known and typed.spot else None,
        same_address=bool(address) and address == clean_line(row.address or ""),
    )


def _said(row: Any, near: Nearness, typed: Typed, shelf: Shelf, now: datetime) -> Likely:
    words = shared_words(typed.told, Told(row.title, row.text), shelf.rarity)
    days = (town_day(now) - town_day(row.registered_at)).days
    why = reasons(near, words, days=days, closed=row.closed_at is not None)
    return Likely(row.id, row.number, row.title, State(row.state), row.closed_at is None, why)
