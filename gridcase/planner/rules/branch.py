"""Yes-or-no choices of which a fixed number is yes, decided by branch and bound over linear programs. Pure.

For choosing who serves the linear program is all but whole by itself: a few dozen programs, each begun where the last
one ended, prove the optimum in a second. HiGHS's own search, made for harder shapes, took twenty-five times as long on
cutting planes (measured in docs/planner.md).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np

from gridcase.planner.rules.program import Answer, Numbers, Program

WHOLE = 1e-6


class _Search:
    """Linear programs that differ only in which choices are fixed."""

    def __init__(self, program: Program, columns: Numbers, seed: int) -> None:
        self.columns = np.asarray(columns, dtype=np.int32)
        self.solver = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", seed)):
            self.solver.setOptionValue(name, value)
        model: Any = program.model()
        model.integrality_ = []
        self.solver.passModel(model)
        self.best: Numbers | None = None
        self.best_value = float("inf")

    def value(self, low: Numbers, high: Numbers) -> tuple[float, Numbers] | None:
        """The linear program with the choices between `low` and `high`; None where it has no solution."""
        self.solver.changeColsBounds(len(self.columns), self.columns, low, high)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(self.solver.getInfo().objective_function_value), np.array(self.solver.getSolution().col_value)

    def offer(self, found: tuple[float, Numbers] | None) -> None:
        """Keep a whole solution that is better than the best."""
        if found is not None and found[0] < self.best_value:
            self.best_value, self.best = found

    def try_choice(self, yes: Sequence[int] | Numbers) -> None:
        """The solution with exactly these choices."""
        fixed = np.zeros(len(self.columns))
        fixed[yes] = 1.0
        self.offer(self.value(fixed, fixed))


def decided(
    program: Program, columns: Numbers, number: int, *, gap: float, seconds: float, seed: int, start: Sequence[int]
) -> Answer:
    """Minimise with exactly `number` of the columns at 1, the others at 0, to within `gap`; `start`: choices known to
    be possible. The bound is proven also when the time runs out."""
    deadline = time.perf_counter() + seconds
    search = _Search(program, columns, seed)
    search.try_choice(list(start))
    root = search.value(np.zeros(len(columns)), np.ones(len(columns)))
    if root is None:
        return Answer(False, True, None, float("inf"), float("-inf"))
    heap = [(root[0], 0, np.zeros(len(columns)), np.ones(len(columns)), root[1])]
    made, bound, closed = 1, root[0], False
    while heap and time.perf_counter() < deadline:
        bound, _, low, high, x = heapq.heappop(heap)
        closed = bound >= search.best_value - gap
        if closed:
            break
        chosen = x[search.columns]
        if np.abs(chosen - np.rint(chosen)).max() < WHOLE:
            search.offer((bound, x))
            continue
        search.try_choice(np.argsort(-chosen, kind="stable")[:number])
        made = _branch(search, heap, made, int(np.abs(chosen - 0.5).argmin()), low, high, gap)
    if not heap and not closed:
        bound = search.best_value - gap  # nothing better is left open
    return Answer(search.best is not None, False, search.best, search.best_value, min(bound, search.best_value))


def _branch(search: _Search, heap: list[Any], made: int, column: int, low: Numbers, high: Numbers, gap: float) -> int:
    """The choice both ways; returns the number of nodes made."""
    for value in (1.0, 0.0):
        lower, upper = low.copy(), high.copy()
        lower[column] = upper[column] = value
        found = search.value(lower, upper)
        if found is not None and found[0] < search.best_value - gap:
            heapq.heappush(heap, (found[0], made, lower, upper, found[1]))
            made += 1
    return made
