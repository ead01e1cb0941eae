"""What a closed case earns, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gridcase.points.rules import (
    CASE_RULES,
    LEGS,
    AccountKind,
    Claim,
    ReversalSplit,
    TransferKind,
    earns,
    fill_recover,
    notice_closes_on,
    notice_days,
    points_left,
    split_reversal,
    why_no_points,
)

LAMP = Claim(
    household_id=7,
    class_code="0504",
    restricted=False,
    is_duplicate=False,
    paid=False,
    actor_households={11, 12},
)


@pytest.mark.parametrize(
    ("code", "points", "cap"),
    [("K1", 2, 20), ("K2", 5, 20), ("K3", 10, 30), ("K4", 10, 30), ("K5", 20, None), ("K6", 10, 20)],
)
def test_the_rules_of_the_field(code: str, points: int, cap: int | None) -> None:
    rule = CASE_RULES[code]
    assert (rule.points, rule.monthly_cap) == (points, cap)


def test_there_are_six_rules() -> None:
    assert list(CASE_RULES) == ["K1", "K2", "K3", "K4", "K5", "K6"]


def test_a_month_ends_at_its_cap() -> None:
    assert points_left(CASE_RULES["K1"], earned_this_month=0) == 2
    assert points_left(CASE_RULES["K2"], earned_this_month=18) == 2
    assert points_left(CASE_RULES["K1"], earned_this_month=20) == 0
    assert points_left(CASE_RULES["K1"], earned_this_month=25) == 0
    assert points_left(CASE_RULES["K5"], earned_this_month=500) == 20


def test_a_villager_who_reports_a_dark_street_lamp_earns() -> None:
    assert earns(LAMP)
    assert why_no_points(LAMP) is None


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"household_id": None}, "农户"),
        ({"restricted": True, "class_code": "0304"}, "反映他人"),
        ({"class_code": "0905"}, "反映他人"),
        ({"class_code": "0301"}, "反映他人"),
        ({"is_duplicate": True}, "重复件"),
        ({"unsorted": True}, "导入"),
        ({"paid": True}, "报酬"),
        ({"household_id": 11}, "第二人"),
    ],
)
def test_the_red_lines(changed: dict[str, Any], word: str) -> None:
    assert not earns(replace(LAMP, **changed))
    assert word in str(why_no_points(replace(LAMP, **changed)))


def test_the_own_household_earns_when_a_second_person_confirms_but_nothing_else_is_healed_by_it() -> None:
    assert earns(replace(LAMP, household_id=11, second_person=True))
    assert not earns(replace(LAMP, household_id=11, second_person=True, paid=True))
    assert not earns(replace(LAMP, class_code="0905", second_person=True))


def test_the_notice_hangs_for_its_whole_days() -> None:
    closes = notice_closes_on(date(2026, 11, 21))
    assert closes == date(2026, 11, 28)
    assert notice_closes_on(date(2026, 12, 30), 3) == date(2027, 1, 2)


@pytest.mark.parametrize(("setting", "days"), [(1, 3), (3, 3), (7, 7), (15, 15), (40, 15)])
def test_the_notice_is_three_to_fifteen_days(setting: int, days: int) -> None:
    assert notice_days(setting) == days


@pytest.mark.parametrize(
    ("pending", "merit", "amount", "split"),
    [
        (10, 0, 10, (10, 0, 0)),  # still on notice
        (0, 30, 10, (0, 10, 0)),  # already merit
        (0, 4, 10, (0, 4, 6)),  # partly spent: six are owed
        (0, 0, 10, (0, 0, 10)),
        (4, 3, 10, (4, 3, 3)),
        (20, 5, 0, (0, 0, 0)),
    ],
)
def test_a_reversal_takes_pending_then_merit_and_the_rest_is_owed(
    pending: int, merit: int, amount: int, split: tuple[int, int, int]
) -> None:
    assert split_reversal(pending, merit, amount) == ReversalSplit(*split)
    assert sum(split) == amount


@pytest.mark.parametrize(
    ("owed", "amount", "shares"), [(0, 10, (0, 10)), (6, 10, (6, 4)), (10, 10, (10, 0)), (15, 10, (10, 0))]
)
def test_later_earnings_fill_the_debt_first(owed: int, amount: int, shares: tuple[int, int]) -> None:
    assert fill_recover(owed, amount) == shares


def test_negative_points_are_an_error() -> None:
    with pytest.raises(ValueError):
        split_reversal(-1, 0, 5)
    with pytest.raises(ValueError):
        fill_recover(0, -5)


def test_an_award_spent_reversed_and_earned_again_balances() -> None:
    """Ten points earned, six spent, the case reopened, ten earned again: four of them are the home's."""
    balance = dict.fromkeys([*AccountKind, "shop"], 0)

    def move(kind: TransferKind, debit: AccountKind, credit: AccountKind, amount: int) -> None:
        assert (debit, credit) in LEGS[kind]
        balance[debit] -= amount
        balance[credit] += amount
        assert all(value >= 0 for account, value in balance.items() if account != AccountKind.ISSUE)

    move(TransferKind.AWARD, AccountKind.ISSUE, AccountKind.PENDING, 10)
    move(TransferKind.MATURE, AccountKind.PENDING, AccountKind.MERIT, 10)
    balance[AccountKind.MERIT], balance["shop"] = 4, 6
    split = split_reversal(0, balance[AccountKind.MERIT], 10)
    move(TransferKind.REVERSE, AccountKind.MERIT, AccountKind.ISSUE, split.from_merit)
    move(TransferKind.RECOVER, AccountKind.ISSUE, AccountKind.RECOVER, split.to_recover)
    filled, rest = fill_recover(balance[AccountKind.RECOVER], 10)
    move(TransferKind.FILL, AccountKind.RECOVER, AccountKind.ISSUE, filled)
    move(TransferKind.AWARD, AccountKind.ISSUE, AccountKind.PENDING, rest)
    assert (balance[AccountKind.PENDING], balance[AccountKind.RECOVER], balance[AccountKind.MERIT]) == (
        4,
        0,
        0,
    )
    assert sum(balance.values()) == 0
    assert balance[AccountKind.ISSUE] == -10


def test_every_kind_of_transfer_has_its_accounts() -> None:
    assert set(LEGS) == set(TransferKind)
