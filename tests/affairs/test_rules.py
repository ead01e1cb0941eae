"""Activities, teams, honours and boards, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.affairs import rules
from gridcase.affairs.rules import ActivityKind, Candidate, TeamKind


@pytest.mark.parametrize(
    ("sheet", "names"),
    [
        ("赵大一\n周小一", ["赵大一", "周小一"]),
        ("1. 赵大一\n2、周小一\n（3）钱大二", ["赵大一", "周小一", "钱大二"]),
        ("序号\t姓名\n1\t赵大一\n2\t周小一", ["赵大一", "周小一"]),
        ("赵大一、周小一，钱大二", ["赵大一", "周小一", "钱大二"]),
        ("签到表\n\n 赵大一 13900001111\n", ["赵大一"]),
        ("", []),
    ],
)
def test_a_sheet_is_read_name_by_name(sheet: str, names: list[str]) -> None:
    assert [one.name for one in rules.read_names(sheet)] == names


def test_a_code_beside_a_name_belongs_to_it() -> None:
    assert [(one.name, one.digits[-6:]) for one in rules.read_names("赵大一 003-012\n周小一")] == [
        ("赵大一", "003012"), ("周小一", ""),
    ]  # fmt: skip


def test_places_days_and_what_they_save() -> None:
    assert rules.seats_left(None, 5) is None
    assert rules.seats_left(4, 5) == 0
    assert [str(rules.work_days(hours)) for hours in (30, 70, 80, 1, 0)] == ["3.75", "8.75", "10", "0.125", "0"]
    assert rules.value_saved(30, 120) == 450


def test_the_item_is_found_by_what_it_is_called() -> None:
    names = {"B301": "村民会议", "B303": "参加公益劳动", "B601": "志愿服务"}
    assert rules.usual_item(ActivityKind.WORK, names) == "B303"
    assert rules.usual_item(ActivityKind.VOLUNTEER, names) == "B601"
    assert rules.usual_item(ActivityKind.RESCUE, names) == ""


def test_the_team_with_the_least_in_hand_is_asked() -> None:
    busy = Candidate(1, "一队", TeamKind.CARE, 6, 3)
    free = Candidate(2, "二队", TeamKind.CARE, 5, 1)
    other = Candidate(3, "抢险", TeamKind.EMERGENCY, 9, 0)
    found = rules.best_team(TeamKind.CARE, [busy, free, other])
    assert found is not None
    assert found[0] is free
    assert "5 人" in str(found[1])
    assert rules.best_team(TeamKind.LAW, [busy, free]) is None


def test_services_never_follow_from_what_only_named_roles_read() -> None:
    assert [one.code for one in rules.services_for({"F16", "F09"})] == ["company", "errands"]
    assert rules.services_for({"F20", "F21"}) == []


def test_periods() -> None:
    quarter = rules.period_of(date(2026, 11, 23), months=3)
    assert (quarter.begins, quarter.ends) == (date(2026, 10, 1), date(2027, 1, 1))
    assert [str(one.label) for one in rules.periods_before(date(2026, 1, 5), months=1, count=2)] == [
        "2025年12月", "2025年11月",
    ]  # fmt: skip


def test_small_counts_are_not_told() -> None:
    assert rules.told(4) is None
    assert rules.told(5) == 5
