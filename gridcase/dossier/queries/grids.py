"""The tree of places in reach, with homes and persons of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import common_path, with_above
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid, GridLine
from gridcase.households import queries as households
from gridcase.households.models import Member
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.people.rules import Role

LEAST_WORDS = 2
LEADERS = (Role.GRID_LEADER, Role.SECTION_LEADER, Role.VILLAGE_HEAD)


@dataclass(frozen=True)
class GridFilters:
    """What the register is narrowed by; `on` is the day it is shown for."""

    on: date
    at: int | None = None
    words: str = ""
    level: str = ""
    line: str = ""

    @property
    def searching(self) -> bool:
        """Whether a flat list is asked for instead of one step of the tree."""
        return bool(self.words or self.level or self.line)


@dataclass(frozen=True)
class GridRow:
    """One place of the list. `homes` and `persons` count everything below it."""

    id: int
    code: str
    name: str
    level: str
    kind: str
    path: str
    valid_to: date | None
    below: int
    homes: int
    persons: int
    leaders: str


def roots(viewer: Viewer, *, on: date) -> list[Grid]:
    """The topmost places of the viewer's, by code."""
    visible = db.session.scalars(
        select(Grid).where(or_(*_root_conditions(viewer)), grids.visible(viewer), grids.standing(Grid, on))
    ).all()
    paths = [grid.path for grid in visible]
    top = [grid for grid in visible if not any(grid.path != path and grid.path.startswith(path) for path in paths)]
    return sorted(top, key=lambda grid: grid.code)


def _root_conditions(viewer: Viewer) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [false()]
    for grant in viewer.grants_with(Permission.SEE_PLACE):
        if grant.path == "/":
            found.append(Grid.parent_id.is_(None))
        elif grant.path and grant.household_ids is None and grant.unit_id is None:
            found.append(Grid.path == grant.path)
    return found


def grid_page(viewer: Viewer, filters: GridFilters, at: Grid | None, *, after: str | None) -> Page[GridRow]:
    """One step of the tree, or what was searched for below `at`, by code."""
    below = (
        select(func.count())
        .select_from(_children := Grid.__table__.alias("child"))
        .where(_children.c.parent_id == Grid.id, _stood(_children, filters.on))
        .scalar_subquery()
    )
    query = (
        select(Grid.id, Grid.code, Grid.name, Grid.level, Grid.kind, Grid.path, Grid.valid_to, below)
        .where(grids.visible(viewer), grids.standing(Grid, filters.on), *_narrowed(viewer, filters, at))
        .order_by(Grid.code)
        .limit(PAGE_SIZE + 1)
    )
    if last := read_mark(after, str):
        query = query.where(Grid.code > last[0])
    page = cut(db.session.execute(query).all(), lambda row: [row.code])
    return Page(_counted(page.rows, filters.on), page.after)


def _stood(table: Any, on: date) -> ColumnElement[bool]:
    span: ColumnElement[bool] = (table.c.valid_from <= on) & or_(table.c.valid_to.is_(None), table.c.valid_to > on)
    return span


def _narrowed(viewer: Viewer, filters: GridFilters, at: Grid | None) -> list[ColumnElement[bool]]:
    if not filters.searching:
        if at is not None:
            return [Grid.parent_id == at.id]
        return [Grid.id.in_([grid.id for grid in roots(viewer, on=filters.on)])]
    conditions: list[ColumnElement[bool]] = [under(Grid.path, at.path)] if at is not None else []
    if filters.words:
        conditions.append(_named(clean_line(filters.words)))
    if filters.level:
        conditions.append(Grid.level == filters.level)
    if filters.line:
        lines = select(GridLine.grid_id).where(GridLine.line == filters.line, grids.standing(GridLine, filters.on))
        conditions.append(Grid.id.in_(lines))
    return conditions


def _named(words: str) -> ColumnElement[bool]:
    if len(words) < LEAST_WORDS:
        return false()
    if words.isascii():
        return or_(
            Grid.initials.startswith(words.lower(), autoescape=True),
            Grid.code.startswith(words.upper(), autoescape=True),
            Grid.external_code.startswith(words, autoescape=True),
        )
    return Grid.name.contains(words, autoescape=True)


def _counted(rows: Sequence[Any], on: date) -> list[GridRow]:
    counts = homes_and_persons([row.path for row in rows], on=on)
    leaders = leaders_of([row.id for row in rows], on=on)
    return [GridRow(*(*row, *counts[row.path], leaders.get(row.id, ""))) for row in rows]


def homes_and_persons(paths: Sequence[str], *, on: date) -> dict[str, tuple[int, int]]:
    """(homes, persons) in the subtree of each path on a day, in two statements."""
    counts = dict.fromkeys(paths, (0, 0))
    if not paths:
        return counts
    homes, persons = Counter[str](), Counter[str]()
    for path, found in _by_cell(paths, on, persons=False):
        _add_up(homes, counts, path, found)
    for path, found in _by_cell(paths, on, persons=True):
        _add_up(persons, counts, path, found)
    return {path: (homes[path], persons[path]) for path in paths}


def _by_cell(paths: Sequence[str], on: date, *, persons: bool) -> Sequence[Any]:
    at = households.homes_on(common_path(paths), on=on).subquery()
    query = select(Grid.path, func.count()).select_from(at).join(Grid, Grid.id == at.c.grid_id).group_by(Grid.path)
    if persons:
        query = query.join(Member, (Member.household_id == at.c.household_id) & in_force(Member, on))
    return db.session.execute(query).all()


def _add_up(sums: Counter[str], wanted: dict[str, Any], path: str, found: int) -> None:
    """Add to every wanted place the cell lies in."""
    for above in with_above(path):
        if above in wanted:
            sums[above] += found


def leaders_of(grid_ids: Sequence[int], *, on: date) -> dict[int, str]:
    """Who leads these places on a day."""
    posts = db.session.execute(
        select(Post.id, Post.place_id)
        .where(
            Post.place_id.in_(grid_ids),
            Post.role.in_((Role.GRID_LEADER, Role.VILLAGE_HEAD)),
            people.valid_on(Post, on),
        )
        .order_by(Post.id)
    ).all()
    holders = people.holders_of([post.id for post in posts], on=on)
    names: dict[int, list[str]] = {}
    for post in posts:
        if holders.get(post.id):
            names.setdefault(post.place_id, []).append(holders[post.id])
    return {grid_id: "、".join(found) for grid_id, found in names.items()}
