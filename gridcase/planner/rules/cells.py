"""Cells proposed for one group: within both limits wherever that is possible, compact, with few homes moved. Pure.

Several starts (today's cells, the greedy ones, the centres of the lower bound, drawn ones) are each improved by turns:
homes to centres by a whole-number program, centres to homes. Then, where the gap to the bound is still open and the
group is small enough, one program over the pairs that the bound could not rule out. The bound is printed with the plan.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from gridcase.planner.rules.assign import EXACT_MOST, assigned, outright
from gridcase.planner.rules.bound import Bound, lower_bound
from gridcase.planner.rules.feasible import Verdict, verdict
from gridcase.planner.rules.greedy import grown
from gridcase.planner.rules.ground import Division, Group
from gridcase.planner.rules.program import Numbers

DRAWN = 30  # starts with drawn centres, while time lasts
TURNS = 8


@dataclass(frozen=True)
class CellPlan:
    """The proposal for a group beside the greedy one and today's; costs in metres, `bound` is no plan's cost below."""

    count: int
    verdict: Verdict
    best: Division
    greedy: Division
    today: Division | None
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """How far from the bound at most, as a share of the cost."""
        return max(0.0, (self.best.cost - self.bound) / self.best.cost) if self.best.cost > 0 else 0.0


def propose(group: Group) -> CellPlan | None:
    """The best division found in the time given; None for a group without homes."""
    began = time.perf_counter()
    if not group.homes:
        return None
    judged = verdict([home.persons for home in group.homes], group.rules.limits)
    count = how_many(judged, len(group.labels), group)
    search = _Search(group, count, judged.nearest.missed, began + group.rules.seconds)
    greedy = grown(group, count)
    search.offer(greedy)
    today = _today(group)
    if today is not None and len(group.labels) == count:
        search.offer(today)
    bound = search.run()
    assert search.best is not None
    seconds = time.perf_counter() - began
    return CellPlan(count, judged, search.best, greedy, today, min(bound, search.best.cost), seconds)


def how_many(judged: Verdict, cells_today: int, group: Group) -> int:
    """As many cells as today where the limits can then be kept, else the nearest number; without cells today, homes
    and persons in the middle of the limits."""
    if not judged.possible:
        return max(1, judged.nearest.cells)
    middle = sum(group.rules.limits.households) / 2
    wanted = cells_today or judged.homes / middle
    return min(judged.possible, key=lambda one: (abs(one - wanted), one))


def _today(group: Group) -> Division | None:
    if not group.labels or (group.today < 0).any():
        return None
    return group.judge(group.today, len(group.labels))


class _Search:
    """The best division so far, and the ways to a better one."""

    def __init__(self, group: Group, count: int, missed: int, deadline: float) -> None:
        self.group, self.count, self.missed, self.deadline = group, count, missed, deadline
        self.best: Division | None = None

    def left(self) -> float:
        return self.deadline - time.perf_counter()

    def offer(self, division: Division) -> bool:
        """Keep it if it is better."""
        if self.best is None or division.order < self.best.order:
            self.best = division
            return True
        return False

    def run(self) -> float:
        """Search until the starts are used up or the time is; returns the bound."""
        group = self.group
        assert self.best is not None
        if group.labels and len(group.labels) == self.count and (group.today >= 0).any():
            self._improve(self._pairs_of_today())
        self._improve(self._pairs(self.best))
        self._mend()
        bound = self._bounded()
        if bound.with_moves or not group.labels:
            self._improve(bound.pairs)
        draw = np.random.default_rng(group.rules.seed)
        for _ in range(DRAWN if self.count > 1 else 0):
            if self.left() < self._kept_back(bound) or self._closed(bound.value):
                break
            self._improve(self._drawn(draw))
        return max(bound.value, self._outright(bound))

    def _closed(self, bound: float) -> bool:
        assert self.best is not None
        return not self.best.missed and self.best.cost - bound <= 1e-6 * max(1.0, self.best.cost)

    def _kept_back(self, bound: Bound) -> float:
        """Seconds for the outright program, where the group is small enough for it."""
        small = bound.alive and not self.missed and len(self.group.homes) * len(bound.alive) <= EXACT_MOST
        return 0.5 * self.group.rules.seconds if small else 0.0

    def _bounded(self) -> Bound:
        assert self.best is not None
        slack = (self.missed, self.missed) if self.missed else (0, 0)
        deadline = time.perf_counter() + 0.35 * max(0.0, self.left())
        return lower_bound(self.group, self.count, best=self.best.cost, slack=slack, deadline=deadline)

    def _outright(self, bound: Bound) -> float:
        assert self.best is not None
        if self.missed or self.count == 1 or self._closed(bound.value) or self.left() < 0.05:
            return 0.0
        cells, answer = outright(self.group, self.count, bound.alive, self.best, seconds=self.left())
        if cells is not None and cells.max() == self.count - 1:
            self.offer(self.group.judge(cells, self.count))
        return min(answer.bound, self.best.cost) if answer is not None and not answer.impossible else 0.0

    def _improve(self, pairs: list[tuple[int, int]]) -> None:
        """Homes to centres, centres to homes, until nothing gets better."""
        last: Division | None = None
        for _ in range(TURNS):
            if self.left() <= 0 and self.best is not None and self.best.missed <= self.missed:
                return
            cells = assigned(self.group, pairs, missed=self.missed, seconds=max(0.3, min(3.0, self.left())))
            if cells is None:
                return
            division = self.group.judge(cells, self.count)
            self.offer(division)
            if last is not None and division.order >= last.order:
                return
            last, pairs = division, self._pairs(division)

    def _mend(self) -> None:
        """Both limits before everything: when no start kept them in the time given, take it from the proof."""
        assert self.best is not None
        if self.best.missed > self.missed:
            cells = assigned(self.group, self._pairs(self.best), missed=self.missed, seconds=60.0)
            if cells is not None:
                self.offer(self.group.judge(cells, self.count))

    def _pairs(self, division: Division) -> list[tuple[int, int]]:
        place = {label: number for number, label in enumerate(self.group.labels)}
        names = [place[label] if label is not None else -1 for label in division.labels]
        return list(zip(division.centres, names, strict=True))

    def _pairs_of_today(self) -> list[tuple[int, int]]:
        sums = [self.group.metres_to[self.group.today == label].sum(axis=0) for label in range(self.count)]
        return [(int(one.argmin()), label) for label, one in enumerate(sums)]

    def _drawn(self, draw: np.random.Generator) -> list[tuple[int, int]]:
        """Centres drawn far from one another; today's cells go to the nearest of them."""
        away = self.group.metres_to
        placed = ~np.isnan(self.group.places).any(axis=1)
        centres = [int(draw.integers(away.shape[1]))]
        while len(centres) < self.count:
            near = away[placed][:, centres].min(axis=1) ** 2
            total = float(near.sum())
            centres.append(int(draw.choice(len(near), p=near / total)) if total > 0 else centres[0])
        cells: Numbers = away[:, centres].argmin(axis=1)
        return list(zip(centres, [pair[1] for pair in self._pairs(self.group.judge(cells, self.count))], strict=True))
