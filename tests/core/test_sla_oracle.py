"""Deadlines against a walk over minutes that shares no line with the code it checks.

The walk knows a calendar (the published one of 2019 to 2026, of another package), office hours and pauses, and a byte a
minute of wall-clock time: open or not. It counts minute after minute. Limits in working hours, by the clock and in
days; the machine stands in three time zones.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from gridcase.core.worktime import DayKind, Limit, LimitUnit, OfficeHours, WorkCalendar

FULL = bool(os.environ.get("GRIDCASE_FULL"))
EACH = 5000 if FULL else 100
BEIJING = timedelta(hours=8)  # no summer time in these years
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
ZERO_MINUTE = datetime(2019, 1, 1)  # noqa: DTZ001 - the wall clock of the town
MINUTES = ((LAST - FIRST).days + 1) * 24 * 60
OFFICES = ("08:30-12:00,14:00-17:30", "08:00-12:00,14:00-18:00", "09:00-16:00")
UNITS = tuple(LimitUnit)
Pauses = list[tuple[int, int]]


def office_edges(words: str) -> list[tuple[int, int]]:
    """`08:30-12:00,…` as minutes of the day."""
    edges = [[int(at[:2]) * 60 + int(at[3:]) for at in span.split("-")] for span in words.split(",")]
    return [(opens, closes) for opens, closes in edges]


@cache
def open_wall(words: str) -> bytes:
    """One byte a minute of eight years on the wall: 1 while the office is open."""
    plain, worked = bytes(24 * 60), bytearray(24 * 60)
    for opens, closes in office_edges(words):
        worked[opens:closes] = b"\1" * (closes - opens)
    days = (LAST - FIRST).days + 1
    return b"".join(bytes(worked) if works_on(FIRST + timedelta(days=n)) else plain for n in range(days))


def works_on(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def table() -> dict[date, DayKind]:
    """The days that differ from their weekday: what the county's table would hold."""
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return {
        day: DayKind.MAKEUP if works_on(day) else DayKind.HOLIDAY
        for day in days
        if works_on(day) != (day.weekday() < 5)
    }


@dataclass(frozen=True)
class Life:
    """A limit, its beginning and pauses in minutes of the wall since 2019."""

    start: int
    amount: int
    unit: LimitUnit
    pauses: Pauses


def paused(minute: int, pauses: Pauses) -> bool:
    return any(begins <= minute < ends for begins, ends in pauses)


def walk(life: Life, office: str) -> int:
    """The due minute, counted one by one."""
    if life.unit == LimitUnit.DAYS:
        return walk_days(life, office)
    wall = open_wall(office) if life.unit == LimitUnit.WORKING else b""
    a_day = sum(closes - opens for opens, closes in office_edges(office))
    left = life.amount * a_day // 8 if life.unit == LimitUnit.WORKING else life.amount * 60
    minute = life.start
    while left:
        if (not wall or wall[minute]) and not paused(minute, life.pauses):
            left -= 1
        minute += 1
    return minute


def walk_days(life: Life, office: str) -> int:
    """Calendar days: the first does not count, a clock that stood gives back whole days, an open day's close ends it.

    The stretches of standing still are found by walking minutes too, and join where they touch.
    """
    last = life.start // 1440 + life.amount
    minute, stood = life.start, 0
    end = max([ends for _begins, ends in life.pauses], default=0)
    while minute <= end:
        if paused(minute, life.pauses):
            stood += 1
        elif stood:
            last, stood = given_back(last, minute - stood, stood), 0
        minute += 1
    day = last
    while not works_on(FIRST + timedelta(days=day)):
        day += 1
    return day * 1440 + office_edges(office)[-1][1]


def given_back(last: int, began: int, stood: int) -> int:
    """A stretch that began on or before the last day moves it by whole days, part of one counting as one."""
    return last + (stood + 1439) // 1440 if began // 1440 <= last else last


def some_life(chance: random.Random, unit: LimitUnit) -> Life:
    start = chance.randrange(MINUTES - 300 * 1440)  # what is counted stays within the published years
    pauses = []
    for _ in range(chance.choice([0, 0, 1, 2, 4])):
        begins = start + chance.randrange(-3000, 20000)
        pauses.append((begins, begins + chance.choice([1, 30, 600, 1440, 3000, 20000])))
    amounts = {
        LimitUnit.WORKING: [2, 4, 8, 16, 24, 40, 56, 80, 160], LimitUnit.NATURAL: [1, 2, 4, 8, 12, 24, 72],
        LimitUnit.DAYS: [1, 5, 15, 30, 60],
    }  # fmt: skip
    return Life(start, chance.choice(amounts[unit]), unit, pauses)


def moment(minute: int) -> datetime:
    return (ZERO_MINUTE + timedelta(minutes=minute) - BEIJING).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York"])
def test_sla_oracle(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lives in each time zone of the machine: 0 differences, and the explanation names the same moment."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        chance, days, over = random.Random(20261122), table(), 0
        for number in range(EACH):
            office = OFFICES[number % len(OFFICES)]
            calendar = WorkCalendar(days, office_hours=OfficeHours.parse(office))
            life = some_life(chance, UNITS[number // len(OFFICES) % len(UNITS)])
            start, limit = moment(life.start).astimezone(ZoneInfo(zone)), Limit(life.amount, life.unit)
            pauses = [(moment(begins), moment(ends)) for begins, ends in life.pauses]
            expected = moment(walk(life, office))
            assert calendar.add(start, limit, pauses=pauses).at == expected, (number, office, life)
            why = calendar.explain(start, limit, pauses=pauses)
            assert why.due.at == expected
            if life.unit == LimitUnit.WORKING:
                assert sum(one.hours for one in why.counted) == pytest.approx(life.amount)
                over += any(one.makeup for one in why.counted)
        assert over > EACH // 100  # make-up days did play a part
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_walk_itself_can_be_wrong() -> None:
    """A calendar without its make-up days does not agree: the oracle sees what it is there to see."""
    plain = {day: kind for day, kind in table().items() if kind is not DayKind.MAKEUP}
    calendar, chance = WorkCalendar(plain), random.Random(7)
    lives = [some_life(chance, LimitUnit.WORKING) for _ in range(60)]
    got = [
        calendar.add(
            moment(life.start), Limit(life.amount, life.unit), pauses=[(moment(a), moment(b)) for a, b in life.pauses]
        ).at
        for life in lives
    ]
    assert got != [moment(walk(life, OFFICES[0])) for life in lives]
