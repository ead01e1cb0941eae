"""Circles: every home in one, sizes kept, wishes honoured as much as trying everything finds."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules import circles
from gridcase.planner.rules.circles import Candidate, CircleRules, Village
from gridcase.planner.rules.ground import Home
from gridcase.planner.rules.work import done

TINY = SizeLimits(circle_target=2, circle_few=1, circle_many=3)


def village_of(homes: int, candidates: int, seed: int, *, own: bool = True, limits: SizeLimits = TINY) -> Village:
    """Invented homes; candidates live in the first of them, some lead a circle today."""
    draw = Random(seed)
    made = tuple(Home(number, 3, 112 + draw.random() / 100, 28 + draw.random() / 100) for number in range(homes))
    who = tuple(Candidate(100 + one, one if one < homes else None, 500 + one if one % 2 else None)
                for one in range(candidates))  # fmt: skip
    wishes = {
        home.id: draw.sample([one.person for one in who], draw.randint(1, min(3, candidates)))
        for home in made if draw.random() < 0.8
    }  # fmt: skip
    posts = {home.id: 501 for home in made if candidates > 1 and draw.random() < 0.5}
    return Village(made, who, wishes, posts, CircleRules(limits=limits, own_home=own))


def best_by_trying(village: Village, number: int, few: int, many: int) -> int | None:
    """The greatest weight over every choice of who serves and every assignment."""
    best = None
    for serving in combinations(range(len(village.candidates)), number):
        for way in product(serving, repeat=len(village.homes)):
            sizes = [way.count(seat) for seat in serving]
            fits = all(few <= size <= many for size in sizes)
            if fits and all(_own_home_right(village, seat, way) for seat in serving):
                honoured = circles.honour(village, np.array(way))[0]
                best = honoured if best is None else max(best, honoured)
    return best


def _own_home_right(village: Village, seat: int, way: tuple[int, ...]) -> bool:
    row = village.row.get(village.candidates[seat].home if village.candidates[seat].home is not None else -1)
    return row is None or len(set(way)) == 1 or (way[row] == seat) is village.rules.own_home


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 6), st.integers(1, 3), st.integers(0, 10**6), st.booleans())
@example(5, 3, 182, False)
@example(5, 3, 737042, False)
def test_what_is_honoured_equals_trying_everything(homes: int, candidates: int, seed: int, own: bool) -> None:
    village = village_of(homes, candidates, seed, own=own)
    number, few, many = circles.sizes_kept(village)
    best = best_by_trying(village, number, few, many)
    plan = circles.propose(village)
    assert plan is not None
    if best is not None:
        assert plan.honoured == best
        assert plan.proven
    assert plan.honoured <= plan.bound


@settings(deadline=None, max_examples=25)
@given(st.integers(8, 120), st.integers(0, 10**6), st.booleans())
def test_every_home_in_one_circle_of_the_right_size_and_never_less_than_greedy(
    homes: int, seed: int, own: bool
) -> None:
    village = village_of(homes, max(2, homes // 5), seed, own=own, limits=SizeLimits())
    plan = circles.propose(village)
    assert plan is not None
    assert len(plan.seats) == homes
    assert set(plan.seats) == set(plan.serving)
    sizes = np.bincount(plan.seats)[list(plan.serving)]
    assert plan.few <= sizes.min()
    assert sizes.max() <= plan.many
    assert plan.honoured == plan.bound
    if not plan.greedy.outside:
        assert plan.honoured >= plan.greedy.honoured
    for seat in plan.serving:
        home = village.candidates[seat].home
        assert home is None or bool(plan.seats[home] == seat) is (own or len(plan.serving) == 1)


def test_the_limits_are_kept_where_they_can_be() -> None:
    plan = circles.propose(village_of(150, 30, 4, limits=SizeLimits()))
    assert plan is not None
    assert (plan.few, plan.many, len(plan.serving)) == (8, 20, 10)


def test_too_few_candidates_give_bigger_circles_and_say_so() -> None:
    plan = circles.propose(village_of(100, 3, 4, limits=SizeLimits()))
    assert plan is not None
    assert (len(plan.serving), plan.many) == (3, 34)


def test_two_of_one_home_do_not_both_serve() -> None:
    homes = tuple(Home(number, 3) for number in range(40))
    who = (Candidate(1, 0), Candidate(2, 0), Candidate(3, 1), Candidate(4, 2))
    wishes = {number: [1 if number < 20 else 2] for number in range(40)}
    plan = circles.propose(Village(homes, who, wishes))
    assert plan is not None
    assert not {0, 1} <= set(plan.serving)


def test_nobody_to_serve_is_no_plan() -> None:
    assert circles.propose(Village((Home(1, 3),), (), {})) is None
    outcome = done(Village((Home(1, 3),), (), {}))
    assert outcome.targets == ()
    assert outcome.figures["candidates"] == 0


def test_homes_without_a_wish_go_to_a_near_circle_and_todays_stays_where_all_else_is_equal() -> None:
    homes = tuple(Home(number, 3, 112 + (number >= 15) * 0.05 + number * 1e-5, 28.0) for number in range(30))
    who = (Candidate(1, 0, 11), Candidate(2, 29, 12), Candidate(3, 14), Candidate(4, 16))
    posts = {number: 11 if number < 15 else 12 for number in range(30)}
    plan = circles.propose(Village(homes, who, {}, posts))
    assert plan is not None
    assert plan.changes == 0
    assert [int(seat) for seat in plan.seats] == [0] * 15 + [1] * 15


def test_the_same_seed_gives_the_same_circles() -> None:
    made = [circles.propose(village_of(120, 25, 9, limits=SizeLimits())) for _ in range(2)]
    assert made[0] is not None
    assert made[1] is not None
    assert list(made[0].seats) == list(made[1].seats)


@pytest.mark.parametrize("own", [True, False])
def test_a_village_of_800_homes_is_proven_in_seconds(own: bool) -> None:
    plan = circles.propose(village_of(800, 140, 2, own=own, limits=SizeLimits()))
    assert plan is not None
    assert plan.proven
    assert plan.seconds < 20
    assert len(plan.serving) == 53
