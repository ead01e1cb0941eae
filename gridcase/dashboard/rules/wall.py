"""The screen on the wall: how long its link lives, where its map's places stand, how full they are. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridcase.core.labels import Ranked
from gridcase.core.words import N_

WIDE, HIGH, EDGE = 1000, 720, 12  # the map's drawing, in units of its own
NAMES_MOST = 16  # beyond it the names would lie on one another; the list beside has them all
WEEKS = 12
GOOD_MOST = 6  # lines of what was finished today
VILLAGES_MOST = 12
FULL = (1, 5, 10)  # from how many open cases on a place is filled more darkly
# A case of these classes, on the day and in the village it was closed, would point at a family: only the major class.
ONLY_MAJOR = frozenset({"01", "07", "08", "09"})


class Lasts(Ranked):
    """For how many days the link of a screen opens it."""

    MONTH = 30, N_("30 天")
    QUARTER = 90, N_("90 天")
    YEAR = 365, N_("一年")


@dataclass(frozen=True)
class Area:
    """A place as it is drawn: the path of its outline and where its words stand."""

    id: int
    path: str
    x: float
    y: float


Ring = list[tuple[float, float]]


def areas(shapes: Sequence[tuple[int, str]]) -> list[Area]:
    """Outlines (id, GeoJSON) laid into the drawing, north above; degrees of longitude as short as they are there."""
    outlines = [(key, list(_rings(json.loads(shape)))) for key, shape in shapes]
    points = [point for _key, rings in outlines for ring in rings for point in ring]
    if not points:
        return []
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min((WIDE - 2 * EDGE) / max((east - west) * narrow, 1e-9), (HIGH - 2 * EDGE) / max(north - south, 1e-9))
    left, top = (WIDE - (east - west) * narrow * scale) / 2, (HIGH - (north - south) * scale) / 2

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return round(left + (point[0] - west) * narrow * scale, 1), round(top + (north - point[1]) * scale, 1)

    return [_area(key, [[place(point) for point in ring] for ring in rings]) for key, rings in outlines if rings]


def _rings(shape: dict[str, object]) -> Iterable[Ring]:
    """The outer rings of a polygon or of several; holes are not seen from five metres."""
    coordinates: list[object] = shape["coordinates"]  # type: ignore[assignment]
    polygons = coordinates if shape["type"] == "MultiPolygon" else [coordinates]
    for polygon in polygons:
        yield [(point[0], point[1]) for point in polygon[0]]  # type: ignore[index]


def _area(key: int, rings: list[Ring]) -> Area:
    path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
    largest = max(rings, key=lambda ring: abs(_centre(ring)[2]))
    x, y, _size = _centre(largest)
    return Area(key, path, round(x, 1), round(y, 1))


def _centre(ring: Ring) -> tuple[float, float, float]:
    """The centre of an outline and twice its size; of a line the middle of its points."""
    size = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        size, x, y = size + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    if abs(size) < 1e-9:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring), 0.0
    return x / (3 * size), y / (3 * size), size


def fullness(count: int) -> int:
    """0 to 3: how darkly a place with so many open cases is filled."""
    return sum(count >= step for step in FULL)
