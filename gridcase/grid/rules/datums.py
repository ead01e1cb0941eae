"""In which datum coordinates were written, and how they become WGS 84. Pure; longitude first, degrees."""

from __future__ import annotations

from collections.abc import Sequence

from gridcase.core.geo_datum import gcj02_to_wgs84
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

Point = tuple[float, float]
Polygon = Sequence[Sequence[Point]]  # outer ring first, then holes


class Datum(Labelled):
    """The datums met in towns. CGCS2000 and WGS 84 differ by less than a metre; GCJ-02 by some hundred metres."""

    WGS84 = "wgs84", N_("WGS 84（GPS、天地图）")
    CGCS2000 = "cgcs2000", N_("国家 2000（CGCS2000）")
    GCJ02 = "gcj02", N_("GCJ-02（高德、腾讯地图）")


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """One point as it is stored; CGCS2000 is taken as it is."""
    return gcj02_to_wgs84(lon, lat) if datum is Datum.GCJ02 else (lon, lat)


def polygons_to_wgs84(polygons: Sequence[Polygon], datum: Datum) -> list[list[list[Point]]]:
    """Every corner of an outline."""
    return [[[to_wgs84(x, y, datum) for x, y in ring] for ring in polygon] for polygon in polygons]
