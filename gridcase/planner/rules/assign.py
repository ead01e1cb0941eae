"""Homes to given centres within the limits, as cheaply as possible; and small groups solved outright. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gridcase.planner.rules.feasible import HOME_WEIGHT
from gridcase.planner.rules.ground import Division, Group
from gridcase.planner.rules.program import Answer, Numbers, Program

NEAR = 10  # centres offered to a home in the first try of a big group
EXACT_MOST = 30_000  # yes-or-no choices of the outright program


def assigned(group: Group, pairs: Sequence[tuple[int, int]], *, missed: int, seconds: float) -> Numbers | None:
    """The cheapest assignment to (centre, label) pairs that misses the limits by at most `missed`; None: none found."""
    costs = np.array([pair_costs(group, *pair) for pair in pairs]).T
    if len(pairs) > NEAR + 2:
        near = _assigned(group, costs, missed, seconds, near=NEAR)
        if near is not None:
            return near
    return _assigned(group, costs, missed, seconds, near=len(pairs))


def pair_costs(group: Group, centre: int, label: int) -> Numbers:
    """Metres from each home to a centre, and what leaving its cell costs where the new cell is not its own."""
    leaves = (group.today >= 0) & (group.today != label)
    costs: Numbers = group.metres_to[:, centre] + group.rules.stay_metres * leaves
    return costs


def _assigned(group: Group, costs: Numbers, missed: int, seconds: float, *, near: int) -> Numbers | None:
    homes, count = costs.shape
    program = Program()
    x = program.columns(costs)
    if near < count:
        far = costs > np.partition(costs, near - 1, axis=1)[:, near - 1 : near]
        if far.any():
            program.row(0.0, x[far], 1.0, 0.0)
    for home in range(homes):
        program.row(1.0, x[home], 1.0, 1.0)
    _limit(program, group, x, missed)
    answer = program.solve(seconds=seconds, gap=1e-4, seed=group.rules.seed)
    return None if answer.x is None else answer.x[: homes * count].reshape(homes, count).argmax(axis=1)


def _limit(program: Program, group: Group, x: Numbers, missed: int) -> None:
    limits, ones = group.rules.limits, np.ones(len(group.homes))
    slack = program.columns(np.zeros((x.shape[1], 4)), upper=float(missed), whole=False) if missed else None
    for cell in range(x.shape[1]):
        for first, values, (low, high) in ((0, ones, limits.households), (2, group.persons, limits.persons)):
            if slack is None:
                program.row(low, x[:, cell], values, high)
            else:
                columns = [*x[:, cell], slack[cell, first], slack[cell, first + 1]]
                program.row(low, columns, [*values, 1.0, -1.0], high)
    if slack is not None:
        weights = np.tile([HOME_WEIGHT, HOME_WEIGHT, 1.0, 1.0], (x.shape[1], 1))
        program.row(0.0, slack.ravel(), weights.ravel(), float(missed))


def outright(
    group: Group, count: int, pairs: Sequence[tuple[int, int]], known: Division, *, seconds: float
) -> tuple[Numbers | None, Answer | None]:
    """The best division over these pairs with no limit missed, by one whole-number program; also HiGHS's answer with
    its bound. (None, None) when there are too many choices."""
    homes = len(group.homes)
    if homes * len(pairs) > EXACT_MOST or not pairs:
        return None, None
    program = Program()
    opened = program.columns(np.zeros(len(pairs)))
    x = program.columns(np.array([pair_costs(group, *pair) for pair in pairs]).T)
    limits = group.rules.limits
    ones = np.ones(homes)
    for home in range(homes):
        program.row(1.0, x[home], 1.0, 1.0)
        for pair in range(len(pairs)):
            program.row(-1.0, [x[home, pair], opened[pair]], [1.0, -1.0], 0.0)
    for pair in range(len(pairs)):
        for values, (low, high) in ((ones, limits.households), (group.persons, limits.persons)):
            columns = [*x[:, pair], opened[pair]]
            program.row(0.0, columns, [*values, -float(low)], float("inf"))
            program.row(-float("inf"), columns, [*values, -float(high)], 0.0)
    program.row(count, opened, 1.0, count)
    labels = np.array([label for _, label in pairs])
    for label in sorted(set(labels[labels >= 0].tolist())):
        program.row(0.0, opened[labels == label], 1.0, 1.0)
    answer = program.solve(seconds=seconds, seed=group.rules.seed, start=_start(group, pairs, known, x, opened))
    if answer.x is None:
        return None, answer
    chosen = answer.x[x.ravel()].reshape(x.shape).argmax(axis=1)
    return np.unique(chosen, return_inverse=True)[1], answer


def _start(group: Group, pairs: Sequence[tuple[int, int]], known: Division, x: Numbers,
           opened: Numbers) -> Numbers | None:  # fmt: skip
    """The best known division as HiGHS's first one."""
    place = {pair: number for number, pair in enumerate(pairs)}
    numbers = []
    for centre, label in zip(known.centres, known.labels, strict=True):
        pair = (centre, group.labels.index(label) if label is not None else -1)
        if pair not in place:
            return None
        numbers.append(place[pair])
    start = np.zeros(x.size + opened.size)
    start[opened[numbers]] = 1.0
    start[x[np.arange(len(group.homes)), np.array(numbers)[known.cells]]] = 1.0
    return start
