"""How long a mediation may take, who keeps its record, and what an agreement needs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridcase.cases.rules import Standing, State
from gridcase.cases.rules.standing import may_mediate
from gridcase.core.permissions import Permission as P
from gridcase.mediation.rules import (
    Drafted,
    court_until,
    lacking,
    likely_signed,
    party_mark,
    signing_refusal,
    usual_end,
)

DAY = date(2026, 11, 23)
LEADER = frozenset({P.ACCEPT_CASE, P.SELF_SOLVE_CASE, P.SEE_CASE})


@pytest.mark.parametrize(
    ("opened", "ends"),
    [
        (date(2026, 11, 23), date(2026, 12, 23)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_the_usual_month_ends_on_the_same_day_or_the_last(opened: date, ends: date) -> None:
    assert usual_end(opened) == ends


def test_the_court_is_asked_within_thirty_days() -> None:
    assert court_until(date(2026, 11, 23)) == date(2026, 12, 23)


def test_who_keeps_the_record() -> None:
    station = Standing(State.IN_PROGRESS, frozenset({P.HANDLE_CASE}), is_addressed=True)
    leader, desk = Standing(State.ACCEPTED, LEADER), Standing(State.ACCEPTED, frozenset({P.ACCEPT_CASE}))
    assert may_mediate(station, class_code="0102", elsewhere=False)
    assert may_mediate(leader, class_code="0102", elsewhere=False)
    assert not may_mediate(leader, class_code="0102", elsewhere=True), "it was sent to somebody else"
    assert may_mediate(leader, class_code="0102", elsewhere=True, opened=True), "but he goes on with what he began"
    assert not may_mediate(desk, class_code="0102", elsewhere=False), "a desk sends and does not mediate"
    assert not may_mediate(leader, class_code="1004", elsewhere=False), "a matter about the village's own officials"


def test_what_an_agreement_still_needs_is_said_one_by_one() -> None:
    assert [str(one)[:8] for one in lacking(Drafted([None], "甲", None))] == [
        "协议要有双方当事", "甲方还没有记同意", "还没有记调解经过", "请先写好协议：争",
    ]  # fmt: skip
    assert [str(one) for one in lacking(Drafted([DAY, None], "甲", "乙", [DAY]))] == [
        "乙方还没有记同意调解的日期，请先补上。"
    ]
    assert lacking(Drafted([DAY, DAY], "甲", "乙", [DAY])) == []


def test_the_day_of_signing_is_not_before_consent_nor_before_the_last_sitting() -> None:
    later, today = DAY + timedelta(days=3), DAY + timedelta(days=9)
    drafted = Drafted([DAY, later], "甲", "乙", [DAY])
    assert "乙方" in str(signing_refusal(drafted, DAY, today))
    assert "最后一次调解" in str(signing_refusal(Drafted([DAY, DAY], "甲", "乙", [DAY, later]), DAY, today))
    assert "不能晚于今天" in str(signing_refusal(drafted, today + timedelta(days=1), today))
    assert "请填" in str(signing_refusal(drafted, None, today))
    assert signing_refusal(drafted, later, today) is None
    assert likely_signed(Drafted([], None, None, [DAY, later]), today) == later, "never simply today"
    assert likely_signed(Drafted([], None, None), today) is None


def test_parties_are_named_by_the_ten_signs_then_by_number() -> None:
    assert [str(party_mark(place)) for place in (1, 2, 10, 11)] == ["甲方", "乙方", "癸方", "第11方"]
