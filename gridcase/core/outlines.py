"""Synthetic outlines for the demo: a rounded area round a real point, cut into parts that fill it.

No real boundary is known or implied; whoever stores such an outline marks it as synthetic. Every shape is
convex, so a part can be cut again (town -> village -> group -> cell). Points are (longitude, latitude) in
degrees, WGS84; rings are closed and run counter-clockwise. Chance comes from the `rng` handed in: the same
seed draws the same map.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random

Point = tuple[float, float]
Ring = tuple[Point, ...]

METRES_PER_DEGREE = 111_320.0
_DECIMALS = 7  # about one centimetre
_ROUNDS = 30  # Lloyd's relaxation: enough for parts of one size


def outline(centre: Point, radius_m: float, *, rng: Random, corners: int = 18) -> Ring:
    """A convex, uneven area of about `radius_m` metres round `centre`."""
    phase = (rng.uniform(0, math.tau), rng.uniform(0, math.tau))
    squeeze = math.cos(math.radians(centre[1]))
    points = []
    for number in range(corners):
        angle = math.tau * (number + rng.uniform(-0.25, 0.25)) / corners
        wave = 1 + 0.12 * math.sin(2 * angle + phase[0]) + 0.05 * math.sin(3 * angle + phase[1])
        reach = radius_m * wave * rng.uniform(0.94, 1.0) / METRES_PER_DEGREE
        points.append((centre[0] + reach * math.cos(angle) / squeeze, centre[1] + reach * math.sin(angle)))
    return _closed(_hull(points))


def outline_around(places: Sequence[Point], margin_m: float, *, rng: Random) -> Ring:
    """A convex, uneven area that holds all `places` with about `margin_m` metres round each."""
    rims = [corner for place in places for corner in outline(place, margin_m, rng=rng)]
    return _closed(_hull(rims))


def split(parent: Ring, parts: int, *, rng: Random, sites: Sequence[Point] = ()) -> list[Ring]:
    """Cut a convex ring into `parts` convex rings of about one size that fill it without overlap.

    `sites` are known places inside the parent: the first rings belong to them, in their order, and hold
    them. The others follow from west to east. ValueError for fewer parts than sites, or a site outside.
    """
    if parts < max(1, len(sites)):
        raise ValueError(f"{parts} parts cannot hold {len(sites)} sites")
    squeeze = math.cos(math.radians(parent[0][1]))
    whole = [(x * squeeze, y) for x, y in parent[:-1]]
    fixed = [(x * squeeze, y) for x, y in sites]
    if not all(_holds(whole, site) for site in fixed):
        raise ValueError("a site lies outside its parent")
    free = [_inside(whole, rng) for _ in range(parts - len(fixed))]
    for _ in range(_ROUNDS if free else 0):
        cells = _cells(whole, [*fixed, *free])
        free = [_centre(cell) for cell in cells[len(fixed) :]]
    free.sort(key=lambda site: (site[0], -site[1]))
    return [_closed([(x / squeeze, y) for x, y in cell]) for cell in _cells(whole, [*fixed, *free])]


def contains(ring: Ring, point: Point) -> bool:
    """Whether a convex ring holds the point (its edge counts)."""
    return _holds(ring[:-1], point)


def point_inside(ring: Ring, rng: Random) -> Point:
    """A chance point inside a convex ring, every spot equally likely."""
    return _inside(ring[:-1], rng)


def centre_of(ring: Ring) -> Point:
    """The centre of gravity of a ring."""
    x, y = _centre(ring[:-1])
    return round(x, _DECIMALS), round(y, _DECIMALS)


def area_m2(ring: Ring) -> float:
    """Square metres inside a ring, good enough for areas of a town's size."""
    return _area(ring[:-1]) * METRES_PER_DEGREE**2 * math.cos(math.radians(ring[0][1]))


def multipolygon_wkt(ring: Ring) -> str:
    """The ring as WKT, as the outline tables keep it."""
    return "MULTIPOLYGON(((" + ", ".join(f"{x:.7f} {y:.7f}" for x, y in ring) + ")))"


def _cells(whole: Sequence[Point], sites: Sequence[Point]) -> list[Sequence[Point]]:
    """Voronoi cells: what of `whole` lies nearer to a site than to any other."""
    cells = []
    for site in sites:
        cell: Sequence[Point] = whole
        for other in sorted((o for o in sites if o != site), key=lambda o: math.dist(site, o)):
            if math.dist(site, other) > 2 * max(math.dist(site, corner) for corner in cell):
                break  # this one and all further away cannot cut any more
            cell = _nearer(cell, site, other)
        cells.append(cell)
    return cells


def _nearer(cell: Sequence[Point], site: Point, other: Point) -> list[Point]:
    """Clip a convex polygon by the line halfway between two points, keeping the side of `site`."""
    (ax, ay), (bx, by) = site, other
    nx, ny = bx - ax, by - ay
    middle = (nx * (ax + bx) + ny * (ay + by)) / 2
    side = [nx * x + ny * y - middle for x, y in cell]
    kept: list[Point] = []
    for number, corner in enumerate(cell):
        before = number - 1
        if (side[before] > 0) != (side[number] > 0):
            share = side[before] / (side[before] - side[number])
            (px, py), (qx, qy) = cell[before], corner
            kept.append((px + share * (qx - px), py + share * (qy - py)))
        if side[number] <= 0:
            kept.append(corner)
    return kept


def _hull(points: Iterable[Point]) -> list[Point]:
    """The convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted(points)
    halves = []
    for run in (ordered, ordered[::-1]):
        half: list[Point] = []
        for point in run:
            while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def _turn(a: Point, b: Point, c: Point) -> float:
    """Twice the area of a triangle, positive when a, b, c run counter-clockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _triangles(cell: Sequence[Point]) -> list[tuple[Point, Point, Point]]:
    return [(cell[0], cell[i], cell[i + 1]) for i in range(1, len(cell) - 1)]


def _area(cell: Sequence[Point]) -> float:
    return sum(_turn(*triangle) for triangle in _triangles(cell)) / 2


def _centre(cell: Sequence[Point]) -> Point:
    fan = _triangles(cell)
    weights = [_turn(*triangle) for triangle in fan]
    total = sum(weights) * 3
    return (
        sum(w * (a[0] + b[0] + c[0]) for w, (a, b, c) in zip(weights, fan, strict=True)) / total,
        sum(w * (a[1] + b[1] + c[1]) for w, (a, b, c) in zip(weights, fan, strict=True)) / total,
    )


def _holds(cell: Sequence[Point], point: Point) -> bool:
    return all(_turn(cell[i - 1], corner, point) >= 0 for i, corner in enumerate(cell))


def _inside(cell: Sequence[Point], rng: Random) -> Point:
    fan = _triangles(cell)
    a, b, c = rng.choices(fan, weights=[_turn(*triangle) for triangle in fan])[0]
    u, v = rng.random(), rng.random()
    if u + v > 1:
        u, v = 1 - u, 1 - v
    return a[0] + u * (b[0] - a[0]) + v * (c[0] - a[0]), a[1] + u * (b[1] - a[1]) + v * (c[1] - a[1])


def _closed(points: Iterable[Point]) -> Ring:
    """Round to a centimetre, drop corners that fall together, repeat the first at the end."""
    rounded = [(round(x, _DECIMALS), round(y, _DECIMALS)) for x, y in points]
    distinct = [point for i, point in enumerate(rounded) if point != rounded[i - 1]]
    return (*distinct, distinct[0])
