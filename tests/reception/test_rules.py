"""The days of reception against the published calendar; seasons and items of patrols; which number to call first."""

from __future__ import annotations

from datetime import date, time

import chinese_calendar
import pytest

from gridcase.cases.rules import Urgency
from gridcase.cases.rules.emergency import Hotline, call_first
from gridcase.checks.rules import CheckItem, CheckKind, PatrolPlan, Season, next_check
from gridcase.core.errors import Refused
from gridcase.core.worktime import DayKind, WorkCalendar
from gridcase.reception.rules import DayRule, Reception, Risk, quarter_of, receptions
from gridcase.reception.rules.officials import about_officials

WEDNESDAYS = DayRule()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("低保名额给了村书记的亲戚", True), ("网格员态度不好，骂人", True), ("村账多年不公开", True),
        ("会计冒领我家的粮补", True), ("集体的钱到哪里去了", True),
        ("找书记盖章", False), ("问医保什么时候缴", False), ("会计几点上班", False), ("邻居占了我家的路", False),
    ],
)  # fmt: skip
def test_what_reads_like_a_complaint_about_an_official(words: str, found: bool) -> None:
    assert about_officials(words, None) is found


def calendar_2026() -> WorkCalendar:
    days = {}
    for n in range(1, 366):
        day = date.fromordinal(date(2025, 12, 31).toordinal() + n)
        if chinese_calendar.is_workday(day) != (day.weekday() < 5):
            days[day] = DayKind.MAKEUP if day.weekday() >= 5 else DayKind.HOLIDAY
    return WorkCalendar(days=days, known_years=frozenset({2026}))


def test_every_wednesday_and_moved_behind_holidays() -> None:
    found = receptions(WEDNESDAYS, calendar_2026(), first=date(2026, 1, 1), last=date(2026, 12, 31))
    days = [one.day for one in found]
    moved = {one.moved_from: one.day for one in found if one.moved_from}
    assert moved == {date(2026, 2, 18): date(2026, 2, 24), date(2026, 10, 7): date(2026, 10, 8)}
    assert all(chinese_calendar.is_workday(day) for day in days)
    assert days == sorted(set(days))
    assert len(days) == 52


def test_a_moved_day_is_found_from_the_day_it_moved_to() -> None:
    day = date(2026, 10, 8)
    assert receptions(WEDNESDAYS, calendar_2026(), first=day, last=day) == [Reception(day, date(2026, 10, 7))]
    assert receptions(WEDNESDAYS, calendar_2026(), first=date(2026, 10, 7), last=date(2026, 10, 7)) == []


def test_two_days_that_move_to_the_same_one_are_one() -> None:
    closed = {date(2026, 3, n): DayKind.LOCAL_OFF for n in range(2, 18)}
    calendar = WorkCalendar(days=closed, known_years=frozenset({2026}))
    found = receptions(WEDNESDAYS, calendar, first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert found == [Reception(date(2026, 3, 18)), Reception(date(2026, 3, 25))]


def test_a_place_without_reception_days_has_none() -> None:
    rule = DayRule(weekday=-1)
    assert receptions(rule, calendar_2026(), first=date(2026, 1, 1), last=date(2026, 12, 31)) == []
    assert DayRule.from_json(rule.to_json()) == rule


def test_the_hours_are_in_order() -> None:
    with pytest.raises(Refused) as refusal:
        DayRule(opens=time(12), closes=time(9)).checked()
    assert refusal.value.field == "closes"


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 11, 23), date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 10, 1)),
    ],
)
def test_quarters(day: date, first: date, end: date) -> None:
    assert quarter_of(day) == (first, end)


def test_a_season_may_run_over_the_turn_of_the_year() -> None:
    winter = Season(11, 3, 30)
    assert [month for month in range(1, 13) if winter.holds(date(2026, month, 1))] == [1, 2, 3, 11, 12]
    assert next_check(winter, None, today=date(2026, 11, 23)) == date(2026, 11, 23)
    assert next_check(winter, date(2026, 11, 20), today=date(2026, 11, 23)) == date(2026, 12, 20)
    assert next_check(winter, None, today=date(2026, 7, 1)) is None


@pytest.mark.parametrize("season", [Season(0, 3, 30), Season(1, 13, 30), Season(1, 3, 0), Season(1, 3, 184)])
def test_seasons_that_make_no_sense_are_refused(season: Season) -> None:
    with pytest.raises(Refused):
        season.checked()


def test_a_plan_switches_off_adds_and_comes_back_from_its_setting() -> None:
    shipped = (
        CheckItem("F01", CheckKind.FLOOD, "看坡", "Slope", "0201"),
        CheckItem("F02", CheckKind.FLOOD, "看沟", "Ditch", "0405"),
    )  # fmt: skip
    plan = PatrolPlan(without=frozenset({"F01"})).with_own(CheckKind.FLOOD, "看老井盖", "0503")
    assert [item.zh for item in plan.items(CheckKind.FLOOD, shipped)] == ["看沟", "看老井盖"]
    assert PatrolPlan.from_json(plan.to_json()) == plan
    assert plan.without_own(plan.own[0].code).own == ()
    with pytest.raises(Refused) as refusal:
        plan.with_own(CheckKind.FLOOD, "看老井盖", "0503")
    assert refusal.value.field == "words"


def test_what_is_due_in_november() -> None:
    assert PatrolPlan().in_season(date(2026, 11, 23)) == [CheckKind.FIRE, CheckKind.WINTER, CheckKind.DAILY]


def test_the_number_to_call_by_class_and_words() -> None:
    assert call_first(code="0202", urgency=1) == (Hotline.FIRE,)
    assert call_first(code="9999", urgency=1) == (Hotline.POLICE, Hotline.FIRE, Hotline.AMBULANCE)
    assert call_first(code="0206", urgency=2, words="村口两辆车撞车了，有人受伤") == (
        Hotline.AMBULANCE,
        Hotline.TRAFFIC,
    )
    assert call_first(code="0401", urgency=3, words="垃圾没有人收") == ()


def test_risk_words_say_how_pressing_it_is() -> None:
    assert [risk.urgency for risk in Risk] == [Urgency.CRITICAL, Urgency.URGENT, Urgency.ORDINARY]
    assert [str(risk.label) for risk in Risk] == ["立即报告", "当日办理", "格内化解"]
