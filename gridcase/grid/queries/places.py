"""Reading places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers, reach
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid, GridLine, GridResource, Section
from gridcase.grid.rules import GridLevel, propose_code

LEAST_WORDS = 2
_ABOVE = aliased(Grid)


def visible(viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> ColumnElement[bool]:
    """Places the viewer's posts reach; who answers for a section sees its village too, the page and no more."""
    reached = reach(viewer, permission, path=Grid.path)
    if permission is not Permission.SEE_PLACE or all(
        grant.section_id is None for grant in viewer.grants_with(permission)
    ):
        return reached
    own_villages = select(Section.village_id).where(reach(viewer, permission, section_id=Section.id))
    return or_(reached, Grid.id.in_(own_villages))


def get_grid(grid_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> Grid:
    """One place the viewer holds `permission` over, else `Missing`."""
    found = db.session.scalar(select(Grid).where(Grid.id == grid_id, visible(viewer, permission)))
    if found is None:
        raise Missing
    return found


def by_code(code: str) -> Grid | None:
    """The place with this code (jobs, command line)."""
    return db.session.scalar(select(Grid).where(Grid.code == code))


_WANTED = Grid.id.in_(bindparam("ids", expanding=True))
_BY_IDS, _NAMES = select(Grid).where(_WANTED), select(Grid.id, Grid.name).where(_WANTED)


def by_ids(ids: Sequence[int]) -> dict[int, Grid]:
    """Places by id, in one statement."""
    return {grid.id: grid for grid in db.session.scalars(_BY_IDS, {"ids": list(set(ids))})} if ids else {}


def names_of(ids: Sequence[int | None]) -> dict[int, str]:
    """The names of places, for lists."""
    wanted = {grid_id for grid_id in ids if grid_id}
    if not wanted:
        return {}
    rows = db.session.execute(_NAMES, {"ids": list(wanted)})
    return {row.id: row.name for row in rows}


def ancestors(path: str) -> list[Grid]:
    """The places above and at a path, county first."""
    ids = [int(part) for part in path.split("/") if part]
    return list(db.session.scalars(select(Grid).where(Grid.id.in_(ids)).order_by(func.length(Grid.path))))


def children(parent_id: int, *, viewer: Viewer) -> list[Grid]:
    """The places right below one, of the viewer's."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.parent_id == parent_id,
                Grid.valid_to.is_(None),
                visible(viewer),
            )
            .order_by(Grid.code)
        )
    )


def villages_of(viewer: Viewer, *, permission: Permission = Permission.SEE_PLACE) -> list[Grid]:
    """The villages the viewer may use `permission` in, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level == GridLevel.VILLAGE,
                Grid.valid_to.is_(None),
                reach(viewer, permission, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )


@dataclass(frozen=True)
class Named:
    """A place to choose, under a name that no other of the choices has."""

    id: int
    name: str


def told_apart(places: Sequence[Any]) -> list[Named]:
    """These places (or rows with id, name and parent_id) as choices: where two have one name, that of the place above
    stands in front."""
    times = Counter(place.name for place in places)
    above = {place.id: place.parent_id for place in places if times[place.name] > 1 and place.parent_id is not None}
    names = names_of(sorted(set(above.values()))) if above else {}
    return [Named(place.id, names.get(above.get(place.id) or 0, "") + place.name) for place in places]


def standing(model: type[Grid] | type[GridLine] | type[GridResource], on: date) -> ColumnElement[bool]:
    """Rows in force on a day."""
    span: ColumnElement[bool] = (model.valid_from <= on) & or_(model.valid_to.is_(None), model.valid_to > on)
    return span


def permissions_over(grid: Grid, viewer: Viewer) -> frozenset[Permission]:
    """What the viewer may do with this place."""
    reaching = (
        grant.permissions
        for grant in viewer.grants
        if covers(grant, path=grid.path, section_id=None, household_id=None)
    )
    return frozenset().union(*reaching)


def proposed_code(level: GridLevel, parent: Grid) -> str:
    """The next free code below a parent, closed places included."""
    taken = db.session.scalars(select(Grid.code).where(Grid.parent_id == parent.id))
    return propose_code(level, parent.code, taken)


def lines_of(grid_id: int, *, on: date) -> list[str]:
    """The lines of work a place serves on a day."""
    return list(
        db.session.scalars(
            select(GridLine.line).where(GridLine.grid_id == grid_id, standing(GridLine, on)).order_by(GridLine.id)
        )
    )


def resources_of(grid_id: int, *, on: date) -> list[GridResource]:
    """What a place has to work with on a day, by kind."""
    return list(
        db.session.scalars(
            select(GridResource)
            .where(GridResource.grid_id == grid_id, standing(GridResource, on))
            .order_by(GridResource.kind, GridResource.id)
        )
    )


def get_resource(resource_id: int, *, viewer: Viewer) -> tuple[GridResource, Grid]:
    """One resource the viewer may end, with its place, else `Missing`."""
    row = db.session.execute(
        select(GridResource, Grid)
        .join(Grid, Grid.id == GridResource.grid_id)
        .where(GridResource.id == resource_id, reach(viewer, Permission.MANAGE_PLACES, path=Grid.path))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def in_sections(on: date) -> ColumnElement[bool]:
    """Sections in force on a day."""
    begun = or_(Section.valid_from.is_(None), Section.valid_from <= on)
    lasting: ColumnElement[bool] = begun & or_(Section.valid_to.is_(None), Section.valid_to > on)
    return lasting


def sections(viewer: Viewer, *, on: date, village_id: int | None = None) -> list[Section]:
    """The sections of the viewer's villages on a day, by village and code; a section leader sees the own one."""
    query = select(Section).where(
        in_sections(on), reach(viewer, Permission.SEE_PLACE, path=Section.place_path, section_id=Section.id)
    )
    if village_id:
        query = query.where(Section.village_id == village_id)
    return list(db.session.scalars(query.order_by(Section.place_path, Section.code)))


def get_section(section_id: int, *, viewer: Viewer, permission: Permission = Permission.MANAGE_PLACES) -> Section:
    """One section the viewer holds `permission` over, else `Missing`."""
    found = db.session.scalar(
        select(Section).where(
            Section.id == section_id, reach(viewer, permission, path=Section.place_path, section_id=Section.id)
        )
    )
    if found is None:
        raise Missing
    return found


def named(viewer: Viewer, typed: str, *, on: date, limit: int) -> Sequence[Any]:
    """Standing places of the viewer's by a part of their name, initials or the beginning of their code, large ones
    first: (id, name, level, code, name of the place above)."""
    words = clean_line(typed)
    if len(words) < LEAST_WORDS:
        return []
    if words.isascii():
        found = or_(
            Grid.initials.startswith(words.lower(), autoescape=True),
            Grid.code.startswith(words.upper(), autoescape=True),
        )
    else:
        found = Grid.name.contains(words, autoescape=True)
    return db.session.execute(
        select(Grid.id, Grid.name, Grid.level, Grid.code, _ABOVE.name.label("above"))
        .outerjoin(_ABOVE, _ABOVE.id == Grid.parent_id)
        .where(found, visible(viewer), standing(Grid, on))
        .order_by(func.length(Grid.path), Grid.code)
        .limit(limit)
    ).all()
