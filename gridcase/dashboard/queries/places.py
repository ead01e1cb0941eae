"""Which part of the world a map shows: its root, the outlines below it, their names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import common_path, cut_to
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


@dataclass(frozen=True)
class About:
    """What a map is about: the place it shows, and where the cases must lie if the reader chose (a path)."""

    root: Root
    inside: str | None
    place: str = ""  # the name of the chosen group or cell


def about(viewer: Viewer, *, village_id: int | None, place_id: int | None) -> About:
    """The chosen village, and the chosen group or cell in it; `Missing` for what is not the viewer's."""
    if place_id is None:
        root = root_of(viewer, village_id)
        return About(root, root.path if village_id is not None else None)
    wanted = (Grid.id == place_id) & Grid.level.in_((GridLevel.GROUP, GridLevel.CELL))
    found = db.session.scalar(select(Grid).where(wanted, reach(viewer, Permission.SEE_MAP, path=Grid.path)))
    if found is None or village_id not in (None, found.village_id):
        raise Missing
    return About(_shown_for(viewer, found), found.path, found.name)


def _shown_for(viewer: Viewer, place: Grid) -> Root:
    """The village of a group or cell: who reaches a cell only is shown its village, as on his own map."""
    village = db.session.get(Grid, place.village_id) if place.village_id else None
    return _as_root(village) if village is not None else root_of(viewer)


def parts_of(viewer: Viewer, village_id: int) -> list[Grid]:
    """The groups and cells of a village that the viewer may choose, each group before its cells."""
    wanted = (Grid.village_id == village_id) & Grid.level.in_((GridLevel.GROUP, GridLevel.CELL))
    rows = select(Grid).where(wanted, Grid.valid_to.is_(None), reach(viewer, Permission.SEE_MAP, path=Grid.path))
    return list(db.session.scalars(rows.order_by(Grid.code)))


def root_of(viewer: Viewer, village_id: int | None = None) -> Root:
    """The chosen village, else the narrowest place that holds all of the viewer's; `Missing` for a foreign village."""
    if village_id is not None:
        wanted = (Grid.id == village_id) & (Grid.level == GridLevel.VILLAGE)
        found = db.session.scalar(select(Grid).where(wanted, reach(viewer, Permission.SEE_MAP, path=Grid.path)))
        if found is None:
            raise Missing
    else:
        path = common_path(_wide_paths(viewer))
        found = db.session.scalar(select(Grid).where(Grid.path == path))
    return Root("/", None, "", None, None) if found is None else _as_root(found)


def _as_root(place: Grid) -> Root:
    return Root(place.path, GridLevel(place.level), place.name, place.lon, place.lat)


def _wide_paths(viewer: Viewer) -> list[str]:
    """The places of the viewer's posts, none narrower than a village: a map of one cell shows no neighbour."""
    held = [grant.path for grant in viewer.grants_with(Permission.SEE_MAP) if grant.path]
    return sorted({cut_to(path, VILLAGE_DEPTH) for path in held})


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


def named(viewer: Viewer, root: Root) -> list[Named]:
    """The places whose names and numbers stand on the map: of the first level below the root that has outlines."""
    levels = [level for level in LEVELS[root.level] if level is not root.level]
    rows = db.session.execute(
        select(Grid.id, Grid.name, Grid.path, Grid.level)
        .join(GridOutline, GridOutline.grid_id == Grid.id)
        .where(_drawn(viewer, root), Grid.level.in_(levels))
        .order_by(Grid.id)
    ).all()
    found = {row.level for row in rows}
    first = next((level for level in levels if level in found), None)
    return [Named(row.id, row.name, row.path) for row in rows if row.level == first]


@dataclass(frozen=True)
class Named:
    """A place that is told apart on the map."""

    id: int
    name: str
    path: str
