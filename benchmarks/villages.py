"""Invented villages for the planner: hamlets along a road in a valley, groups of neighbours, cells as they grew, and
whom the homes would trust. Everything comes from the seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules.circles import Candidate, CircleRules, Village
from gridcase.planner.rules.ground import CellRules, Group, Home
from gridcase.planner.rules.work import CellWork

DEGREE = 111_320.0
CELL, CIRCLE = 26, 15
PERSONS = (1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7)


@dataclass(frozen=True)
class Invented:
    """One village, ready for the solver."""

    cells: CellWork
    circles: Village
    homes: int


def village(homes: int, seed: int, *, seconds: float = 16.0) -> Invented:
    """A village of so many homes; `seconds` is the solver's time for its cells."""
    draw = Random(seed)
    groups = _groups(homes, draw)
    total = sum(len(group) for group in groups)
    limits = SizeLimits()
    work = CellWork(tuple(
        (number, Group(tuple(group), CellRules(limits=limits, seconds=max(0.5, seconds * len(group) / total))))
        for number, group in enumerate(groups, start=1)
    ))  # fmt: skip
    everyone = [home for group in groups for home in group]
    return Invented(work, _trust(everyone, draw), len(everyone))


def _groups(homes: int, draw: Random) -> list[list[Home]]:
    """Groups of 18 to 110 homes, one hamlet after the other along the road."""
    sizes: list[int] = []
    while sum(sizes) < homes:
        sizes.append(min(homes - sum(sizes), round(draw.triangular(18, 110, 55))))
    if len(sizes) > 1 and sizes[-1] < 18:
        sizes[-2] += sizes.pop()
    lon, lat, bearing = 112.0 + draw.random(), 28.0 + draw.random(), draw.uniform(0, 2 * math.pi)
    found: list[list[Home]] = []
    for number, size in enumerate(sizes):
        bearing += draw.gauss(0, 0.5)
        lon, lat = lon + 700 * math.cos(bearing) / DEGREE, lat + 700 * math.sin(bearing) / DEGREE
        found.append(_group(number, size, lon, lat, bearing, draw))
    return found


def _group(number: int, size: int, lon: float, lat: float, bearing: float, draw: Random) -> list[Home]:
    """Homes in two to four clusters beside the road; cells of today by house number, with some strays."""
    clusters = [(draw.gauss(0, 250), draw.gauss(0, 90)) for _ in range(draw.randint(2, 4))]
    spots = []
    for _ in range(size):
        along, across = draw.choice(clusters)
        spots.append((along + draw.gauss(0, 70), across + draw.gauss(0, 30)))
    spots.sort(key=lambda spot: spot[0] + draw.gauss(0, 120))
    count = max(1, round(size / CELL))
    made = []
    for place, (along, across) in enumerate(spots):
        east = along * math.cos(bearing) - across * math.sin(bearing)
        north = along * math.sin(bearing) + across * math.cos(bearing)
        cell = number * 100 + (draw.randrange(count) if draw.random() < 0.06 else min(count - 1, place * count // size))
        unplaced = draw.random() < 0.02
        made.append(Home(
            number * 1000 + place + 1, draw.choice(PERSONS), None if unplaced else lon + east / DEGREE,
            None if unplaced else lat + north / DEGREE, cell,
        ))  # fmt: skip
    return made


def _trust(homes: list[Home], draw: Random) -> Village:
    """One home in six has somebody who is asked; near and well-known ones are named more often."""
    placed = [home for home in homes if home.lon is not None]
    asked = draw.sample(placed, min(len(placed), max(3, len(homes) // 6)))
    known = {home.id: draw.expovariate(1) + 0.1 for home in asked}
    leads = asked[: max(1, round(len(homes) / CIRCLE))]
    candidates = tuple(Candidate(home.id, home.id, home.id if home in leads else None) for home in asked)
    wishes, posts = {}, {}
    for home in homes:
        weights = [known[one.id] * math.exp(-_away(home, one) / 500) + 1e-9 for one in asked]
        if draw.random() < 0.8:
            named = dict.fromkeys(draw.choices([one.id for one in asked], weights, k=draw.randint(1, 3)))
            wishes[home.id] = tuple(named)
        posts[home.id] = min(leads, key=lambda one: (_away(home, one), one.id)).id
    return Village(tuple(homes), candidates, wishes, posts, CircleRules())


def _away(home: Home, other: Home) -> float:
    if home.lon is None or home.lat is None or other.lon is None or other.lat is None:
        return 0.0
    return math.hypot((home.lon - other.lon) * DEGREE, (home.lat - other.lat) * DEGREE)
