"""How long a mediation may take, who keeps its record, and what an agreement needs."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.cases.rules import Standing, State
from gridcase.core.permissions import Permission as P
from gridcase.mediation.rules import Drafted, court_until, may_mediate, party_mark, unsigned_refusal, usual_end

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


def test_what_an_agreement_needs() -> None:
    said = str(unsigned_refusal(Drafted([DAY], "甲", "乙")))
    assert "双方" in said
    assert "同意调解的日期" in str(unsigned_refusal(Drafted([DAY, None], "甲", "乙")))
    assert "写好协议" in str(unsigned_refusal(Drafted([DAY, DAY], "甲", None)))
    assert unsigned_refusal(Drafted([DAY, DAY], "甲", "乙")) is None


def test_parties_are_named_by_the_ten_signs_then_by_number() -> None:
    assert [str(party_mark(place)) for place in (1, 2, 10, 11)] == ["甲方", "乙方", "癸方", "第11方"]
