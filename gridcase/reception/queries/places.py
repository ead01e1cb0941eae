"""The places whose doors somebody keeps, their settings, and which rows he may read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people import queries as people
from gridcase.people.rules import Role
from gridcase.reception.rules import RULE_KEY, DayRule

RECEIVES = (GridLevel.TOWN, GridLevel.VILLAGE)
# Who can be put down to receive: those who answer for a place, and the people's deputies.
HOSTS = (
    Role.DEPUTY, Role.VILLAGE_HEAD, Role.FULLTIME_GRID, Role.SECTION_LEADER, Role.GRID_LEADER, Role.DISPATCHER,
    Role.TOWN_MANAGER, Role.UNIT_LEAD,
)  # fmt: skip


def roots(viewer: Viewer, permission: Permission) -> list[str]:
    """Where somebody keeps the doors: in the whole village of who serves homes or a cell of it."""
    if permission is Permission.REGISTER_CASE:
        return cases.register_roots(viewer)
    return sorted({grant.path for grant in viewer.grants_with(permission) if grant.path and grant.section_id is None})


def within(viewer: Viewer, column: Any, permission: Permission = Permission.REGISTER_CASE) -> ColumnElement[bool]:
    """Rows of these places."""
    ways = [column >= "/" if root == "/" else under(column, root) for root in roots(viewer, permission)]
    return or_(*ways) if ways else false()


def unhidden(viewer: Viewer, case_id: Any, user_id: Any) -> ColumnElement[bool]:
    """Rows (joined with their case) that say nothing a restricted case would hide: its own recorder reads them, and who
    may open the case."""
    ways = [case_id.is_(None), Case.restricted.is_(False), cases.visible(viewer)]
    if viewer.user_id is not None:
        ways.append(user_id == viewer.user_id)
    return or_(*ways)


def places(viewer: Viewer, permission: Permission = Permission.REGISTER_CASE) -> Sequence[Any]:
    """(id, name, level, path) of the towns and villages whose doors somebody keeps, the widest first."""
    levels = RECEIVES if permission is Permission.REGISTER_CASE else (GridLevel.COUNTY, *RECEIVES)
    return db.session.execute(
        select(Grid.id, Grid.name, Grid.level, Grid.path)
        .where(Grid.level.in_(levels), Grid.valid_to.is_(None), within(viewer, Grid.path, permission))
        .order_by(Grid.code)
    ).all()


def get_place(place_id: int, *, viewer: Viewer, permission: Permission = Permission.REGISTER_CASE) -> Grid:
    """One of them, else `Missing`."""
    found = db.session.scalar(select(Grid).where(Grid.id == place_id, within(viewer, Grid.path, permission)))
    if found is None or found.level not in (GridLevel.COUNTY, *RECEIVES):
        raise Missing
    return found


def first_place(viewer: Viewer, wanted: int | None, permission: Permission = Permission.REGISTER_CASE) -> Grid:
    """The place asked for, else where the viewer's first post works."""
    if wanted is not None:
        return get_place(wanted, viewer=viewer, permission=permission)
    mine = places(viewer, permission)
    if not mine:
        raise Missing
    return db.session.get_one(Grid, mine[0].id)


def day_rule(path: str, *, on: date) -> DayRule:
    """On which weekday a place receives."""
    found = grids.setting(path, RULE_KEY, on=on)
    return DayRule.from_json(found[0]) if found else DayRule()


def host_posts(place: Grid, *, on: date) -> list[tuple[int, str]]:
    """(id, title and holder) of the posts that can be put down to receive at a place."""
    posts = people.posts_at(place.path, *HOSTS, on=on)
    if place.level == GridLevel.TOWN:
        posts = [post for post in posts if post.place_path == place.path or post.role == Role.DEPUTY]
    held = people.holders_of([post.id for post in posts], on=on)
    order = {role: n for n, role in enumerate(HOSTS)}
    posts.sort(key=lambda post: (order[Role(post.role)], post.id))
    return [(post.id, f"{post.title} · {held[post.id]}" if post.id in held else post.title) for post in posts]


def grids_below(place: Grid) -> Sequence[Any]:
    """(id, name, level) of the places a demand of this place may lie in: the villages of a town, the cells of a
    village."""
    levels = [GridLevel.VILLAGE] if place.level == GridLevel.TOWN else [GridLevel.GROUP, GridLevel.CELL]
    return db.session.execute(
        select(Grid.id, Grid.name, Grid.level)
        .where(Grid.level.in_(levels), Grid.valid_to.is_(None), under(Grid.path, place.path))
        .order_by(Grid.code)
    ).all()
