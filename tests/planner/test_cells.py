"""Cells: limits kept wherever they can be, never worse than greedy, never below the bound, the same for a seed."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules import cells
from gridcase.planner.rules.bound import lower_bound
from gridcase.planner.rules.feasible import verdict
from gridcase.planner.rules.ground import CellRules, Group, Home, matched
from gridcase.planner.rules.work import CellWork, done

SMALL = SizeLimits(households=(2, 4), persons=(4, 14))


def group_of(homes: int, seed: int, *, limits: SizeLimits, names: int = 2, seconds: float = 1.0, stay: float = 200.0,
             unplaced: float = 0.0) -> Group:  # fmt: skip
    """Invented homes along a road, in cells that do not quite fit."""
    draw = Random(seed)
    made = []
    for number in range(homes):
        place = draw.random() >= unplaced
        cell = min(names - 1, number * names // homes) if names else None
        cell = draw.randrange(names) if cell is not None and draw.random() < 0.2 else cell
        made.append(Home(
            number, draw.choice((2, 3, 4, 4, 5)), 112.0 + number * 2e-4 if place else None,
            28.0 + draw.uniform(0, 1e-3) if place else None, cell,
        ))  # fmt: skip
    return Group(tuple(made), CellRules(limits=limits, seconds=seconds, stay_metres=stay))


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 12), st.integers(0, 10**6), st.integers(0, 3), st.sampled_from((0.0, 0.4, 1.0)))
def test_every_home_once_limits_whenever_possible_and_never_worse_than_greedy(
    homes: int, seed: int, names: int, unplaced: float
) -> None:
    group = group_of(homes, seed, limits=SMALL, names=names, unplaced=unplaced)
    plan = cells.propose(group)
    assert plan is not None
    assert len(plan.best.cells) == homes
    assert set(plan.best.cells) <= set(range(plan.count))
    assert plan.best.order <= plan.greedy.order
    assert plan.best.missed == plan.verdict.nearest.missed
    if plan.verdict.possible:
        assert all(SMALL.fits(*size) for size in group.sizes(plan.best.cells, plan.count))
    assert plan.bound <= plan.best.cost + 1e-6
    used = [label for label in plan.best.labels if label is not None]
    assert len(used) == len(set(used))


@settings(deadline=None, max_examples=12)
@given(st.integers(4, 6), st.integers(0, 10**6))
def test_small_groups_are_solved_to_the_best_there_is(homes: int, seed: int) -> None:
    group = group_of(homes, seed, limits=SMALL, names=2, seconds=10.0)
    plan = cells.propose(group)
    assert plan is not None
    if not plan.verdict.possible:
        return
    every = (group.judge(np.array(way), plan.count) for way in product(range(plan.count), repeat=homes))
    best = min((one for one in every if not one.missed), key=lambda one: one.cost)
    assert plan.best.cost == pytest.approx(best.cost, abs=1e-3)
    assert plan.bound <= best.cost + 1e-6


@settings(deadline=None, max_examples=10)
@given(st.integers(4, 6), st.integers(0, 10**6), st.integers(0, 2))
def test_the_lower_bound_is_never_above_the_best(homes: int, seed: int, names: int) -> None:
    group = group_of(homes, seed, limits=SMALL, names=names)
    judged = verdict([home.persons for home in group.homes], SMALL)
    for count in judged.possible:
        every = (group.judge(np.array(way), count) for way in product(range(count), repeat=homes))
        best = min(one.cost for one in every if not one.missed)
        assert lower_bound(group, count, best=best * 1.2 + 1, deadline=float("inf")).value <= best + 1e-6


@pytest.mark.parametrize("homes", [25, 33, 45, 62, 96])
def test_groups_of_real_size(homes: int) -> None:
    group = group_of(homes, homes, limits=SizeLimits(), names=max(1, round(homes / 27)), seconds=2.0)
    plan = cells.propose(group)
    assert plan is not None
    within = [SizeLimits().fits(*size) for size in group.sizes(plan.best.cells, plan.count)]
    assert all(within) is bool(plan.verdict.possible)
    assert plan.best.order <= plan.greedy.order
    assert plan.seconds < 5


def test_the_same_seed_gives_the_same_cells() -> None:
    made = [cells.propose(group_of(45, 3, limits=SizeLimits(), seconds=20.0)) for _ in range(2)]
    assert made[0] is not None
    assert made[1] is not None
    assert list(made[0].best.cells) == list(made[1].best.cells)
    assert made[0].bound == pytest.approx(made[1].bound)


def test_what_fits_already_and_is_compact_stays() -> None:
    homes = [
        Home(number, 4, 112 + (number >= 25) * 0.02 + number * 1e-5, 28.0, int(number >= 25)) for number in range(50)
    ]
    plan = cells.propose(Group(tuple(homes)))
    assert plan is not None
    assert plan.best.moves == 0
    assert plan.gap == pytest.approx(0, abs=1e-9)


def test_cells_keep_their_names_by_the_most_homes() -> None:
    assert matched(np.array([[9, 8], [8, 0]])) == [1, 0]
    assert matched(np.array([[5, 1], [0, 0]])) == [0, -1]


def test_dear_moves_are_few_and_cheap_ones_many() -> None:
    dear = cells.propose(group_of(50, 5, limits=SizeLimits(), stay=5000.0))
    cheap = cells.propose(group_of(50, 5, limits=SizeLimits(), stay=0.0))
    assert dear is not None
    assert cheap is not None
    assert dear.best.moves < cheap.best.moves
    assert cheap.best.distance <= dear.best.distance


def test_groups_are_worked_through_with_progress() -> None:
    heard: list[tuple[int, int]] = []
    work = CellWork(
        ((1, group_of(25, 1, limits=SizeLimits(), names=1)), (2, Group(())), (3, group_of(9, 1, limits=SizeLimits())))
    )
    outcome = done(work, lambda count, total: heard.append((count, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert len(outcome.placings) == 34
    assert outcome.figures["possible_groups"] == 1
    assert outcome.figures["groups"][1]["why"] == "few_homes"
