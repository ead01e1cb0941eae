"""The few spatial statements, alike on SpatiaLite and PostGIS. Coordinates are WGS 84 (EPSG:4326), lon before lat.

Geometry stands in 1:1 side tables, so that rebuilding a business table never touches a spatial index. On SpatiaLite an
index is used only by an explicit subquery, which is why `within` exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geoalchemy2 import WKTElement
from sqlalchemy import ColumnElement, column, func, literal_column, select, table

from gridcase.core.db import dialect_name

SRID = 4326
Ring = Sequence[tuple[float, float]]


def point(lon: float, lat: float) -> WKTElement:
    """A point to store."""
    return WKTElement(f"POINT({lon:.7f} {lat:.7f})", srid=SRID)


def made_point(lon: Any, lat: Any) -> Any:
    """A point made by the database from two columns, for INSERT … SELECT."""
    if dialect_name() == "sqlite":
        return func.MakePoint(lon, lat, SRID)
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID)


def multipolygon(rings: Sequence[Ring]) -> WKTElement:
    """An outline to store: one or more outer rings, each closed here if it is not."""
    parts = []
    for ring in rings:
        closed = [*ring, ring[0]] if ring[0] != ring[-1] else list(ring)
        parts.append("((" + ",".join(f"{x:.7f} {y:.7f}" for x, y in closed) + "))")
    return WKTElement(f"MULTIPOLYGON({','.join(parts)})", srid=SRID)


def contains_point(geometry: Any, lon: float, lat: float, *, key: Any) -> ColumnElement[bool]:
    """Rows whose outline holds the point; `key` is the integer primary key of the outline's table."""
    spot = func.ST_GeomFromText(f"POINT({lon:.7f} {lat:.7f})", SRID)
    if dialect_name() == "postgresql":
        return func.ST_Contains(geometry, spot)
    hits = _rtree(geometry.table.name, spot)
    return key.in_(hits) & (func.ST_Contains(geometry, spot) == 1)


def _rtree(table_name: str, frame: Any) -> Any:
    index = table("SpatialIndex", column("rowid"), column("f_table_name"), column("search_frame"))
    return (
        select(literal_column("rowid"))
        .select_from(index)
        .where(index.c.f_table_name == table_name, index.c.search_frame == frame)
    )


def lon_lat(geometry: Any) -> tuple[Any, Any]:
    """Two columns: longitude and latitude in degrees."""
    return func.ST_X(geometry), func.ST_Y(geometry)
