"""The map as a drawing for paper: outlines, how dark each place is, a mark a case. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gridcase.cases.rules.spots import SCALE
from gridcase.dashboard.rules.outlines import middle_of, path_of, rings_of

WIDTH = 640.0  # of the drawing; its height follows from the outlines
MARKS_MOST = 1_000  # more would be a blot: the places' numbers say it then
# A mark by its light, drawn around 0,0: circle, triangle, square, as on the screen.
MARKS = ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M0-6 6 5H-6z", "M-5-5H5V5H-5z")


@dataclass(frozen=True)
class Shape:
    """One outline: its level, how dark it is (None: it only frames), its path, where its words stand."""

    level: str
    place_id: int
    step: int | None
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """Everything of a drawing; marks are (x, y, light)."""

    height: float
    shapes: tuple[Shape, ...]
    marks: tuple[tuple[float, float, int], ...]


def picture(
    outlines: Iterable[tuple[str, int, Mapping[str, Any]]],
    steps: Mapping[int, int],
    points: Iterable[tuple[int, int, int]],
) -> Picture | None:
    """Draw outlines (level, place, GeoJSON geometry), the outermost first; None where there are none.

    `steps`: how dark the places are; `points`: (x, y, light) in 100,000ths of a degree, those outside left out.
    """
    read = [(level, place_id, rings_of(shape)) for level, place_id, shape in outlines]
    spots = [spot for _level, _id, rings in read for ring in rings for spot in ring]
    if not spots:
        return None
    west, east = min(lon for lon, _ in spots), max(lon for lon, _ in spots)
    south, north = min(lat for _, lat in spots), max(lat for _, lat in spots)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, (north - south) / 1.4, 1e-9)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * narrow * scale, 1), round((north - lat) * scale, 1)

    shapes = []
    for level, place_id, rings in read:
        drawn = [[at(*spot) for spot in ring] for ring in rings]
        x, y, _wide = middle_of(drawn)
        shapes.append(Shape(level, place_id, steps.get(place_id), path_of(drawn), x, y))
    marks = [(*at(x / SCALE, y / SCALE), light) for x, y, light in points]
    height = round((north - south) * scale, 1)
    inside = tuple(mark for mark in marks if 0 <= mark[0] <= WIDTH and 0 <= mark[1] <= height)
    return Picture(height, tuple(shapes), inside)
