"""A linear or whole-number program, handed to HiGHS: columns, rows, and what came back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
INF = highspy.kHighsInf


@dataclass(frozen=True)
class Answer:
    """`solved`: optimal within the asked gap; `impossible`: proven to have no solution; `x` is None without one."""

    solved: bool
    impossible: bool
    x: Numbers | None
    value: float
    bound: float


@dataclass
class Program:
    """Minimise `cost * x` under rows `low <= a * x <= high`; built up column by column and row by row."""

    _costs: list[Numbers] = field(default_factory=list)
    _lower: list[Numbers] = field(default_factory=list)
    _upper: list[Numbers] = field(default_factory=list)
    _whole: list[Numbers] = field(default_factory=list)
    _columns: int = 0
    _starts: list[int] = field(default_factory=lambda: [0])
    _index: list[Numbers] = field(default_factory=list)
    _values: list[Numbers] = field(default_factory=list)
    _lows: list[float] = field(default_factory=list)
    _highs: list[float] = field(default_factory=list)

    def columns(self, costs: Any, *, upper: float = 1.0, whole: bool = True, lower: float = 0.0) -> Numbers:
        """Add columns; returns their numbers, in the shape of `costs`."""
        made = np.asarray(costs, dtype=float)
        size = made.size
        self._costs.append(made.ravel())
        self._lower.append(np.full(size, lower))
        self._upper.append(np.full(size, upper))
        self._whole.append(np.full(size, whole))
        numbers = np.arange(self._columns, self._columns + size).reshape(made.shape)
        self._columns += size
        return numbers

    def row(self, low: float, columns: Any, values: Any, high: float) -> None:
        """Add a row; `values` may be one number for all of its columns."""
        index = np.asarray(columns, dtype=np.int32).ravel()
        self._index.append(index)
        self._values.append(np.broadcast_to(np.asarray(values, dtype=float), index.shape))
        self._starts.append(self._starts[-1] + index.size)
        self._lows.append(low)
        self._highs.append(high)

    def solve(self, *, seconds: float, gap: float = 0.0, absolute_gap: float = 1e-6, seed: int = 0,
              start: Numbers | None = None) -> Answer:  # fmt: skip
        """Solve on one thread; the same program and seed give the same answer unless the time runs out first."""
        solver = highspy.Highs()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", seed),
            ("time_limit", max(seconds, 0.01)), ("mip_rel_gap", gap), ("mip_abs_gap", absolute_gap),
        ):  # fmt: skip
            solver.setOptionValue(name, value)
        solver.passModel(self.model())
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = [float(value) for value in start]
            solver.setSolution(known)
        solver.run()
        return self._answer(solver)

    def model(self) -> Any:
        """The program as HiGHS takes it."""
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._columns, len(self._lows)
        model.col_cost_ = np.concatenate(self._costs)
        model.col_lower_, model.col_upper_ = np.concatenate(self._lower), np.concatenate(self._upper)
        model.row_lower_, model.row_upper_ = np.array(self._lows), np.array(self._highs)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self._starts, dtype=np.int32)
        model.a_matrix_.index_ = np.concatenate(self._index)
        model.a_matrix_.value_ = np.concatenate(self._values)
        whole = np.concatenate(self._whole)
        if whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(one)] for one in whole]
        return model

    def _answer(self, solver: Any) -> Answer:
        status, info = solver.getModelStatus(), solver.getInfo()
        solved = status == highspy.HighsModelStatus.kOptimal
        impossible = status in {
            highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible,
        }  # fmt: skip
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        x = np.array(solver.getSolution().col_value) if found and not impossible else None
        value = float(info.objective_function_value) if x is not None else float("inf")
        mixed = any(kinds.any() for kinds in self._whole)
        bound = float(info.mip_dual_bound) if mixed else (value if solved else float("-inf"))
        return Answer(solved, impossible, x, value, bound)
