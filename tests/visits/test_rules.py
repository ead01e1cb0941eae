"""The words of a visit and which contacts count."""

from __future__ import annotations

import pytest

from gridcase.visits.rules import PURPOSES, TICKS, Purpose, VisitMode, VisitState, counts_as_visit


def test_a_visit_offers_the_words_of_the_field() -> None:
    assert [str(state.label) for state in VisitState] == ["平安", "需跟进", "已转办"]
    assert [str(tick.label) for tick in TICKS] == [
        "安全用电用火",
        "饮水",
        "用药",
        "就学",
        "收入变化",
        "矛盾苗头",
    ]
    assert {"政策宣传", "决议传达", "公益发动", "征求意见"} <= {str(purpose.label) for purpose in PURPOSES}
    assert PURPOSES[0] is Purpose.CARE


def test_stored_values_fit_their_columns() -> None:
    assert max(len(mode) for mode in VisitMode) <= 8
    assert max(len(state) for state in VisitState) <= 12
    assert max(len(purpose) for purpose in Purpose) <= 24


@pytest.mark.parametrize(
    ("mode", "previous", "home_only", "counts"),
    [
        (VisitMode.HOME, None, True, True),
        (VisitMode.HOME, VisitMode.PHONE, False, True),
        (VisitMode.PHONE, VisitMode.HOME, False, True),
        (VisitMode.VIDEO, VisitMode.HOME, False, True),
        (VisitMode.PHONE, VisitMode.PHONE, False, False),
        (VisitMode.PHONE, VisitMode.VIDEO, False, False),
        (VisitMode.PHONE, VisitMode.HOME, True, False),
        (VisitMode.PHONE, None, False, False),
    ],
)
def test_every_second_contact_may_be_by_phone_except_where_close_support_is_needed(
    mode: VisitMode, previous: VisitMode | None, home_only: bool, counts: bool
) -> None:
    assert counts_as_visit(mode, previous=previous, home_only=home_only) == counts
