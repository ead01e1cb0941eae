"""Whether homes can be parted into cells that keep both limits, proven for every number of cells. Pure.

Only how many persons a home has matters here, so homes of one size are interchangeable: a handful of whole numbers a
cell instead of one choice a home. A witness found by dealing the homes out, like cards, proves that it can be done;
where none is found HiGHS decides the small whole-number program.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gridcase.core.words import N_, Text
from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules.program import Program

HOME_WEIGHT = 4  # a home too many or too few counts as four persons too many or too few: about its mean size


class Why(StrEnum):
    """Why no number of cells keeps both limits."""

    FEW_HOMES = "few_homes"
    BETWEEN = "between"
    FEW_PERSONS = "few_persons"
    MANY_PERSONS = "many_persons"
    UNEVEN = "uneven"
    UNDECIDED = "undecided"

    @property
    def label(self) -> Text:
        """In words."""
        return _WHY[self]


_WHY = {
    Why.FEW_HOMES: N_("户数太少，不够一个网格"),
    Why.BETWEEN: N_("户数比一个网格的上限多，又比两个网格的下限少"),
    Why.FEW_PERSONS: N_("每户人口太少，凑不够人数下限"),
    Why.MANY_PERSONS: N_("每户人口太多，超过人数上限"),
    Why.UNEVEN: N_("各户人口相差太大，怎样搭配都有网格超出限度"),
    Why.UNDECIDED: N_("在限定时间内没有算出能不能做到"),
}


@dataclass(frozen=True)
class Nearest:
    """The division that misses the limits by least: how many cells, and what is missing or too much in all of them."""

    cells: int
    homes_short: int = 0
    homes_over: int = 0
    persons_short: int = 0
    persons_over: int = 0

    @property
    def missed(self) -> int:
        """The weighted sum of what is missed."""
        return HOME_WEIGHT * (self.homes_short + self.homes_over) + self.persons_short + self.persons_over


@dataclass(frozen=True)
class Verdict:
    """What is proven about a group: the numbers of cells that can keep both limits, else why none can and how near one
    comes."""

    homes: int
    persons: int
    possible: tuple[int, ...]
    why: Why | None
    nearest: Nearest
    seconds: float


def verdict(persons: Sequence[int], limits: SizeLimits, *, seconds: float = 1.0) -> Verdict:
    """Judge a group by its homes' numbers of persons; a group without homes needs no cell and is kept."""
    began = time.perf_counter()
    sizes = sorted((int(one) for one in persons), reverse=True)
    possible, unsure = _possible(sizes, limits, seconds)
    why = None if possible or not sizes else Why.UNDECIDED if unsure else _why(sizes, limits)
    nearest = Nearest(possible[0] if possible else 0) if why is None else _nearest(sizes, limits, seconds)
    return Verdict(len(sizes), sum(sizes), possible, why, nearest, time.perf_counter() - began)


def _possible(sizes: list[int], limits: SizeLimits, seconds: float) -> tuple[tuple[int, ...], bool]:
    possible, unsure = [], False
    for cells in by_homes(len(sizes), limits):
        answer = can_part(sizes, cells, limits, seconds=seconds)
        if answer:
            possible.append(cells)
        unsure = unsure or answer is None
    return tuple(possible), unsure


def by_homes(homes: int, limits: SizeLimits) -> range:
    """The numbers of cells that the number of homes alone allows."""
    low, high = limits.households
    return range(max(1, -(-homes // high)), homes // max(low, 1) + 1) if homes else range(0)


def can_part(sizes: Sequence[int], cells: int, limits: SizeLimits, *, seconds: float = 1.0) -> bool | None:
    """Whether homes of these sizes can be parted into so many cells within both limits; None: time ran out."""
    low, high = limits.persons
    if cells not in by_homes(len(sizes), limits) or not low * cells <= sum(sizes) <= high * cells:
        return False
    if any(limits.fits(len(hand), sum(hand)) is False for hand in dealt(sizes, cells)):
        program = _counted(sizes, cells, limits, slack=False)
        answer = program.solve(seconds=seconds)
        return answer.x is not None if answer.x is not None or answer.impossible else None
    return True


def dealt(sizes: Sequence[int], cells: int) -> list[list[int]]:
    """The homes dealt to the cells, the biggest first, there and back again."""
    hands: list[list[int]] = [[] for _ in range(cells)]
    for place, size in enumerate(sorted(sizes, reverse=True)):
        turn, seat = divmod(place, cells)
        hands[cells - 1 - seat if turn % 2 else seat].append(size)
    return hands


def _counted(sizes: Sequence[int], cells: int, limits: SizeLimits, *, slack: bool) -> Program:
    """How many homes of each size go to each cell; the first cell has the most persons, so that no order counts
    twice. With `slack` the limits may be missed at a price; the slack columns come first, four a cell."""
    classes = Counter(sizes)
    kinds = np.array(sorted(classes))
    program = Program()
    misses = program.columns(
        np.tile([HOME_WEIGHT, HOME_WEIGHT, 1.0, 1.0], (cells, 1)), upper=float(sum(sizes) + len(sizes)) * slack,
        whole=False,
    )  # fmt: skip
    counts = program.columns(np.zeros((cells, len(kinds))), upper=float(len(sizes)))
    for number, kind in enumerate(kinds):
        program.row(classes[int(kind)], counts[:, number], 1.0, classes[int(kind)])
    ones = np.ones(len(kinds))
    for cell in range(cells):
        for first, values, (low, high) in ((0, ones, limits.households), (2, kinds, limits.persons)):
            columns = [*counts[cell], misses[cell, first], misses[cell, first + 1]]
            program.row(low, columns, [*values, 1.0, -1.0], high)
    for cell in range(cells - 1):
        both = [*counts[cell], *counts[cell + 1]]
        program.row(0.0, both, [*kinds, *(-kinds)], float(sum(sizes)))
    return program


def _why(sizes: list[int], limits: SizeLimits) -> Why:
    low, high = limits.persons
    if len(sizes) < limits.households[0]:
        return Why.FEW_HOMES
    numbers = by_homes(len(sizes), limits)
    if not numbers:
        return Why.BETWEEN
    if sum(sizes) < low * numbers[0]:
        return Why.FEW_PERSONS
    return Why.MANY_PERSONS if sum(sizes) > high * numbers[-1] else Why.UNEVEN


def _nearest(sizes: list[int], limits: SizeLimits, seconds: float) -> Nearest:
    low, high = limits.households
    most = max(1, -(-len(sizes) // max(low, 1)))
    tried = [_missed(sizes, cells, limits, seconds) for cells in range(max(1, len(sizes) // high), most + 1)]
    return min(tried, key=lambda one: (one.missed, abs(one.cells - len(sizes) * 2 / (low + high))))


def _missed(sizes: list[int], cells: int, limits: SizeLimits, seconds: float) -> Nearest:
    if cells == 1:
        return missed_by([(len(sizes), sum(sizes))], limits)
    answer = _counted(sizes, cells, limits, slack=True).solve(seconds=seconds)
    if answer.x is None:
        return missed_by([(len(hand), sum(hand)) for hand in dealt(sizes, cells)], limits)
    kinds = np.array(sorted(set(sizes)))
    counts = np.rint(answer.x[4 * cells :].reshape(cells, len(kinds))).astype(int)
    return missed_by([(int(row.sum()), int(row @ kinds)) for row in counts], limits)


def missed_by(cells: Sequence[tuple[int, int]], limits: SizeLimits) -> Nearest:
    """What cells of these sizes (homes, persons) miss of the limits."""
    (low_h, high_h), (low_p, high_p) = limits.households, limits.persons
    return Nearest(
        len(cells),
        sum(max(0, low_h - homes) for homes, _ in cells),
        sum(max(0, homes - high_h) for homes, _ in cells),
        sum(max(0, low_p - persons) for _, persons in cells),
        sum(max(0, persons - high_p) for _, persons in cells),
    )
