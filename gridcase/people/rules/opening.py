"""When a door is open: hours by weekday as somebody writes them, read so that open and closed can be said. Pure.

One line a kind of day: "周一至周五 8:30-12:00、14:00-17:30". What is kept is the same in one form, in Chinese; it is
said in the reader's language, and read back in either. Times are minutes since midnight; what is open across midnight
stands in two lines, one up to 24:00 and one from 0:00.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.words import N_, Text
from gridcase.core.worktime import ONE_DAY, DayKind, WorkCalendar

Minutes = tuple[int, int]  # opens, closes
Hours = tuple[Minutes, ...]  # of a day, in order, not touching one another
NIGHT = 24 * 60
MOST_SPANS = 4  # a day
AHEAD = 31  # days looked at for the next opening: more than the longest holiday and a week
WORKDAYS, WEEKEND = range(5), range(5, 7)
DAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
EXAMPLE = "周一至周五 8:30-12:00、14:00-17:30"

_ZH, _EN = "一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {
    "每天": range(7), "天天": range(7), "daily": range(7), "every day": range(7), "工作日": WORKDAYS,
    "weekdays": WORKDAYS, "周末": WEEKEND, "weekends": WEEKEND,
}  # fmt: skip
_DAY = r"(?:(?:周|星期|礼拜)?[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)(?![a-z]))"
_NAMES = re.compile(
    r"(?<![a-z])(?:mon(?:days?)?|tue(?:s|sdays?)?|wed(?:s|nesdays?)?|thu(?:rs?|rsdays?)?|fri(?:days?)?"
    r"|sat(?:urdays?)?|sun(?:days?)?)(?![a-z])"
)
_TO = r"(?:至|到|-)"
_PART = rf"(?:{'|'.join(_GROUPS)}|{_DAY}(?:\s*{_TO}\s*{_DAY})?)"
_AND = r"(?:、|,|和|及|and)"
_LINE = re.compile(rf"({_PART}(?:\s*{_AND}\s*{_PART})*)\s*:?\s*(.+)")
_CLOCK = r"(\d{1,2})(?::(\d{2})|点(半)?)"
_BETWEEN = re.compile(rf"\s*{_AND}\s*|(?<=[\d点半])\s*(?=上午|早上|下午|晚上)|\s+(?=\d)")
_SPAN = re.compile(rf"(?:上午|早上)?(下午|晚上)?\s*{_CLOCK}\s*{_TO}\s*(?:上午|中午)?(下午|晚上)?\s*{_CLOCK}")
_CLOSED = frozenset({"休息", "不开", "关门", "closed"})


@dataclass(frozen=True)
class Opening:
    """The hours of each weekday, Monday first. `holidays`: whether they hold on public holidays too."""

    week: tuple[Hours, ...]
    holidays: bool = False

    def on(self, day: date, calendar: WorkCalendar) -> Hours:
        """The hours of one day. A weekend that is worked in exchange has those of a workday; a weekend that belongs to
        a holiday is one."""
        own = self.week[day.weekday()]
        if calendar.days.get(day) == DayKind.MAKEUP:
            return next((hours for hours in self.week[:5] if hours), own)
        return own if self.holidays or not _is_off(day, calendar) else ()

    def status(self, at: datetime, calendar: WorkCalendar) -> Status:
        """Whether it is open at a moment, and until when it stays so."""
        local = at.astimezone(TOWN_ZONE)
        for opens, closes in self._ahead(local.date(), calendar):
            if opens <= local < closes:
                return Status(True, closes if closes - local < timedelta(days=AHEAD - 1) else None)
            if opens > local:
                return Status(False, opens)
        return Status(False, None)

    def _ahead(self, first: date, calendar: WorkCalendar) -> Iterator[tuple[datetime, datetime]]:
        """The times it is open from a day on, what meets at midnight in one."""
        began: datetime | None = None
        ended: datetime | None = None
        for n in range(AHEAD):
            for opens, closes in self.on(first + n * ONE_DAY, calendar):
                start, end = _moment(first + n * ONE_DAY, opens), _moment(first + n * ONE_DAY, closes)
                if began and ended and start > ended:
                    yield began, ended
                    began = None
                began, ended = began or start, end
        if began and ended:
            yield began, ended

    def lines(self) -> list[Text]:
        """The hours in words, weekdays with the same ones together; a day it is closed is not named."""
        return [
            N_("%(days)s %(hours)s", days=_days_words(days), hours=[_hours_word(one) for one in hours])
            for hours, days in self._alike()
        ]

    def _alike(self) -> list[tuple[Hours, list[int]]]:
        found: dict[Hours, list[int]] = {}
        for day, hours in enumerate(self.week):
            if hours:
                found.setdefault(hours, []).append(day)
        return list(found.items())

    def kept(self) -> str:
        """The one form that is stored."""
        return "\n".join(map(str, self.lines()))


@dataclass(frozen=True)
class Status:
    """Open or closed, and until when; None: for longer than is looked at."""

    open: bool
    until: datetime | None

    def words(self, at: datetime) -> Text:
        """As a villager reads it at this moment."""
        if self.until is None:
            return N_("一直开着") if self.open else N_("近期不开")
        today, day, hour = at.astimezone(TOWN_ZONE).date(), self.until.date(), _clock(self.until)
        if self.open:
            if day == today:
                return N_("正开着，到 %(hour)s", hour=hour)
            if self.until == _moment(today, NIGHT):
                return N_("正开着，到 %(hour)s", hour="24:00")
            return N_("正开着，到%(day)s %(hour)s", day=day, hour=hour)
        if day == today:
            return N_("没开，今天 %(hour)s 开", hour=hour)
        if day == today + ONE_DAY:
            return N_("没开，明天 %(hour)s 开", hour=hour)
        return N_("没开，%(day)s（%(weekday)s）%(hour)s 开", day=day, weekday=DAYS[day.weekday()], hour=hour)


@lru_cache(maxsize=512)
def read(text: str, *, holidays: bool = False) -> Opening:
    """What somebody wrote; `Refused` beside the field `opening`, with the words that are wrong."""
    week: list[Hours] = [()] * 7
    lines = [line.strip() for line in re.split(r"[\n;。]", _plain(text))]
    for line in filter(None, lines):
        found = _LINE.fullmatch(line)
        if found is None:
            raise _refused(N_("“%(line)s”看不懂。请一行写一种，例如：%(example)s", line=line, example=EXAMPLE))
        days, hours = _days(found[1]), _hours(found[2])
        for day in days:
            week[day] = _joined(day, (*week[day], *hours)) if hours else ()
    if not any(week):
        raise _refused(N_("请写周几、几点到几点，例如：%(example)s", example=EXAMPLE))
    return Opening(tuple(week), holidays)


def _plain(text: str) -> str:
    """Full-width signs as plain ones, all dashes as one, English in small letters, days by three; no blanks inside of
    a span, so that those that are left stand between spans."""
    plain = unicodedata.normalize("NFKC", text).replace("\r", "").lower()
    plain = re.sub(r"\s*(?:[\-‐-―−~〜]+|\bto\b)\s*", "-", plain)
    plain = _NAMES.sub(lambda found: found[0][:3], plain)
    plain = re.sub(r"每个?(?=周|星期|礼拜|工作日)", "", re.sub(r"[^\S\n]+", " ", plain))
    return re.sub(r"(上午|早上|中午|下午|晚上) +| *(至|到) *| +(点)", r"\1\2\3", plain)


def _days(words: str) -> list[int]:
    days: list[int] = []
    for part in re.findall(_PART, words):
        if part in _GROUPS:
            days += _GROUPS[part]
            continue
        first, *last = (_day(one) for one in re.findall(_DAY, part))
        if last and last[0] < first:
            raise _refused(N_("“%(days)s”前后反了，请从周一往后写。", days=part))
        days += range(first, (last or [first])[0] + 1)
    return days


def _day(word: str) -> int:
    return _EN.index(word) if word in _EN else _ZH.index(word[-1].replace("天", "日"))


def _hours(words: str) -> list[Minutes]:
    """The spans of a line; none where it says that it is closed."""
    if words in _CLOSED:
        return []
    spans = []
    for part in _BETWEEN.split(words):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise _refused(N_("“%(hours)s”看不懂，请写成 8:30-12:00 这样。", hours=part))
        late, hour, minute, half, late_too, hour_2, minute_2, half_2 = found.groups()
        opens = _minutes(hour, minute, half, late=bool(late))
        closes = _minutes(hour_2, minute_2, half_2, late=bool(late or late_too) and int(hour_2) > 0)
        if closes <= opens:
            raise _refused(N_("“%(hours)s”结束要晚于开始；过半夜的请分成两天写，到 24:00 为止。", hours=part))
        spans.append((opens, closes))
    return spans


def _minutes(hour: str, minute: str | None, half: str | None, *, late: bool) -> int:
    found = int(hour) * 60 + (30 if half else int(minute or 0))
    nowhen = late and int(hour) == 0  # no hour of an afternoon, and not to be read as noon
    found += NIGHT // 2 if late and found < NIGHT // 2 else 0
    if nowhen or found > NIGHT or int(minute or 0) > 59:
        raise _refused(N_("没有 %(hour)s 这个时间，请核对。", hour=f"{hour}:{minute or '00'}"))
    return found


def _joined(day: int, spans: Hours) -> Hours:
    """In order, those that meet in one; `Refused` where two overlap."""
    joined: list[Minutes] = []
    for opens, closes in sorted(spans):
        if joined and opens < joined[-1][1]:
            raise _refused(
                N_(
                    "%(day)s的 %(first)s 和 %(second)s 重叠了，请核对。", day=DAYS[day], first=_hours_word(joined[-1]),
                    second=_hours_word((opens, closes)),
                )
            )  # fmt: skip
        if joined and opens == joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    if len(joined) > MOST_SPANS:
        raise _refused(N_("%(day)s最多写 %(n)s 段时间。", day=DAYS[day], n=MOST_SPANS))
    return tuple(joined)


def _is_off(day: date, calendar: WorkCalendar) -> bool:
    """A public holiday or a day the place is closed. The table names days that differ from their weekday: a weekend
    belongs to a holiday when the days off around it do."""
    if kind := calendar.days.get(day):
        return kind != DayKind.MAKEUP
    if calendar.is_workday(day):
        return False
    for step in (ONE_DAY, -ONE_DAY):
        near = day + step
        while not calendar.is_workday(near):
            if calendar.days.get(near) == DayKind.HOLIDAY:
                return True
            near += step
    return False


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(), TOWN_ZONE) + timedelta(minutes=minutes)


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02d}"


def _hours_word(span: Minutes) -> str:
    opens, closes = (f"{one // 60}:{one % 60:02d}" for one in span)
    return f"{opens}-{closes}"


def _days_words(days: list[int]) -> Text | list[Text]:
    """ "周一至周五", "周六、周日": runs of three or more as from and to."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    words: list[Text] = []
    for run in runs:
        if len(run) == 7:
            return N_("每天")
        if len(run) > 2:
            words.append(N_("%(first)s至%(last)s", first=DAYS[run[0]], last=DAYS[run[-1]]))
        else:
            words += [DAYS[day] for day in run]
    return words


def _refused(text: Text) -> Refused:
    return Refused(text, field="opening")
