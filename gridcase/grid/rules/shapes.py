"""Outlines before they are stored: closed, without crossings, of a sane size, where they belong. Pure.

Points are (longitude, latitude) in degrees, WGS 84; metres are good to about one percent at a town's size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.grid.rules.datums import Point, Polygon
from gridcase.grid.rules.levels import GridLevel

METRES_PER_DEGREE = 111_320.0
MOST_CORNERS = 5_000
FAR_M = 300.0  # further off than this is the mark of mixed-up datums
SMALLEST_M2 = 500.0
_SAMPLED = 24  # corners looked at to tell how far off a shape lies
LARGEST_KM2 = {
    GridLevel.COUNTY: 250_000, GridLevel.TOWN: 20_000, GridLevel.VILLAGE: 3_000, GridLevel.GROUP: 1_000,
    GridLevel.CELL: 500,
}  # fmt: skip
Ring = Sequence[Point]


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, point: Point) -> bool:
        """Whether the point lies inside; the edge counts."""
        return self.west <= point[0] <= self.east and self.south <= point[1] <= self.north

    def wider(self, degrees: float) -> Box:
        """The box with a margin all round."""
        return Box(self.west - degrees, self.south - degrees, self.east + degrees, self.north + degrees)


CHINA = Box(73.0, 3.0, 136.0, 54.0)


def box_of(polygons: Iterable[Polygon]) -> Box:
    """The smallest box round an outline."""
    points = corners_of(polygons)
    lons, lats = [x for x, _ in points], [y for _, y in points]
    return Box(min(lons), min(lats), max(lons), max(lats))


def corners_of(polygons: Iterable[Polygon]) -> list[Point]:
    """Every corner, holes included."""
    return [point for polygon in polygons for ring in polygon for point in ring]


def closed(ring: Ring) -> list[Point]:
    """The ring with its first corner at the end, corners that repeat themselves dropped."""
    points = [point for place, point in enumerate(ring) if place == 0 or point != ring[place - 1]]
    if points and points[0] != points[-1]:
        points.append(points[0])
    return points


def check_outline(polygons: Sequence[Polygon], *, level: GridLevel, box: Box) -> list[list[list[Point]]]:
    """The outline closed and ready to store; `Refused` says what is wrong with it and what to do."""
    made = [[closed(ring) for ring in polygon] for polygon in polygons]
    if not made or any(not polygon or any(len(ring) < 4 for ring in polygon) for polygon in made):
        raise Refused(N_("轮廓至少要有三个角点。"), field="outline")
    corners = corners_of(made)
    if len(corners) > MOST_CORNERS:
        raise Refused(
            N_("角点有 %(count)s 个，超过 %(most)s 个，请先简化。", count=len(corners), most=MOST_CORNERS),
            field="outline",
        )
    outside = next((point for point in corners if not box.holds(point)), None)
    if outside is not None:
        raise Refused(
            N_(
                "角点 %(lon)s, %(lat)s 不在本县范围内，请检查坐标系和经纬度次序。",
                lon=round(outside[0], 5),
                lat=round(outside[1], 5),
            ),
            field="outline",
        )
    for polygon in made:
        for ring in polygon:
            if (spot := crossing(ring)) is not None:
                raise Refused(
                    N_(
                        "轮廓的边线在 %(lon)s, %(lat)s 附近交叉，请移动角点。",
                        lon=round(spot[0], 5),
                        lat=round(spot[1], 5),
                    ),
                    field="outline",
                )
    _check_size(area_m2(made), level)
    return made


def _check_size(area: float, level: GridLevel) -> None:
    if area < SMALLEST_M2:
        raise Refused(N_("轮廓太小，只有 %(area)s 平方米。", area=round(area)), field="outline")
    if area > LARGEST_KM2[level] * 1e6:
        raise Refused(N_("轮廓太大，有 %(area)s 平方公里，请检查。", area=round(area / 1e6)), field="outline")


def crossing(ring: Ring) -> Point | None:
    """A spot where two edges of a closed ring meet that should not; None when it is simple."""
    edges = [(min(a[0], b[0]), max(a[0], b[0]), place, a, b) for place, (a, b) in enumerate(pairwise(ring))]
    edges.sort()
    last = len(edges) - 1
    for order, (_, right, place, a, b) in enumerate(edges):
        for left, _, other, c, d in edges[order + 1 :]:
            if left > right:
                break
            if abs(place - other) in (0, 1, last):
                if _folds_back(a, b, c, d):
                    return b if b in (c, d) else a
                continue
            if _meet(a, b, c, d):
                return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    return None


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _folds_back(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two neighbouring edges run over one another."""
    shared = b if b in (c, d) else a
    one, two = (a if shared == b else b), (d if shared == c else c)
    ahead = (one[0] - shared[0]) * (two[0] - shared[0]) + (one[1] - shared[1]) * (two[1] - shared[1])
    return _turn(shared, one, two) == 0 and ahead > 0


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    one, two, three, four = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if (one > 0) != (two > 0) and (three > 0) != (four > 0) and 0 not in (one, two, three, four):
        return True
    return any(
        turn == 0 and _between(p, q, r)
        for turn, p, q, r in ((one, a, b, c), (two, a, b, d), (three, c, d, a), (four, c, d, b))
    )


def _between(p: Point, q: Point, r: Point) -> bool:
    return min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= r[1] <= max(p[1], q[1])


def area_m2(polygons: Iterable[Polygon]) -> float:
    """Square metres, holes taken off."""
    total = 0.0
    for polygon in polygons:
        rings = [abs(_ring_area(ring)) for ring in polygon]
        total += max(0.0, rings[0] - sum(rings[1:]))
    return total


def _ring_area(ring: Ring) -> float:
    squeeze = math.cos(math.radians(ring[0][1]))
    x0, y0 = ring[0]
    around = zip(ring, [*ring[1:], ring[0]], strict=True)
    twice = sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in around)
    return twice / 2 * METRES_PER_DEGREE**2 * squeeze


def holds(polygons: Iterable[Polygon], point: Point) -> bool:
    """Whether the point lies inside, not in a hole."""
    return any(
        _in_ring(polygon[0], point) and not any(_in_ring(hole, point) for hole in polygon[1:]) for polygon in polygons
    )


def _in_ring(ring: Ring, point: Point) -> bool:
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def distance_m(polygons: Sequence[Polygon], point: Point) -> float:
    """Metres from a point to an outline, 0 inside it."""
    if holds(polygons, point):
        return 0.0
    squeeze = math.cos(math.radians(point[1]))
    return min(
        _to_edge(point, a, b, squeeze)
        for polygon in polygons
        for ring in polygon
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


def _to_edge(point: Point, a: Point, b: Point, squeeze: float) -> float:
    ax, ay = (a[0] - point[0]) * squeeze, a[1] - point[1]
    bx, by = (b[0] - point[0]) * squeeze, b[1] - point[1]
    dx, dy = bx - ax, by - ay
    long = dx * dx + dy * dy
    share = 0.0 if long == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / long))
    return math.hypot(ax + share * dx, ay + share * dy) * METRES_PER_DEGREE


def centre_of(polygons: Sequence[Polygon]) -> Point:
    """The centre of gravity of the largest part."""
    ring = max((polygon[0] for polygon in polygons), key=lambda one: abs(_ring_area(one)))
    x0, y0 = ring[0]
    twice = across = up = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        weight = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        twice += weight
        across += weight * (x1 + x2 - 2 * x0)
        up += weight * (y1 + y2 - 2 * y0)
    return (x0 + across / (3 * twice), y0 + up / (3 * twice)) if twice else (x0, y0)


def far_off_m(polygons: Sequence[Polygon], *, centre: Point | None, parent: Sequence[Polygon] | None) -> float:
    """How far an outline lies from where it should: its corners outside of the parent's outline, or the place's centre
    outside of it. 0 where there is nothing to compare with."""
    if parent:
        corners = corners_of(polygons)
        step = max(1, len(corners) // _SAMPLED)
        return max(distance_m(parent, point) for point in corners[::step])
    return distance_m(polygons, centre) if centre else 0.0


def svg_path(polygons: Iterable[Polygon], frame: Box, *, width: int = 320) -> str:
    """The outline as the path of a small picture, north up, `width` units wide."""
    squeeze = math.cos(math.radians((frame.south + frame.north) / 2))
    scale = width / max((frame.east - frame.west) * squeeze, 1e-9)
    parts = []
    for polygon in polygons:
        for ring in polygon:
            points = [f"{(x - frame.west) * squeeze * scale:.1f} {(frame.north - y) * scale:.1f}" for x, y in ring]
            parts.append("M" + "L".join(points) + "Z")
    return "".join(parts)


def svg_height(frame: Box, *, width: int = 320) -> int:
    """How high that picture is."""
    squeeze = math.cos(math.radians((frame.south + frame.north) / 2))
    return max(20, round((frame.north - frame.south) * width / max((frame.east - frame.west) * squeeze, 1e-9)))
