"""How good a division into cells can be at best: a Lagrangian lower bound, and the centres it points to. Pure.

Every home must lie in one cell: that rule is relaxed and priced. What remains falls apart into one question for each
pair of a centre and a cell of today: which 20 to 30 homes, at these prices, would it take? That is a sort. Persons are
left out of the question, which can only make the bound lower, so it stays true.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from gridcase.planner.rules.ground import Group
from gridcase.planner.rules.program import Numbers

ITERATIONS = 300
PATIENCE = 15
PAIRS_MOST = 2_500_000  # homes x centres x cells of today; above, the bound leaves moves out


@dataclass
class Bound:
    """The bound (metres), the pairs (centre, label or -1) of the best round, and pairs that a better division may still
    use."""

    value: float
    pairs: list[tuple[int, int]]
    alive: list[tuple[int, int]]
    with_moves: bool


def lower_bound(group: Group, count: int, *, best: float, slack: tuple[int, int] = (0, 0), deadline: float) -> Bound:
    """A bound for divisions into `count` cells; `best` is the cost of the best known one; `slack` is by how many homes
    a cell may miss the limits below and above."""
    costs, pairs, with_moves = _costs(group, count)
    relaxed = _Relaxed(group, count, costs, pairs, slack)
    prices = np.sort(costs, axis=1)[:, min(1, costs.shape[1] - 1)].copy()
    top, top_values, top_total, top_chosen = -np.inf, np.zeros(len(pairs)), 0.0, [0] * count
    step, stale = 1.6, 0
    for _ in range(ITERATIONS):
        values, chosen, taken = relaxed.answer(prices)
        total = float(prices.sum())
        value = total + float(values[chosen].sum())
        if value > top + 1e-9:
            stale = 0
            top, top_values, top_total, top_chosen = value, values, total, chosen
        else:
            stale += 1
        if stale >= PATIENCE:
            step, stale = step / 2, 0
        slope = 1.0 - taken
        norm = float((slope**2).sum())
        if norm == 0 or best - top < 1e-6 * max(best, 1.0) or time.perf_counter() > deadline:
            break
        prices = prices + step * max(best - value, 1e-3 * max(best, 1.0)) / norm * slope
    alive = relaxed.alive(top_values, top_total, top_chosen, best) if with_moves else []
    return Bound(max(top, 0.0), [pairs[one] for one in top_chosen], alive, with_moves)


def _costs(group: Group, count: int) -> tuple[Numbers, list[tuple[int, int]], bool]:
    """What each home costs at each pair. A home may stay only at the pair of its own cell."""
    away = group.metres_to
    names = len(group.labels)
    fresh = count > names
    if not names or away.size * (names + fresh) > PAIRS_MOST:
        return away, [(centre, -1) for centre in range(away.shape[1])], not names
    blocks: list[Numbers] = []
    pairs: list[tuple[int, int]] = []
    for label in [*range(names), *([-1] if fresh else [])]:
        leaves = (group.today >= 0) & (group.today != label)
        blocks.append(away + group.rules.stay_metres * leaves[:, None])
        pairs.extend((centre, label) for centre in range(away.shape[1]))
    return np.hstack(blocks), pairs, True


class _Relaxed:
    """The relaxed question at given prices."""

    def __init__(self, group: Group, count: int, costs: Numbers, pairs: list[tuple[int, int]],
                 slack: tuple[int, int]) -> None:  # fmt: skip
        low, high = group.rules.limits.households
        self.low = max(0, min(low - slack[0], len(group.homes)))
        self.high = max(self.low, min(high + slack[1], len(group.homes)))
        self.count, self.costs, self.pairs = count, costs, pairs
        self.label = np.array([label for _, label in pairs])
        self.names = sorted({label for _, label in pairs if label >= 0})
        self.groups = [np.flatnonzero(self.label == label) for label in self.names]
        self.fresh = np.flatnonzero(self.label < 0)

    def answer(self, prices: Numbers) -> tuple[Numbers, list[int], Numbers]:
        """The value of each pair, the pairs chosen, and how often each home is taken by them."""
        reduced = self.costs - prices[:, None]
        first = np.partition(reduced, self.high - 1, axis=0)[: self.high] if self.high < len(reduced) else reduced
        first = np.sort(first, axis=0)
        values = first[: self.low].sum(axis=0) + np.minimum(first[self.low :], 0.0).sum(axis=0)
        chosen = self._choose(values)
        taken = np.zeros(len(prices))
        for pair in chosen:
            order = reduced[:, pair].argsort(kind="stable")[: self.high]
            wanted = order[(np.arange(len(order)) < self.low) | (reduced[order, pair] < 0)]
            taken[wanted] += 1
        return values, chosen, taken

    def _choose(self, values: Numbers) -> list[int]:
        """The `count` cheapest pairs, each cell of today at most once."""
        bests = sorted((int(group[values[group].argmin()]) for group in self.groups), key=lambda one: values[one])
        fresh = self.count - len(bests)
        if fresh <= 0:
            return bests[: self.count]
        # A centre may serve several new cells when places are unknown, so the cheapest may repeat.
        order = self.fresh[values[self.fresh].argsort(kind="stable")]
        extra = [int(one) for one in order[:fresh]]
        return bests + (extra + [extra[0]] * (fresh - len(extra)) if extra else [])

    def alive(self, values: Numbers, total: float, chosen: list[int], best: float) -> list[tuple[int, int]]:
        """Pairs that a division better than `best` may use: the bound with the pair forced in stays below it."""
        kept = []
        for pair, label in enumerate(self.label):
            others = sorted(values[one] for one in chosen if self.label[one] != label or label < 0)
            if len(others) >= self.count:
                others = others[: self.count - 1]
            if total + float(values[pair]) + float(sum(others)) <= best + 1e-6:
                kept.append(self.pairs[pair])
        return kept
