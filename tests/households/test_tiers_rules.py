"""Factors, thresholds, validity, masking of words and the arithmetic of what-if, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gridcase.core.errors import Refused
from gridcase.households.rules import FACTORS, RED, RESTRICTED_CODES, CareTier, TierRules, shown_label, suggest
from gridcase.households.rules.tiers_factors import tells_restricted
from gridcase.households.rules.tiers_rules import (
    as_setting,
    check_rules,
    is_down,
    may_go_down,
    read_rules,
    touches_red,
)
from gridcase.households.rules.tiers_whatif import WeighedHome, what_if

GREEN, YELLOW, RED_TIER = CareTier
# domain.md 4, said a second time
WEIGHTS: dict[str, Any] = {
    "F01": RED, "F02": 30, "F03": 20, "F04": 25, "F05": RED, "F06": 15, "F07": 5, "F08": 25, "F09": 10, "F10": 20,
    "F11": 30, "F12": 15, "F13": 25, "F14": RED, "F15": 30, "F16": 15, "F17": 30, "F18": 30, "F19": 20, "F20": 30,
    "F21": RED, "F22": 5, "F23": 30, "F24": 20,
}  # fmt: skip


@pytest.mark.parametrize(("code", "weight"), WEIGHTS.items())
def test_every_factor_weighs_what_the_field_says(code: str, weight: Any) -> None:
    found = suggest([code])
    expected = RED_TIER if weight == RED else YELLOW if weight >= 20 else GREEN
    assert (FACTORS[code].weight, found.tier) == (weight, expected)
    assert found.total == (0 if weight == RED else weight)
    assert [(reason.code, reason.weight) for reason in found.reasons] == [(code, weight)]
    assert found.restricted is (code in ("F20", "F21"))


def test_the_list_is_whole() -> None:
    assert list(FACTORS) == [f"F{number:02d}" for number in range(1, 25)]
    assert {"F20", "F21"} == RESTRICTED_CODES
    assert all(factor.days > 0 and factor.sources for factor in FACTORS.values())


@pytest.mark.parametrize(
    ("codes", "total", "tier"),
    [
        ([], 0, GREEN),
        (["F06"], 15, GREEN),
        (["F07", "F09"], 15, GREEN),
        (["F06", "F07"], 20, YELLOW),
        (["F02", "F04"], 55, YELLOW),
        (["F02", "F11"], 60, RED_TIER),
        (["F02", "F11", "F17"], 90, RED_TIER),
        (["F07", "F21"], 5, RED_TIER),
        (["F02", "F02"], 30, YELLOW),
    ],
)
def test_thresholds_at_their_edges(codes: list[str], total: int, tier: CareTier) -> None:
    assert (suggest(codes).total, suggest(codes).tier) == (total, tier)


def test_a_county_weighs_otherwise_and_the_suggestion_says_by_which_rules() -> None:
    rules = TierRules(yellow_from=10, red_from=25, weights={"F07": 10, "F02": RED}, version=3)
    assert suggest(["F07"], rules).tier is YELLOW
    assert suggest(["F02"], rules).tier is RED_TIER
    assert suggest(["F07"], rules).version == 3
    assert suggest(["F02"], TierRules()).tier is YELLOW


def test_rules_are_kept_and_read_back() -> None:
    rules = TierRules(red_from=70, weights={"F07": 10, "F02": 30}, days={"F11": 90}, down_days=60)
    stored = as_setting(rules)
    assert stored["weights"] == {"F07": 10}
    read = read_rules(stored, 4)
    assert (read.red_from, read.weight("F02"), read.weight("F07"), read.version) == (70, 30, 10, 4)
    assert read.valid_until("F11", date(2026, 11, 23), confirmed=False) == date(2027, 2, 21)
    assert read_rules({}, 0) == TierRules()


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (TierRules(yellow_from=60), "red_from"),
        (TierRules(yellow_from=0), "yellow_from"),
        (TierRules(green_days=30), "green_days"),
        (TierRules(red_days=0), "red_days"),
        (TierRules(weights={"F02": 101}), "weight_F02"),
        (TierRules(weights={"F99": 1}), "weight_F99"),
        (TierRules(days={"F02": 0}), "days_F02"),
    ],
)
def test_rules_no_home_could_be_served_by_are_refused(rules: TierRules, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_rules(rules)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("code", "confirmed", "until"),
    [
        ("F02", False, date(2027, 11, 23)),
        ("F11", False, date(2027, 5, 25)),
        ("F20", False, date(2026, 12, 23)),
        ("F20", True, date(2027, 11, 23)),
        ("F21", False, date(2026, 12, 23)),
        ("F21", True, date(2027, 5, 25)),
    ],
)
def test_how_long_a_factor_holds(code: str, confirmed: bool, until: date) -> None:
    assert TierRules().valid_until(code, date(2026, 11, 23), confirmed=confirmed) == until


@pytest.mark.parametrize(
    ("visits", "set_on", "slow_enough"),
    [
        (0, date(2026, 11, 1), False),
        (1, date(2026, 11, 1), False),
        (2, date(2026, 11, 22), True),
        (0, date(2026, 10, 25), False),
        (0, date(2026, 10, 24), True),
        (0, None, True),
    ],
)
def test_down_is_slow(visits: int, set_on: date | None, slow_enough: bool) -> None:
    assert may_go_down(visits=visits, set_on=set_on, today=date(2026, 11, 23), rules=TierRules()) is slow_enough


def test_what_is_down_and_what_touches_red() -> None:
    assert is_down(RED_TIER, GREEN)
    assert is_down(YELLOW, GREEN)
    assert not is_down(GREEN, YELLOW)
    assert not is_down(GREEN, GREEN)
    assert touches_red(RED_TIER, GREEN)
    assert touches_red(GREEN, RED_TIER)
    assert not touches_red(RED_TIER, RED_TIER)
    assert not touches_red(GREEN, YELLOW)


def test_intervals_follow_the_rules() -> None:
    rules = TierRules(red_days=5)
    assert [rules.interval(tier) for tier in CareTier] == [90, 30, 5]
    assert rules.next_visit_on(RED_TIER, date(2026, 11, 23)) == date(2026, 11, 28)


def test_what_is_restricted_has_no_word_for_others() -> None:
    for code in RESTRICTED_CODES:
        assert str(shown_label(code, sees_restricted=False)) == "限定可见"
        assert shown_label(code, sees_restricted=True) == FACTORS[code].label
    assert shown_label("F02", sees_restricted=False) == FACTORS["F02"].label


@pytest.mark.parametrize("words", ["疑似精神病", "列为五失人员", "近来抑郁"])
def test_sentences_that_tell_what_is_restricted(words: str) -> None:
    assert tells_restricted(words)
    assert not tells_restricted("老人独居，儿子回来了")


def _homes(number: int, codes: set[str], tier: CareTier = GREEN) -> list[WeighedHome]:
    return [WeighedHome(1, tier, frozenset(codes))] * number


@pytest.mark.parametrize(("number", "shown"), [(0, None), (1, None), (4, None), (5, 5), (6, 6)])
def test_what_if_hides_what_is_few(number: int, shown: int | None) -> None:
    draft = TierRules(weights={"F06": 20})
    (found,) = what_if(_homes(number, {"F06"}), tiers={1: {GREEN: 40}}, liaisons={1: 2}, rules=TierRules(), draft=draft)
    assert found.to == {GREEN: None, YELLOW: shown, RED_TIER: None}
    assert found.visits_now == 80, "40 homes x 365 / 90 days, of two liaisons, in tens"
    assert found.visits_then == (
        80 if shown is None else round((40 - number) * 365 / 90 / 20 + number * 365 / 30 / 20) * 10
    )


def test_what_if_says_nothing_of_homes_that_stay_and_counts_intervals() -> None:
    moves = what_if(
        _homes(9, {"F02"}, YELLOW), tiers={1: {GREEN: 10, YELLOW: 9}, 2: {GREEN: 3}}, liaisons={1: 1},
        rules=TierRules(), draft=TierRules(yellow_days=15),
    )  # fmt: skip
    assert [set(one.to.values()) for one in moves] == [{None}, {None}]
    assert [(one.visits_now, one.visits_then) for one in moves] == [(150, 260), (None, None)]
