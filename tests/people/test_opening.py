"""Hours as somebody writes them: what is read, what is refused, and whether a door is open at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.worktime import DayKind, WorkCalendar
from gridcase.people.rules import PointFacts
from gridcase.people.rules.opening import NIGHT, Opening, read

OFFICE = "周一至周五 8:30-12:00、14:00-17:30"
MINUTE = timedelta(minutes=1)


def calendar_2026() -> WorkCalendar:
    days = {}
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        if chinese_calendar.is_workday(day) != (day.weekday() < 5):
            days[day] = DayKind.MAKEUP if day.weekday() >= 5 else DayKind.HOLIDAY
    return WorkCalendar(days=days, known_years=frozenset({2026}))


CALENDAR = calendar_2026()


def moment(words: str) -> datetime:
    return datetime.fromisoformat(f"2026-{words}").replace(tzinfo=TOWN_ZONE)


def said(opening: Opening, words: str) -> str:
    at = moment(words)
    return str(opening.status(at, CALENDAR).words(at))


# -- what is read


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("周一至周五 8:30–12:00、14:00–17:30", OFFICE),
        ("工作日：上午8:30－12:00，下午2:00－5:30", OFFICE),
        ("Mon-Fri 8:30-12:00, 14:00-17:30; Saturday 9:00 to 11:00", OFFICE + "\n周六 9:00-11:00"),
        ("星期一、三、五 9点到11点半", "周一、周三、周五 9:00-11:30"),
        ("工作日 9:00-17:00；周三 休息", "周一、周二、周四、周五 9:00-17:00"),
        ("周一 8:00-12:00\n周一 14:00-17:00", "周一 8:00-12:00、14:00-17:00"),
        ("周六 8:00-12:00、12:00-17:00", "周六 8:00-17:00"),
        ("every day 0:00-24:00", "每天 0:00-24:00"),
        ("周一至周五 上午 8:30-12:00、下午 2:30-5:30", "周一至周五 8:30-12:00、14:30-17:30"),
        ("周一至周五 上午8:30-12:00 下午2:30-5:30", "周一至周五 8:30-12:00、14:30-17:30"),
        ("周一至周五：上午 8:30 至 12:00 下午 2:30 至 5:30", "周一至周五 8:30-12:00、14:30-17:30"),
        ("周一至周五上午8:30-12:00下午2:30-5:30", "周一至周五 8:30-12:00、14:30-17:30"),
        ("周六 8:30-12:00 晚上7:00-9:00", "周六 8:30-12:00、19:00-21:00"),
        ("周六 上午 8:30-下午 5:30", "周六 8:30-17:30"),
        ("周六 下午1:00-11:59、早上 9 点到 11 点半", "周六 9:00-11:30、13:00-23:59"),
        ("周六 下午12:30-5:00", "周六 12:30-17:00"),
        ("周六 8点-9点 14点-15点", "周六 8:00-9:00、14:00-15:00"),
        ("每周一至周五 8:30-12:00、14:00-17:30", OFFICE),
        ("每周一、三 9:00-11:00；每个星期六 9:00-10:00", "周一、周三 9:00-11:00\n周六 9:00-10:00"),
        ("Mondays to Thurs 9:00-11:00\nSunday 9:00-10:00", "周一至周四 9:00-11:00\n周日 9:00-10:00"),
        ("Monday至Friday 9:00-11:00", "周一至周五 9:00-11:00"),
    ],
)  # fmt: skip
def test_what_people_write_is_kept_in_one_form(written: str, kept: str) -> None:
    assert read(written).kept() == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("周一 12:00-8:00", "“12:00-8:00”结束要晚于开始"),
        ("周一 8:00-8:00", "“8:00-8:00”结束要晚于开始"),
        ("周一 22:00-2:00", "过半夜的请分成两天写"),
        ("周一至周三 8:00-12:00、11:00-13:00", "周一的 8:00-12:00 和 11:00-13:00 重叠了"),
        ("工作日 8:00-12:00\n周三 10:00-11:00", "周三的 8:00-12:00 和 10:00-11:00 重叠了"),
        ("周五至周一 8:00-9:00", "前后反了"),
        ("周一 25:00-26:00", "没有 25:00 这个时间"),
        ("周一 8:00-9:60", "没有 9:60 这个时间"),
        ("赶集日 8:00-9:00", "“赶集日 8:00-9:00”看不懂"),
        ("周一 早上", "看不懂"),
        ("monthly 9:00-12:00", "“monthly 9:00-12:00”看不懂"),
        ("Mon 9:00-12:00; sunny 9:00-12:00", "“sunny 9:00-12:00”看不懂"),
        ("周一 上午 8:30-12:00 下午 5:30-2:30", "“下午5:30-2:30”结束要晚于开始"),
        ("周一 晚上0:00-6:00", "没有 0:00 这个时间"),
        ("周一 晚上7:00-0:00", "过半夜的请分成两天写，到 24:00 为止"),
        ("周一 休息", "请写周几、几点到几点"),
        ("周一 1:00-2:00、3:00-4:00、5:00-6:00、7:00-8:00、9:00-10:00", "周一最多写 4 段时间"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named(written: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        read(written)
    assert why in str(refused.value.text)
    assert refused.value.field == "opening"


def test_a_point_says_something_of_its_hours() -> None:
    with pytest.raises(Refused, match="请写什么时候有人") as refused:
        PointFacts("村便民服务站", "村部", "", "代办员").checked()
    assert refused.value.field == "opening"
    assert PointFacts("村便民服务站", "村部", "逢赶集日上午", "代办员").checked().values()["opening"] == ""


EDGES = st.lists(st.integers(0, NIGHT // 15), min_size=2, max_size=8, unique=True).map(sorted)
SPANS = EDGES.map(lambda at: tuple((a * 15, b * 15) for a, b in zip(at[::2], at[1::2], strict=False)))
HOURS = st.one_of(st.just(()), SPANS)
WEEKS = st.builds(Opening, st.tuples(*[HOURS] * 7), st.booleans())


@given(WEEKS)
def test_what_is_kept_is_read_back(opening: Opening) -> None:
    if any(opening.week):
        assert read(opening.kept(), holidays=opening.holidays) == opening


# -- open or closed


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("11-23T08:29", "没开，今天 8:30 开"),
        ("11-23T08:30", "正开着，到 12:00"),
        ("11-23T12:00", "没开，今天 14:00 开"),
        ("11-23T23:59", "没开，明天 8:30 开"),
        ("11-24T00:00", "没开，今天 8:30 开"),
        ("11-27T17:30", "没开，2026年11月30日（周一）8:30 开"),
        ("09-30T17:30", "没开，2026年10月8日（周四）8:30 开"),  # National Day to the 7th
        ("10-10T09:00", "正开着，到 12:00"),  # a Saturday worked in exchange
        ("12-31T18:00", "没开，明天 8:30 开"),  # a year nobody knows yet: Monday to Friday
    ],
)  # fmt: skip
def test_office_hours_by_the_working_calendar(at: str, words: str) -> None:
    assert said(read(OFFICE), at) == words


def test_weekends_of_a_holiday_belong_to_it() -> None:
    daily = read("每天 8:00-18:00")
    assert said(daily, "10-03T09:00") == "没开，2026年10月8日（周四）8:00 开", "a Saturday among the days off"
    assert said(daily, "10-17T09:00") == "正开着，到 18:00", "any other Saturday"
    assert said(read("每天 8:00-18:00", holidays=True), "10-03T09:00") == "正开着，到 18:00"
    closed_friday = WorkCalendar(days={date(2026, 10, 16): DayKind.LOCAL_OFF})
    assert not daily.status(moment("10-16T09:00"), closed_friday).open
    assert daily.status(moment("10-17T09:00"), closed_friday).open, "the office's own day off is no holiday"


def test_make_up_days() -> None:
    at = "10-10T09:00"
    assert said(read("工作日 8:00-17:00\n周六 8:00-10:00"), at) == "正开着，到 17:00", "as a workday"
    assert said(read("周六 8:00-10:00"), at) == "正开着，到 10:00", "its own, where it has no workdays"
    assert said(read("周日 8:00-10:00"), at).startswith("没开")


def test_across_midnight() -> None:
    night = read("周一 20:00-24:00\n周二 0:00-2:00")
    assert said(night, "11-23T23:59") == "正开着，到2026年11月24日 2:00"
    assert said(night, "11-24T01:59") == "正开着，到 2:00"
    assert said(read("周一 20:00-24:00"), "11-23T23:00") == "正开着，到 24:00"
    assert said(read("每天 0:00-24:00", holidays=True), "11-23T23:59") == "一直开着"


def is_open(opening: Opening, at: datetime) -> bool:
    """The same said plainly: is this minute in one of the spans of its day?"""
    now = at.hour * 60 + at.minute
    return any(opens <= now < closes for opens, closes in opening.on(at.date(), CALENDAR))


MINUTES = st.integers(0, 364 * NIGHT).map(lambda n: moment("01-01T00:00") + n * MINUTE)
MIDNIGHTS = st.integers(0, 363).map(lambda n: moment("01-01T23:59") + timedelta(days=n))


@settings(max_examples=120, deadline=None)
@given(WEEKS, st.one_of(MINUTES, MIDNIGHTS, MIDNIGHTS.map(lambda at: at + MINUTE)))
def test_a_status_holds_until_it_says_and_not_longer(opening: Opening, at: datetime) -> None:
    status = opening.status(at, CALENDAR)
    assert status.open == is_open(opening, at)
    end = status.until or at + timedelta(days=20)
    assert at < end
    steps = min((end - at) // (15 * MINUTE), 400)
    quarter = at - timedelta(minutes=at.minute % 15)
    assert all(is_open(opening, quarter + n * 15 * MINUTE) == status.open for n in range(1, steps) if n)
    if status.until is not None:
        assert is_open(opening, end - MINUTE) == status.open
        assert is_open(opening, end) != status.open
