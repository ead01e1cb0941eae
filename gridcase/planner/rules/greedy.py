"""The baseline that the planner must beat: cells grown from their outermost home to the nearest one, then repaired by
moving homes one at a time. What a careful person would do with a map and a list. Pure."""

from __future__ import annotations

import numpy as np

from gridcase.planner.rules.ground import Division, Group
from gridcase.planner.rules.program import Numbers

PASSES = 200


def grown(group: Group, count: int) -> Division:
    """A division into `count` cells by nearest-neighbour growth and repair."""
    return group.judge(_repaired(group, _grown(group, count), count), count)


def _grown(group: Group, count: int) -> Numbers:
    places = np.nan_to_num(group.places)
    cells = np.full(len(group.homes), -1)
    free = np.ones(len(group.homes), dtype=bool)
    for cell in range(count - 1):
        size = round(free.sum() / (count - cell))
        middle = places[free].mean(axis=0)
        away = np.where(free, ((places - middle) ** 2).sum(axis=1), -1.0)
        start = places[int(away.argmax())]
        near = np.where(free, ((places - start) ** 2).sum(axis=1), np.inf).argsort(kind="stable")[:size]
        cells[near], free[near] = cell, False
    cells[free] = count - 1
    return cells


def _repaired(group: Group, cells: Numbers, count: int) -> Numbers:
    """Move the one home that mends most for the fewest metres, until nothing mends."""
    for _ in range(PASSES):
        now = group.missed(cells, count).missed
        if not now:
            break
        best = _best_move(group, cells, count, now)
        if best is None:
            break
        home, cell = best
        cells = cells.copy()
        cells[home] = cell
    return cells


def _best_move(group: Group, cells: Numbers, count: int, now: int) -> tuple[int, int] | None:
    places = np.nan_to_num(group.places)
    middles = np.array([places[cells == cell].mean(axis=0) if (cells == cell).any() else places.mean(axis=0)
                        for cell in range(count)])  # fmt: skip
    away = np.sqrt(((places[:, None, :] - middles[None, :, :]) ** 2).sum(axis=2))
    fits = [group.rules.limits.fits(*size) for size in group.sizes(cells, count)]
    moves = [(home, cell) for home, here in enumerate(cells) for cell in range(count)
             if cell != here and not (fits[here] and fits[cell])]  # fmt: skip
    orders = [(_after(group, cells, count, home, cell), float(away[home, cell] - away[home, cells[home]]))
              for home, cell in moves]  # fmt: skip
    best = min(range(len(moves)), key=orders.__getitem__, default=None)
    return moves[best] if best is not None and orders[best][0] < now else None


def _after(group: Group, cells: Numbers, count: int, home: int, cell: int) -> int:
    tried = cells.copy()
    tried[home] = cell
    return group.missed(tried, count).missed
