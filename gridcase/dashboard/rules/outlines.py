"""Outlines of places as a drawing needs them: rings, the path of a line, where words stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Ring = list[tuple[float, float]]


def rings_of(shape: Mapping[str, Any], *, holes: bool = True) -> list[Ring]:
    """The rings of a polygon or of several, as GeoJSON has them."""
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    wanted = (ring for rings in parts for ring in (rings if holes else rings[:1]))
    return [[(float(lon), float(lat)) for lon, lat, *_ in ring] for ring in wanted]


def path_of(rings: Sequence[Ring]) -> str:
    """The `d` of an SVG path."""
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)


def middle_of(rings: Sequence[Ring]) -> tuple[float, float, float]:
    """Where words stand: the centre of the largest ring, and how wide it is."""
    largest = max(rings, key=lambda ring: abs(_centre(ring)[2]))
    x, y, _size = _centre(largest)
    return round(x, 1), round(y, 1), max(x for x, _y in largest) - min(x for x, _y in largest)


def _centre(ring: Ring) -> tuple[float, float, float]:
    """The centre of an outline and twice its size; of a line the middle of its points."""
    size = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        size, x, y = size + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    if abs(size) < 1e-9:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring), 0.0
    return x / (3 * size), y / (3 * size), size
