"""What is proven about a group equals what trying every way finds."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules.feasible import Nearest, Why, by_homes, can_part, dealt, missed_by, verdict

HANYIN = SizeLimits()
SMALL = SizeLimits(households=(2, 3), persons=(5, 9))


def partitions(sizes: list[int], cells: int) -> Iterator[list[list[int]]]:
    """Every way to part homes into so many cells, empty ones left out."""
    if not sizes:
        if cells == 0:
            yield []
        return
    first, rest = sizes[0], sizes[1:]
    for parted in partitions(rest, cells - 1):
        yield [[first], *parted]
    for parted in partitions(rest, cells):
        for number in range(len(parted)):
            yield [*parted[:number], [first, *parted[number]], *parted[number + 1 :]]


def within(cell: list[int], limits: SizeLimits) -> bool:
    return limits.fits(len(cell), sum(cell))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=8))
def test_possible_numbers_are_those_that_trying_everything_finds(sizes: list[int]) -> None:
    tried = {
        cells for cells in range(1, len(sizes) + 1)
        if any(all(within(cell, SMALL) for cell in parted) for parted in partitions(sizes, cells))
    }  # fmt: skip
    judged = verdict(sizes, SMALL)
    assert set(judged.possible) == tried
    assert (judged.why is None) == bool(tried)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=7))
def test_the_nearest_misses_no_more_than_any_division(sizes: list[int]) -> None:
    judged = verdict(sizes, SMALL)
    every = [
        missed_by([(len(cell), sum(cell)) for cell in parted], SMALL).missed
        for cells in range(1, -(-len(sizes) // 2) + 1)
        for parted in partitions(sizes, cells)
    ]
    assert judged.nearest.missed == min(every)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=130))
def test_a_verdict_takes_less_than_a_second_and_never_says_what_arithmetic_denies(sizes: list[int]) -> None:
    judged = verdict(sizes, HANYIN)
    assert judged.seconds < 1
    assert judged.why is not Why.UNDECIDED
    for cells in judged.possible:
        assert 20 * cells <= len(sizes) <= 30 * cells
        assert 70 * cells <= sum(sizes) <= 120 * cells


def test_groups_of_31_to_39_homes_cannot_and_say_so() -> None:
    for homes in range(31, 40):
        judged = verdict([4] * homes, HANYIN)
        assert judged.possible == ()
        assert judged.why is Why.BETWEEN
    assert verdict([4] * 30, HANYIN).possible == (1,)
    assert verdict([4] * 40, HANYIN).possible == (2,)


def test_why_and_by_how_little() -> None:
    few = verdict([4] * 15, HANYIN)
    assert (few.why, few.nearest) == (Why.FEW_HOMES, Nearest(1, homes_short=5, persons_short=10))
    one_over = verdict([4] * 31, HANYIN)
    assert one_over.nearest == Nearest(1, homes_over=1, persons_over=4)
    one_short = verdict([3] * 39, HANYIN)
    assert (one_short.nearest.cells, one_short.nearest.homes_short) == (2, 1)
    assert verdict([2] * 50, HANYIN).why is Why.FEW_PERSONS
    assert verdict([5] * 25, HANYIN).why is Why.MANY_PERSONS
    assert verdict([119] + [1] * 59, HANYIN).why is Why.UNEVEN
    assert verdict([], HANYIN).why is None


def test_dealing_deals_every_home_once() -> None:
    hands = dealt([5, 1, 4, 2, 3, 6], 2)
    assert sorted(size for hand in hands for size in hand) == [1, 2, 3, 4, 5, 6]
    assert abs(sum(hands[0]) - sum(hands[1])) <= 1
    assert can_part([5, 1, 4, 2, 3, 6], 2, SizeLimits(households=(3, 3), persons=(10, 11))) is True
    assert list(by_homes(0, HANYIN)) == []
