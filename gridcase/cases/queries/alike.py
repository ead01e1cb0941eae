"""While a case is taken in: open or lately closed cases near in place and alike in text that the viewer may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, and_, or_, select

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
from gridcase.core.places import TOWN, cut_to, depth_of
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.core.words import Text
from gridcase.grid.models import Grid

MOST = 12_000  # cases of one town that are compared; the newest
LOOKED_AT = 12
AT_ONCE = 100
LOOK_BACK = 50
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
    with _LOCK:
        shelf = _shelf(town, now)
        best = shelf.best(typed.told, least=ENOUGH - NEAR_HELPS)
    scores, rows = dict(best), _rows(viewer, [key for key, _score in best], now)
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
    return cut_to(path, TOWN) if depth_of(path) >= TOWN else None


def _shelf(town: str, now: datetime) -> Shelf:
    """The town's shelf: filled once in a process, then only with what is new."""
    shelves = _SHELVES.setdefault(db.engine, {})
    shelf = shelves.get(town)
    if shelf is None or len(shelf) > 2 * MOST:
        shelf = shelves[town] = Shelf()
        conditions = [_current(now)]
    else:  # a number drawn earlier may be committed later: look back a little
        conditions = [Case.id > shelf.newest - LOOK_BACK]
    rows = db.session.execute(
        select(Case.id, Case.title, Case.text)
        .where(under(Case.path, town), Case.restricted.is_(False), *conditions)
        .order_by(Case.id.desc())
        .limit(MOST)
    )
    shelf.add((row.id, Told(row.title, row.text)) for row in rows)
    return shelf


def _current(now: datetime) -> ColumnElement[bool]:
    """Open, or closed lately, and not ended for another reason."""
    lately = and_(Case.closed_at.is_not(None), Case.closed_at >= now - CLOSED_SINCE)
    return and_(or_(open_condition(), lately), Case.state.not_in(DROPPED))


def _rows(viewer: Viewer, keys: Sequence[int], now: datetime) -> list[Any]:
    """The first dozen of these the viewer may open, asked for a few hundred at a time."""
    found: list[Any] = []
    allowed = (Case.restricted.is_(False), _current(now), visible(viewer))
    for start in range(0, len(keys), AT_ONCE):
        found += db.session.execute(
            select(
                Case.id, Case.number, Case.title, Case.text, Case.state, Case.registered_at, Case.closed_at,
                Case.grid_id, Case.village_id, Case.address, *(column.label(name) for column, name in _spot()),
            )
            .outerjoin(CasePoint, CasePoint.case_id == Case.id)
            .where(Case.id.in_(keys[start : start + AT_ONCE]), *allowed)
            .order_by(Case.id)
        ).all()  # fmt: skip
        if len(found) >= LOOKED_AT:
            break
    return found


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
