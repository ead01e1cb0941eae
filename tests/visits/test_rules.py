"""The words of a visit and which contacts count."""

from __future__ import annotations

import pytest

from gridcase.visits.rules import (
    PURPOSE_GROUPS,
    PURPOSES,
    TICKS,
    DoneBy,
    Errand,
    Purpose,
    Sign,
    VisitMode,
    VisitState,
    as_found,
    counts_as_visit,
)


def test_a_visit_offers_the_words_of_the_field() -> None:
    assert [str(state.label) for state in VisitState] == ["平安", "需跟进", "已转办", "没见到人"]
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


def test_every_purpose_is_offered_once_and_the_duties_are_among_them() -> None:
    offered = [purpose for _words, purposes in PURPOSE_GROUPS for purpose in purposes]
    assert sorted(offered) == sorted(PURPOSES)
    assert offered[0] is Purpose.CARE
    assert {"信息收集", "政策宣传", "纠纷调解", "治安联防", "重点人群帮教"} <= {str(one.label) for one in offered}


def test_beside_a_home_no_purpose_tells_of_a_sentence() -> None:
    assert Purpose.GUIDANCE.beside_a_home is Purpose.CARE
    assert [one.beside_a_home for one in PURPOSES if one is not Purpose.GUIDANCE] == [
        one for one in PURPOSES if one is not Purpose.GUIDANCE
    ]


def test_errands_name_their_class_and_signs_the_five_losses() -> None:
    assert {str(one.label): one.class_code for one in Errand if one is not Errand.OTHER} == {
        "代购": "0803", "代送": "0803", "助洁": "0803", "送学": "0803", "答了一个问题": "1001",
    }  # fmt: skip
    assert [str(sign.label) for sign in Sign] == ["生活失意", "心态失衡", "行为失常", "家庭失和", "情感失迷"]


def test_stored_values_fit_their_columns() -> None:
    assert max(len(mode) for mode in VisitMode) <= 8
    assert max(len(state) for state in VisitState) <= 12
    assert max(len(purpose) for purpose in Purpose) <= 24
    assert max(len(one) for one in (*Errand, *DoneBy, *Sign)) <= 12


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
    assert counts_as_visit(mode, met=1, previous=previous, home_only=home_only) == counts
    assert not counts_as_visit(mode, met=0, previous=previous, home_only=home_only)


@pytest.mark.parametrize(
    ("met", "state", "kept"),
    [
        (2, VisitState.SAFE, (2, VisitState.SAFE)),
        (0, VisitState.SAFE, (0, VisitState.NOT_MET)),
        (0, VisitState.FOLLOW_UP, (0, VisitState.FOLLOW_UP)),
        (1, VisitState.NOT_MET, (0, VisitState.NOT_MET)),
    ],
)
def test_of_a_home_where_nobody_was_met_nobody_says_it_is_well(
    met: int, state: VisitState, kept: tuple[int, VisitState]
) -> None:
    assert as_found(met, state) == kept
