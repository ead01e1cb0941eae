"""What the planner looks at: homes with their persons and places, and how a division of them is judged. Pure.

A division is an array with the number of a cell for each home. It costs the metres from every home to the centre of its
cell (the home of the group that lies nearest to all of the cell) and, for each home that leaves its cell of today, as
many metres as staying is worth. What it misses of the limits counts before any metre.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules.feasible import Nearest, missed_by
from gridcase.planner.rules.program import Numbers, Program

METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Home:
    """A home: persons, place in WGS 84 degrees (None: unknown), and its cell of today (None: in the group only)."""

    id: int
    persons: int
    lon: float | None = None
    lat: float | None = None
    cell: int | None = None


@dataclass(frozen=True)
class CellRules:
    """What cells are planned by; `stay_metres` is what it is worth to leave a home in its cell."""

    limits: SizeLimits = field(default_factory=SizeLimits)
    stay_metres: float = 200.0
    seconds: float = 4.0
    seed: int = 1


def metres(points: Sequence[tuple[float | None, float | None]]) -> Numbers:
    """Places (lon, lat) as metres east and north of their middle; NaN where there is no place. Good to 0.1 % within
    a village."""
    degrees = np.array([[np.nan if one is None else one for one in point] for point in points], dtype=float)
    degrees = degrees.reshape(-1, 2)
    known = degrees[~np.isnan(degrees).any(axis=1)]
    if not known.size:
        return degrees
    middle = known.mean(axis=0)
    scale = np.array([METRES_A_DEGREE * math.cos(math.radians(middle[1])), METRES_A_DEGREE])
    moved: Numbers = (degrees - middle) * scale
    return moved


def between(here: Numbers, there: Numbers) -> Numbers:
    """Metres from each place to each other place; 0 where one is unknown: nothing speaks for or against it."""
    gaps = here[:, None, :] - there[None, :, :]
    return np.nan_to_num(np.sqrt((gaps**2).sum(axis=2)), nan=0.0)


@dataclass(frozen=True)
class Division:
    """A division and what it costs: metres to the centres, homes moved from today's cells, limits missed."""

    cells: Numbers
    centres: tuple[int, ...]  # columns of `Group.metres_to`
    labels: tuple[int | None, ...]  # today's cell that each one goes on as; None: a new cell
    missed: int
    distance: float
    moves: int
    cost: float

    @property
    def order(self) -> tuple[int, float]:
        """Smaller is better: limits first."""
        return self.missed, round(self.cost, 6)


@dataclass(frozen=True)
class Group:
    """The homes of one group and the rules they are divided by."""

    homes: tuple[Home, ...]
    rules: CellRules = field(default_factory=CellRules)

    @cached_property
    def persons(self) -> Numbers:
        """Persons of each home."""
        return np.array([home.persons for home in self.homes], dtype=float)

    @cached_property
    def places(self) -> Numbers:
        """Metres east and north."""
        return metres([(home.lon, home.lat) for home in self.homes])

    @cached_property
    def metres_to(self) -> Numbers:
        """From each home (rows) to each home that may be a centre (those with a place); one column of zeros where no
        home has a place."""
        placed = self.places[~np.isnan(self.places).any(axis=1)]
        return between(self.places, placed) if len(placed) else np.zeros((len(self.homes), 1))

    @cached_property
    def labels(self) -> tuple[int, ...]:
        """Today's cells that have homes."""
        return tuple(sorted({home.cell for home in self.homes if home.cell is not None}))

    @cached_property
    def today(self) -> Numbers:
        """The place in `labels` of each home's cell; -1: in none."""
        place = {label: number for number, label in enumerate(self.labels)}
        return np.array([-1 if home.cell is None else place[home.cell] for home in self.homes], dtype=int)

    def sizes(self, cells: Numbers, count: int) -> list[tuple[int, int]]:
        """(homes, persons) of each cell."""
        homes = np.bincount(cells, minlength=count)
        persons = np.bincount(cells, weights=self.persons, minlength=count)
        return [(int(one), int(other)) for one, other in zip(homes, persons, strict=True)]

    def missed(self, cells: Numbers, count: int) -> Nearest:
        """What a division misses of the limits."""
        return missed_by(self.sizes(cells, count), self.rules.limits)

    def judge(self, cells: Numbers, count: int) -> Division:
        """Centres, names and costs of a division."""
        member = np.zeros((count, len(self.homes)))
        member[cells, np.arange(len(self.homes))] = 1.0
        sums = member @ self.metres_to
        centres = sums.argmin(axis=1)
        distance = float(sums[np.arange(count), centres].sum())
        overlap = np.array([(member * (self.today == label)).sum(axis=1) for label in range(len(self.labels))])
        names = matched(overlap.T) if self.labels else [-1] * count
        kept = sum(overlap[label, cell] for cell, label in enumerate(names) if label >= 0)
        moves = int((self.today >= 0).sum() - kept)
        labels = tuple(self.labels[label] if label >= 0 else None for label in names)
        cost = distance + self.rules.stay_metres * moves
        missed = self.missed(cells, count).missed
        return Division(cells, tuple(int(one) for one in centres), labels, missed, distance, moves, cost)


def matched(overlap: Numbers) -> list[int]:
    """For each row (a new cell) the column (a cell of today) it goes on as, so that as many homes as possible stay;
    -1: none. Each column is used at most once."""
    rows, columns = overlap.shape
    if rows == 1:
        return [int(overlap[0].argmax())] if overlap[0].max() > 0 else [-1]
    program = Program()
    x = program.columns(-overlap, whole=False)
    for row in range(rows):
        program.row(0.0, x[row], 1.0, 1.0)
    for column in range(columns):
        program.row(0.0, x[:, column], 1.0, 1.0)
    answer = program.solve(seconds=10.0)
    chosen = np.zeros_like(overlap) if answer.x is None else np.rint(answer.x).reshape(rows, columns)
    return [int(line.argmax()) if line.max() > 0 and overlap[row, line.argmax()] > 0 else -1
            for row, line in enumerate(chosen)]  # fmt: skip
