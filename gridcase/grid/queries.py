"""Reading places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing
from gridcase.core.geo import contains_point
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid, GridOutline, PlaceSetting
from gridcase.grid.rules import SIZES_KEY, GridLevel, SizeLimits


def get_grid(grid_id: int, *, viewer: Viewer) -> Grid:
    """One place of the viewer's, else `Missing`."""
    found = db.session.scalar(
        select(Grid).where(Grid.id == grid_id, reach(viewer, Permission.SEE_PLACE, path=Grid.path))
    )
    if found is None:
        raise Missing
    return found


def by_code(code: str) -> Grid | None:
    """The place with this code (jobs, command line)."""
    return db.session.scalar(select(Grid).where(Grid.code == code))


def by_ids(ids: Sequence[int]) -> dict[int, Grid]:
    """Places by id, in one statement."""
    return {grid.id: grid for grid in db.session.scalars(select(Grid).where(Grid.id.in_(set(ids))))} if ids else {}


def names_of(ids: Sequence[int | None]) -> dict[int, str]:
    """The names of places, for lists."""
    wanted = {grid_id for grid_id in ids if grid_id}
    if not wanted:
        return {}
    rows = db.session.execute(select(Grid.id, Grid.name).where(Grid.id.in_(wanted)))
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
                reach(viewer, Permission.SEE_PLACE, path=Grid.path),
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


def cell_at(lon: float, lat: float, *, village_path: str) -> Grid | None:
    """The deepest place of a village whose outline holds a point; the database decides."""
    return db.session.scalar(
        select(Grid)
        .join(GridOutline, GridOutline.grid_id == Grid.id)
        .where(
            under(Grid.path, village_path),
            Grid.valid_to.is_(None),
            contains_point(GridOutline.geom, lon, lat, key=GridOutline.grid_id),
        )
        .order_by(func.length(Grid.path).desc(), Grid.id)
        .limit(1)
    )


def outline_geojson(root_path: str, levels: Sequence[GridLevel]) -> list[tuple[Grid, str]]:
    """Places of these levels under a path with their outlines as GeoJSON text of 5 decimals, about one metre."""
    as_geojson = func.AsGeoJSON if dialect_name() == "sqlite" else func.ST_AsGeoJSON
    rows = db.session.execute(
        select(Grid, as_geojson(GridOutline.geom, 5))
        .join(GridOutline, GridOutline.grid_id == Grid.id)
        .where(under(Grid.path, root_path), Grid.level.in_(levels), Grid.valid_to.is_(None))
        .order_by(Grid.code)
    )
    return [(row[0], row[1]) for row in rows]


def setting(path: str, key: str, *, on: date) -> tuple[dict[str, Any], int, int | None] | None:
    """The value in force for a place, its version and whose it is: that of the nearest place above that set it."""
    ids = [int(part) for part in path.split("/") if part]
    row = db.session.execute(
        select(PlaceSetting.value, PlaceSetting.version, PlaceSetting.place_id)
        .join(Grid, Grid.id == PlaceSetting.place_id)
        .where(PlaceSetting.place_id.in_(ids), PlaceSetting.key == key, PlaceSetting.valid_from <= on)
        .order_by(func.length(Grid.path).desc(), PlaceSetting.version.desc())
        .limit(1)
    ).first()
    return (row.value, row.version, row.place_id) if row else None


def size_limits(path: str, *, on: date) -> SizeLimits:
    """The soft sizes of cells and circles in force for a place on a day; the defaults where nobody set them."""
    found = setting(path, SIZES_KEY, on=on)
    return SizeLimits.from_json(found[0]) if found else SizeLimits()
