"""Where a case can be taken in: the places one registers for, and the windows of the town, in one statement.

A case may be taken at any window of its town: who sits at one of them registers for every village of the town. Where it
goes is decided by its place alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, union_all

from gridcase.cases.models import Case, CaseWindow
from gridcase.cases.queries.catalogue import register_roots
from gridcase.cases.queries.sight import visible
from gridcase.core.db import db, one_of
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import TOWN, VILLAGE, cut_to, depth_of, with_above
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import ServicePoint
from gridcase.people.queries.service_points import standing
from gridcase.people.rules import TAKES_CASES


@dataclass(frozen=True)
class Window:
    """A service point at which a case is taken in; made by `intake_choices` alone."""

    id: int
    words: str
    path: str


@dataclass(frozen=True)
class IntakeChoices:
    """(id, name, level, path) of the places one registers for, and of the villages of the town one takes cases for at a
    window; and these windows."""

    places: Sequence[Any] = ()
    others: Sequence[Any] = ()
    windows: Sequence[Window] = ()


def intake_choices(viewer: Viewer) -> IntakeChoices:
    """What the form of the intake offers."""
    roots, sits_at = tuple(register_roots(viewer)), tuple(_sits_at(viewer))
    if not roots:
        return IntakeChoices()
    rows = db.session.execute(_choices(roots, sits_at)).all()
    windows = [Window(row.id, row.name, row.path) for row in rows if row.level == _WINDOW]
    places = [row for row in rows if row.level != _WINDOW]
    mine = [row for row in places if _lies_in(row.path, roots)]
    others = [row for row in places if not _lies_in(row.path, roots)] if windows else []
    return IntakeChoices(mine, others, windows)


def may_take(viewer: Viewer, *, window: Window, path: str) -> bool:
    """Whether somebody who sits at a window may take a case of a place there: one of a village of its town and his."""
    town = cut_to(window.path, TOWN)
    sits_there = any(cut_to(root, TOWN) == town for root in _sits_at(viewer) if depth_of(root) >= TOWN)
    return sits_there and depth_of(path) >= VILLAGE and cut_to(path, TOWN) == town


def taken_at(point_id: int, *, viewer: Viewer, since: datetime, until: datetime) -> int:
    """How many cases of those a viewer may open were taken at a window in a time; restricted ones are not counted."""
    query = (
        select(func.count())
        .select_from(CaseWindow)
        .join(Case, Case.id == CaseWindow.case_id)
        .where(CaseWindow.point_id == point_id, Case.registered_at >= since, Case.registered_at < until)
        .where(Case.restricted.is_(False), visible(viewer))
    )
    return db.session.scalar(query) or 0


_WINDOW = "window"


def _sits_at(viewer: Viewer) -> list[str]:
    """The towns and villages at whose windows a viewer sits: by a post that takes up the cases of the whole place, not
    of homes or a cell, and not a deputy's."""
    found = {
        grant.path
        for grant in viewer.grants_with(Permission.REGISTER_CASE)
        if Permission.ACCEPT_CASE in grant.permissions
        and grant.path and grant.household_ids is None and grant.section_id is None and grant.unit_id is None
    }  # fmt: skip
    return sorted(path for path in found if depth_of(path) <= VILLAGE)


def _lies_in(path: str, roots: Collection[str]) -> bool:
    return any(path.startswith(root) for root in roots)


@lru_cache(maxsize=256)
def _choices(roots: tuple[str, ...], sits_at: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """The places by code, then the windows by theirs."""
    wide = any(root.count("/") <= 3 for root in roots)
    levels = [GridLevel.VILLAGE] if wide else [GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL]
    wanted = [and_(one_of(Grid.level, levels), _inside(Grid.path, roots))]
    towns = [cut_to(root, TOWN) for root in sits_at if depth_of(root) == VILLAGE]
    if towns:
        wanted.append(and_(one_of(Grid.level, [GridLevel.VILLAGE]), _inside(Grid.path, towns)))
    places = select(Grid.id, Grid.name, Grid.level, Grid.path, Grid.code).where(Grid.valid_to.is_(None), or_(*wanted))
    if not sits_at:
        return places.order_by(Grid.code)
    words = Grid.name + " · " + ServicePoint.name
    kind: ColumnElement[str] = literal_column(f"'{_WINDOW}'").label("level")
    above = [path for root in sits_at for path in with_above(root)[TOWN - 1 : -1]]
    near = or_(_inside(ServicePoint.path, sits_at), ServicePoint.path.in_(above)) if above else None
    windows = (
        select(ServicePoint.id, words.label("name"), kind, ServicePoint.path, Grid.code)
        .join(Grid, Grid.id == ServicePoint.place_id)
        .where(standing(), one_of(ServicePoint.kind, TAKES_CASES))
        .where(_inside(ServicePoint.path, sits_at) if near is None else near)
    )
    both = union_all(places, windows).subquery()
    return select(both).order_by(both.c.code, both.c.id)


def _inside(column: Any, roots: Collection[str]) -> ColumnElement[bool]:
    return or_(*(column >= "/" if root == "/" else under(column, root) for root in roots))
