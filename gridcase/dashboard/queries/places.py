"""Which part of the world a map shows: its root, the outlines below it, their names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid, GridOutline
from gridcase.grid.rules import GridLevel

VILLAGE_DEPTH = 3  # county, town, village: "/1/4/23/"
TOLERANCE = 0.00005  # degrees, about five metres: finer is not seen on a screen
# What is drawn of a root, the outermost first: finer lines come to lie on top.
LEVELS: dict[GridLevel | None, tuple[GridLevel, ...]] = {
    None: (GridLevel.COUNTY, GridLevel.TOWN),
    GridLevel.COUNTY: (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE),
    GridLevel.TOWN: (GridLevel.TOWN, GridLevel.VILLAGE, GridLevel.GROUP),
    GridLevel.VILLAGE: (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL),
}


@dataclass(frozen=True)
class Root:
    """The place a map is about; `lat`, `lon` are WGS 84 degrees where its centre is known."""

    path: str
    level: GridLevel | None
    name: str
    lon: float | None
    lat: float | None

    @property
    def centre(self) -> tuple[float, float] | None:
        """(latitude, longitude), as maps want it."""
        return (self.lat, self.lon) if self.lat is not None and self.lon is not None else None


def root_of(viewer: Viewer, village_id: int | None = None) -> Root:
    """The chosen village, else the narrowest place that holds all of the viewer's; `Missing` for a foreign village."""
    if village_id is not None:
        wanted = (Grid.id == village_id) & (Grid.level == GridLevel.VILLAGE)
        found = db.session.scalar(select(Grid).where(wanted, reach(viewer, Permission.SEE_MAP, path=Grid.path)))
        if found is None:
            raise Missing
    else:
        path = _common(_wide_paths(viewer))
        found = db.session.scalar(select(Grid).where(Grid.path == path))
    if found is None:
        return Root("/", None, "", None, None)
    return Root(found.path, GridLevel(found.level), found.name, found.lon, found.lat)


def _wide_paths(viewer: Viewer) -> list[str]:
    """The places of the viewer's posts, none narrower than a village: a map of one cell shows no neighbour."""
    held = [grant.path for grant in viewer.grants_with(Permission.SEE_MAP) if grant.path]
    return sorted({_cut(path, VILLAGE_DEPTH) for path in held})


def _cut(path: str, depth: int) -> str:
    return "/" + "".join(f"{part}/" for part in [p for p in path.split("/") if p][:depth])


def _common(paths: list[str]) -> str:
    """The path above all of these: "/1/4/" for "/1/4/23/" and "/1/4/24/"."""
    parts: list[str] = []
    for level in zip(*([p for p in path.split("/") if p] for path in paths), strict=False):
        if len(set(level)) > 1:
            break
        parts.append(level[0])
    return "/" + "".join(f"{part}/" for part in parts)


def _drawn(viewer: Viewer, root: Root) -> ColumnElement[bool]:
    """The places on the map: below the root, and within (or right around) the viewer's posts."""
    own = [(under(Grid.path, path) if path != "/" else Grid.path >= "/") for path in _wide_paths(viewer)]
    inside = under(Grid.path, root.path) if root.path != "/" else Grid.path >= "/"
    return inside & or_(Grid.path == root.path, *own) & Grid.valid_to.is_(None)


def _shapes(viewer: Viewer, root: Root, column: ColumnElement[str]) -> Any:
    return (
        select(Grid.id, Grid.level, column, GridOutline.synthetic)
        .join(GridOutline, GridOutline.grid_id == Grid.id)
        .where(_drawn(viewer, root), Grid.level.in_(LEVELS[root.level]))
        .order_by(Grid.id)
    )


@dataclass(frozen=True)
class Drawing:
    """What would be drawn, without drawing it: a digest of every shape, and whether any is only a sketch."""

    version: str
    synthetic: bool


def drawing_of(viewer: Viewer, root: Root) -> Drawing:
    """The mark under which a drawn map can be kept; the database hashes the shapes."""
    if dialect_name() == "sqlite":
        digest = func.MD5Checksum(GridOutline.geom)
    else:
        digest = func.md5(func.ST_AsEWKB(GridOutline.geom))
    rows = [tuple(row) for row in db.session.execute(_shapes(viewer, root, digest))]
    return Drawing(hashlib.sha256(repr([root, *rows]).encode()).hexdigest(), any(row[3] for row in rows))


def outlines(viewer: Viewer, root: Root) -> dict[GridLevel, list[tuple[int, str]]]:
    """(id, GeoJSON geometry) by level, in the order of drawing; simplified to five metres, five decimals."""
    thin = func.ST_SimplifyPreserveTopology(GridOutline.geom, TOLERANCE)
    as_geojson = func.AsGeoJSON if dialect_name() == "sqlite" else func.ST_AsGeoJSON
    found: dict[GridLevel, list[tuple[int, str]]] = {level: [] for level in LEVELS[root.level]}
    for grid_id, level, shape, _synthetic in db.session.execute(_shapes(viewer, root, as_geojson(thin, 5))):
        found[GridLevel(level)].append((grid_id, shape))
    return found


def names_on_map(viewer: Viewer, root: Root) -> list[tuple[int, str]]:
    """(id, name) of the places whose names stand on the map: of the first level below the root that has outlines."""
    levels = [level for level in LEVELS[root.level] if level is not root.level]
    rows = db.session.execute(
        select(Grid.id, Grid.name, Grid.level)
        .join(GridOutline, GridOutline.grid_id == Grid.id)
        .where(_drawn(viewer, root), Grid.level.in_(levels))
        .order_by(Grid.id)
    ).all()
    found = {row.level for row in rows}
    named = next((level for level in levels if level in found), None)
    return [(row.id, row.name) for row in rows if row.level == named]
