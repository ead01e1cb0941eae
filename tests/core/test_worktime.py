"""Deadlines in working time: examples a duty officer would check by hand, and a minute-walking oracle."""

from __future__ import annotations

import os
import random
import time as clock
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import chinese_calendar
import pytest

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import SetupProblem
from gridcase.core.worktime import (
    CountedDay,
    DayKind,
    Limit,
    LimitUnit,
    OfficeHours,
    SkippedDay,
    WorkCalendar,
)

EIGHT_HOURS = OfficeHours.parse("08:00-12:00, 14:00-18:00")
RANDOM_CASES = 5000 if os.environ.get("GRIDCASE_FULL") else 300
FIRST, LAST = date(2019, 1, 1), date(2027, 6, 30)


def official(day: date) -> bool:
    """The State Council's calendar; plain weekdays where the package knows nothing (2027)."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def days_from(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


DAYS = {
    day: DayKind.MAKEUP if official(day) else DayKind.HOLIDAY
    for day in days_from(FIRST, date(2026, 12, 31))
    if official(day) != (day.weekday() < 5)
}
CALENDAR = WorkCalendar(DAYS)


def at(text: str) -> datetime:
    """A moment on the wall of a Chinese office: `2026-11-20 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=TOWN_ZONE)


def due(start: str, hours: float, **more: list[tuple[str, str]]) -> str:
    pauses = [(at(a), at(b)) for a, b in more.get("pauses", [])]
    return f"{CALENDAR.add_hours(at(start), hours, pauses=pauses).at.astimezone(TOWN_ZONE):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (
            "2026-11-16 08:30",
            8,
            "2026-11-16 17:30:00",
        ),  # a whole office day ends at closing, not next morning
        ("2026-11-16 08:30", 1, "2026-11-16 09:22:30"),  # 1 W is an eighth of seven hours
        ("2026-11-16 08:30", 4, "2026-11-16 12:00:00"),  # the end of the morning stays before lunch
        ("2026-11-16 12:00", 4, "2026-11-16 17:30:00"),
        ("2026-11-16 13:00", 4, "2026-11-16 17:30:00"),
        ("2026-11-16 20:00", 8, "2026-11-17 17:30:00"),
        ("2026-11-16 17:30", 8, "2026-11-17 17:30:00"),  # registered at closing counts from the next morning
        ("2026-11-16 10:00", 8, "2026-11-17 10:00:00"),
        ("2026-11-16 10:00", 40, "2026-11-23 10:00:00"),  # five working days over a weekend
        ("2026-11-21 11:00", 8, "2026-11-23 17:30:00"),  # a Saturday
        ("2026-09-30 10:00", 8, "2026-10-08 10:00:00"),  # over the National Day week
        ("2026-09-19 10:00", 8, "2026-09-20 17:30:00"),  # Sunday 20 September is worked
        (
            "2026-02-13 10:00",
            16,
            "2026-02-24 10:00:00",
        ),  # Saturday 14 February is worked, then Spring Festival
        ("2026-11-16 10:00", 0, "2026-11-16 10:00:00"),
        ("2026-11-16 19:00", 0, "2026-11-17 08:30:00"),
    ],
)
def test_due_times_a_duty_officer_would_count_by_hand(start: str, hours: float, expected: str) -> None:
    assert due(start, hours) == expected


@pytest.mark.parametrize("office", [OfficeHours(), EIGHT_HOURS, OfficeHours.parse("09:00-16:00")])
def test_forty_working_hours_are_five_working_days_in_every_town(office: OfficeHours) -> None:
    calendar = WorkCalendar(DAYS, office_hours=office)
    monday = at("2026-11-16 10:00")
    assert calendar.add_hours(monday, 40).at == at("2026-11-23 10:00")
    assert calendar.hours_between(monday, at("2026-11-23 10:00")) == 40


def test_a_pause_stops_the_clock_and_overlapping_pauses_count_once() -> None:
    assert due("2026-11-16 10:00", 8, pauses=[("2026-11-16 14:00", "2026-11-17 14:00")]) == "2026-11-18 10:00:00"
    doubled = [("2026-11-16 14:00", "2026-11-17 10:00"), ("2026-11-17 09:00", "2026-11-17 14:00")]
    assert due("2026-11-16 10:00", 8, pauses=doubled) == "2026-11-18 10:00:00"
    assert due("2026-11-16 10:00", 8, pauses=[("2026-11-16 18:00", "2026-11-17 07:00")]) == "2026-11-17 10:00:00"
    assert due("2026-11-16 10:00", 2, pauses=[("2026-11-16 11:45", "2026-11-18 09:00")]) == "2026-11-16 11:45:00"


def test_a_year_without_data_counts_weekdays_and_says_so() -> None:
    assert not CALENDAR.provisional(date(2026, 12, 31))
    assert CALENDAR.provisional(date(2027, 1, 1))
    assert not CALENDAR.add_hours(at("2026-12-31 08:30"), 8).provisional
    late = CALENDAR.add_hours(at("2026-12-31 10:00"), 8)
    assert late.provisional
    assert late.at == at("2027-01-01 10:00")  # a Friday: the holiday is not known yet
    with_rows = WorkCalendar({**DAYS, date(2027, 1, 1): DayKind.HOLIDAY}, known_years=frozenset(range(2019, 2028)))
    assert with_rows.add_hours(at("2026-12-31 10:00"), 8).at == at("2027-01-04 10:00")
    assert not with_rows.add_hours(at("2026-12-31 10:00"), 8).provisional


def test_a_local_day_off_is_skipped() -> None:
    calendar = WorkCalendar({date(2026, 11, 17): DayKind.LOCAL_OFF})
    assert calendar.add_hours(at("2026-11-16 10:00"), 8).at == at("2026-11-18 10:00")


def test_natural_hours_run_through_night_and_holiday_but_not_through_a_pause() -> None:
    assert CALENDAR.add_natural(at("2026-10-01 22:00"), 24).at == at("2026-10-02 22:00")
    pause = [
        (at("2026-10-01 23:00"), at("2026-10-02 01:00")),
        (at("2026-10-02 23:00"), at("2026-10-03 00:00")),
    ]
    assert CALENDAR.add_natural(at("2026-10-01 22:00"), 24, pauses=pause).at == at("2026-10-03 01:00")


def test_calendar_days_end_with_the_office_and_move_off_a_holiday() -> None:
    assert CALENDAR.add_days(at("2026-11-02 10:00"), 15).at == at("2026-11-17 17:30")
    assert CALENDAR.add_days(at("2026-09-20 10:00"), 15).at == at("2026-10-08 17:30")
    pause = [(at("2026-11-05 10:00"), at("2026-11-07 12:00"))]
    assert CALENDAR.add_days(at("2026-11-02 10:00"), 15, pauses=pause).at == at("2026-11-20 17:30")
    assert CALENDAR.add(at("2026-11-02 10:00"), Limit(15, LimitUnit.DAYS)).at == at("2026-11-17 17:30")


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        (Limit(40, LimitUnit.WORKING), "2026-11-16 10:00", "2026-11-20 10:00"),  # 8 W before the due time
        (Limit(8, LimitUnit.WORKING), "2026-11-16 08:30", "2026-11-16 15:45"),  # a quarter: 2 W = 105 minutes
        (Limit(24, LimitUnit.NATURAL), "2026-11-16 10:00", "2026-11-17 04:00"),  # a quarter by the clock
        (Limit(8, LimitUnit.NATURAL), "2026-11-17 02:00", "2026-11-17 08:00"),  # a quarter: 2 hours
        (Limit(15, LimitUnit.DAYS), "2026-11-02 10:00", "2026-11-17 08:30"),
    ],
)
def test_due_soon_is_the_shorter_of_a_working_day_and_a_quarter(limit: Limit, start: str, expected: str) -> None:
    begins = at(start)
    assert CALENDAR.soon_at(begins, CALENDAR.add(begins, limit).at, limit) == at(expected)


def test_a_deadline_explains_itself() -> None:
    names = {date(2026, 10, 1): "国庆节"}
    calendar = WorkCalendar(DAYS, names=names)
    pause = (at("2026-09-30 14:00"), at("2026-09-30 17:30"))
    why = calendar.explain(at("2026-09-29 20:00"), Limit(16, LimitUnit.WORKING), pauses=[pause])
    assert why.due.at == at("2026-10-09 12:00")
    assert why.counts_from == at("2026-09-30 08:30")
    assert why.counted == (
        CountedDay(date(2026, 9, 30), 4, False),
        CountedDay(date(2026, 10, 8), 8, False),
        CountedDay(date(2026, 10, 9), 4, False),
    )
    assert [skipped.day.day for skipped in why.skipped] == [1, 2, 3, 4, 5, 6, 7]
    assert why.skipped[0] == SkippedDay(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节")
    assert why.pauses == (pause,)
    makeup = calendar.explain(at("2026-10-09 10:00"), Limit(8, LimitUnit.WORKING))
    assert makeup.counted[-1] == CountedDay(date(2026, 10, 10), 12 / 7, True)
    moved = calendar.explain(at("2026-09-20 10:00"), Limit(15, LimitUnit.DAYS))
    assert [skipped.day for skipped in moved.skipped] == [date(2026, 10, n) for n in range(1, 8)]
    natural = calendar.explain(at("2026-10-01 10:00"), Limit(24, LimitUnit.NATURAL))
    assert (natural.counted, natural.skipped, natural.due.at) == ((), (), at("2026-10-02 10:00"))


def test_the_office_opens_when_it_opens() -> None:
    assert CALENDAR.next_opening(at("2026-10-01 10:00")) == at("2026-10-08 08:30")


@pytest.mark.parametrize(
    "wrong", ["", "08:30", "12:00-08:30", "08:30-12:00,11:00-17:30", "8h-12h", "08:30-09:00-10:00"]
)
def test_office_hours_out_of_order_are_refused_in_words(wrong: str) -> None:
    with pytest.raises(SetupProblem, match="办公时间"):
        OfficeHours.parse(wrong)


def test_naive_times_and_negative_hours_are_errors() -> None:
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.add_hours(datetime(2026, 11, 16, 10), 8)  # noqa: DTZ001
    with pytest.raises(ValueError, match="subtract_hours"):
        CALENDAR.add_hours(at("2026-11-16 10:00"), -1)
    with pytest.raises(ValueError, match="negative"):
        Limit(-1, LimitUnit.WORKING)


def test_a_year_ahead_is_found_in_under_a_millisecond() -> None:
    start, times = at("2026-01-05 10:00"), []
    for _ in range(50):
        began = clock.perf_counter()
        deadline = CALENDAR.add_hours(start, 248 * 8)
        times.append(clock.perf_counter() - began)
    assert deadline.at == at("2027-01-04 10:00")
    assert min(times) < 0.001


# -- the oracle: every open minute of eight years, one by one, from the published calendar alone


@cache
def open_minutes(office: OfficeHours) -> list[datetime]:
    minutes = []
    for day in days_from(FIRST, LAST):
        if official(day):
            for opens, closes in office.spans:
                minute = datetime.combine(day, opens, TOWN_ZONE).astimezone(UTC)
                while minute < datetime.combine(day, closes, TOWN_ZONE):
                    minutes.append(minute)
                    minute += timedelta(minutes=1)
    return minutes


def walked(minutes: list[datetime], start: datetime, work: int, pauses: list[tuple[datetime, datetime]]) -> datetime:
    """Count `work` open minutes from `start`, leaving out the paused ones; the end of the last one is due."""
    place = bisect_left(minutes, start)
    while True:
        if not any(begins <= minutes[place] < ends for begins, ends in pauses):
            work -= 1
        if work == 0:
            return minutes[place] + timedelta(minutes=1)
        place += 1


def random_case(chance: random.Random) -> tuple[datetime, int, list[tuple[datetime, datetime]]]:
    start = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(int(7.9 * 365 * 24 * 60)))
    hours = chance.choice([2, 4, 8, 16, 24, 40, 56, 80, 120, 160])
    pauses = []
    for _ in range(chance.choice([0, 0, 1, 3])):
        begins = start + timedelta(minutes=chance.randrange(-3000, 20000))
        pauses.append((begins, begins + timedelta(minutes=chance.choice([1, 30, 600, 3000, 20000]))))
    return start, hours, pauses


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("office", [OfficeHours(), EIGHT_HOURS], ids=["seven", "eight"])
def test_random_deadlines_agree_with_a_walk_over_minutes(
    office: OfficeHours, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    clock.tzset()
    try:
        calendar, minutes = WorkCalendar(DAYS, office_hours=office), open_minutes(office)
        chance = random.Random(20261121)
        per_hour = int(office.day.total_seconds()) // 60 / 8
        for number in range(RANDOM_CASES // 6 + 1):
            start, hours, pauses = random_case(chance)
            expected = walked(minutes, start, int(hours * per_hour), pauses)
            got = calendar.add_hours(start, hours, pauses=pauses)
            assert got.at == expected, (number, start, hours, pauses)
            assert calendar.hours_between(start, got.at, pauses=pauses) == pytest.approx(hours, abs=1e-9)
            back = calendar.subtract_hours(got.at, hours, pauses=pauses)
            assert calendar.hours_between(start, back, pauses=pauses) == pytest.approx(0, abs=1e-9)
            assert got.provisional == (got.at.astimezone(TOWN_ZONE).year > 2026)
    finally:
        monkeypatch.undo()
        clock.tzset()


def test_the_day_is_the_one_on_the_wall_of_the_office() -> None:
    assert CALENDAR.local_day(datetime(2026, 11, 20, 16, 30, tzinfo=UTC)) == date(2026, 11, 21)
