"""The table behind every deadline, loaded from the State Council's days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from gridcase.calendar import queries, service
from gridcase.calendar.rules import Day
from gridcase.core.db import transaction
from gridcase.core.permissions import job
from gridcase.core.worktime import DayKind, Limit, LimitUnit
from tests.factories.world import START

TOWN = ZoneInfo("Asia/Shanghai")


def due(start: datetime, hours: float) -> datetime:
    deadline = queries.work_calendar().add(start, Limit(hours, LimitUnit.WORKING))
    return deadline.at.astimezone(TOWN)


def test_the_national_day_week_and_its_make_up_days_of_2026(ctx: Flask) -> None:
    calendar = queries.work_calendar()
    assert not any(calendar.is_workday(date(2026, 10, day)) for day in range(1, 8))
    assert calendar.is_workday(date(2026, 9, 20))
    assert calendar.is_workday(date(2026, 10, 10))
    assert sum(calendar.is_workday(date(2026, m, d)) for m in range(1, 13) for d in _days(m)) == 248


def _days(month: int) -> range:
    first = date(2026, month, 1)
    following = date(2027, 1, 1) if month == 12 else date(2026, month + 1, 1)
    return range(1, (following - first).days + 1)


def test_a_case_of_friday_evening_starts_on_monday(ctx: Flask) -> None:
    friday_evening = datetime(2026, 11, 20, 20, 0, tzinfo=TOWN)
    assert due(friday_evening, 8) == datetime(2026, 11, 23, 17, 30, tzinfo=TOWN)


def test_a_year_without_days_makes_deadlines_provisional_until_it_is_loaded(ctx: Flask) -> None:
    december = datetime(2026, 12, 30, 9, 0, tzinfo=TOWN)
    limit = Limit(40, LimitUnit.WORKING)
    assert queries.work_calendar().add(december, limit).provisional
    assert queries.missing_year(date(2026, 11, 30)) is None
    assert queries.missing_year(date(2026, 12, 1)) == 2027
    with transaction():
        new_year = [Day(date(2027, 1, 1), DayKind.HOLIDAY, "元旦")]
        service.set_year(actor=job("t"), year=2027, days=new_year, source="test", now=START)
    assert not queries.work_calendar().add(december, limit).provisional
    assert queries.missing_year(date(2026, 12, 1)) is None


def test_a_year_replaced_by_as_many_days_is_seen(ctx: Flask) -> None:
    """The count of days and the last of them are the same before and after."""
    monday = datetime(2027, 3, 1, 9, 0, tzinfo=TOWN)
    ends = []
    for day in (2, 3, 2):
        days = [Day(date(2027, 3, day), DayKind.LOCAL_OFF), Day(date(2027, 10, 1), DayKind.HOLIDAY)]
        with transaction():
            service.set_year(actor=job("t"), year=2027, days=days, source="test", now=START)
        ends.append(due(monday, 8).day)
        ends.append(due(monday.replace(day=2), 8).day)
    assert ends == [3, 3, 2, 4, 3, 3]


def test_a_change_that_was_rolled_back_leaves_nothing_behind(ctx: Flask) -> None:
    monday = datetime(2027, 3, 1, 9, 0, tzinfo=TOWN)
    for day, kept in ((2, False), (3, True)):
        try:
            with transaction():
                days = [Day(date(2027, 3, day), DayKind.LOCAL_OFF)]
                service.set_year(actor=job("t"), year=2027, days=days, source="test", now=START)
                due(monday, 8)
                if not kept:
                    raise RuntimeError
        except RuntimeError:
            pass
    assert due(monday, 8) == monday.replace(day=2)


def test_the_names_of_holidays_reach_the_explanation(ctx: Flask) -> None:
    assert queries.work_calendar().names[date(2026, 10, 1)] == "国庆节"
