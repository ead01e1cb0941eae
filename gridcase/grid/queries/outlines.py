"""Reading outlines: which place holds a point, shapes for maps, what a file is matched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select

from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing
from gridcase.core.geo import contains_point
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid, GridOutline, OutlineDraft, OutlineOrigin
from gridcase.grid.queries.places import ancestors, standing
from gridcase.grid.rules import GridLevel
from gridcase.grid.rules.shapes import CHINA, Box, box_of

KEPT = timedelta(days=1)  # how long a file that was read waits to be taken over
Polygons = list[list[list[tuple[float, float]]]]


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


@dataclass(frozen=True)
class Outline:
    """The shape of a place, as GeoJSON text of 6 decimals (about 10 cm), and where it came from."""

    geojson: str
    source: str
    synthetic: bool
    datum: str | None
    accuracy_m: int | None
    file_name: str | None
    at: datetime | None

    @property
    def polygons(self) -> Polygons:
        """The shape as rings of points."""
        return polygons_in(self.geojson)


def polygons_in(geojson: str) -> Polygons:
    """The polygons of a stored outline; GeoJSON text of a Polygon or MultiPolygon."""
    found: dict[str, Any] = orjson.loads(geojson)
    parts = [found["coordinates"]] if found["type"] == "Polygon" else found["coordinates"]
    return [[[(x, y) for x, y in ring] for ring in polygon] for polygon in parts]


def outline_of(grid_id: int) -> Outline | None:
    """The outline of a place, None where it has none."""
    as_geojson = func.AsGeoJSON if dialect_name() == "sqlite" else func.ST_AsGeoJSON
    row = db.session.execute(
        select(
            as_geojson(GridOutline.geom, 6), GridOutline.source, GridOutline.synthetic, OutlineOrigin.datum,
            OutlineOrigin.accuracy_m, OutlineOrigin.file_name, OutlineOrigin.at,
        )
        .outerjoin(OutlineOrigin, OutlineOrigin.grid_id == GridOutline.grid_id)
        .where(GridOutline.grid_id == grid_id)
    ).first()  # fmt: skip
    return Outline(*row) if row else None


def shapes_right_below(parent_id: int, *, on: date) -> list[tuple[int, str]]:
    """(id, GeoJSON) of the places right below one that have an outline, by code."""
    as_geojson = func.AsGeoJSON if dialect_name() == "sqlite" else func.ST_AsGeoJSON
    rows = db.session.execute(
        select(Grid.id, as_geojson(GridOutline.geom, 5))
        .join(GridOutline, GridOutline.grid_id == Grid.id)
        .where(Grid.parent_id == parent_id, standing(Grid, on))
        .order_by(Grid.code)
    )
    return [(row[0], row[1]) for row in rows]


def county_box(grid: Grid) -> Box:
    """Where the outlines of a county may lie: round its own outline, else round its centre, else China."""
    county = ancestors(grid.path)[0]
    outline = outline_of(county.id) if county.id != grid.id else None
    if outline is not None:
        return box_of(outline.polygons).wider(0.1)
    if county.lon is not None and county.lat is not None:
        return Box(county.lon, county.lat, county.lon, county.lat).wider(1.5)
    return CHINA


def nearest_outline_above(grid: Grid) -> Outline | None:
    """The outline of the nearest place above that has one."""
    for place in reversed(ancestors(grid.path)[:-1]):
        if found := outline_of(place.id):
            return found
    return None


def is_valid(wkt: Any) -> bool:
    """Whether the database takes a shape for a valid one."""
    return bool(db.session.scalar(select(func.ST_IsValid(wkt))))


def draft(draft_id: int, *, viewer: Viewer, now: datetime) -> tuple[OutlineDraft, Grid]:
    """A file the viewer has read lately, and the place it was read for; else `Missing`."""
    row = db.session.execute(
        select(OutlineDraft, Grid)
        .join(Grid, Grid.id == OutlineDraft.place_id)
        .where(
            OutlineDraft.id == draft_id,
            OutlineDraft.user_id == viewer.user_id,
            OutlineDraft.created_at > now - KEPT,
            reach(viewer, Permission.MANAGE_PLACES, path=Grid.path),
        )
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def candidates(root: Grid, *, on: date) -> list[Grid]:
    """The places a file's shapes may belong to: the root and what stands below it, by code."""
    return list(
        db.session.scalars(select(Grid).where(under(Grid.path, root.path), standing(Grid, on)).order_by(Grid.code))
    )
