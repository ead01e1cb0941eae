"""Days, weeks, months, quarters, halves, years and spans of the town's calendar: what figures and reports are of. Pure.

Weeks begin on Monday and are named as ISO 8601 has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_SPAN = 3660  # days
ONE_DAY = timedelta(days=1)


class PeriodKind(Labelled):
    """How long a period is."""

    DAY = "day", N_("日")
    WEEK = "week", N_("周")
    MONTH = "month", N_("月")
    QUARTER = "quarter", N_("季")
    HALF = "half", N_("半年")
    YEAR = "year", N_("年")
    SPAN = "span", N_("起止日期")


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_CODES = {
    PeriodKind.DAY: re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    PeriodKind.WEEK: re.compile(r"(\d{4})-W(\d{2})"),
    PeriodKind.MONTH: re.compile(r"(\d{4})-(\d{2})"),
    PeriodKind.QUARTER: re.compile(r"(\d{4})-Q([1-4])"),
    PeriodKind.HALF: re.compile(r"(\d{4})-H([12])"),
    PeriodKind.YEAR: re.compile(r"(\d{4})"),
    PeriodKind.SPAN: re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})"),
}


@dataclass(frozen=True)
class Period:
    """Some days of the town's calendar, `first` and `last` included; `str` is its code in a link."""

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> Self:
        """The period of this kind in which the day lies; a span of one day where the kind is a span."""
        if kind is PeriodKind.WEEK:
            first = day - timedelta(days=day.weekday())
            return cls(kind, first, first + timedelta(days=6))
        months = _MONTHS.get(kind)
        if months is None:
            return cls(kind, day, day)
        month = (day.month - 1) // months * months + 1
        return cls(kind, date(day.year, month, 1), _first_of(day.year, month + months) - ONE_DAY)

    @classmethod
    def span(cls, first: date, last: date) -> Self:
        """From one day to another; they may come in either order."""
        return cls(PeriodKind.SPAN, min(first, last), max(first, last))

    @classmethod
    def read(cls, code: str | None, *, default: Self) -> Self:
        """The period of a link; what makes no sense, or lies outside of the years kept, is the default."""
        for kind, form in _CODES.items():
            if found := form.fullmatch(code or ""):
                try:
                    period = cls._built(kind, found.groups())
                except ValueError:
                    return default
                within = period.first.year >= FIRST_YEAR and period.last.year <= LAST_YEAR
                return period if within and period.days <= LONGEST_SPAN else default
        return default

    @classmethod
    def _built(cls, kind: PeriodKind, parts: tuple[str, ...]) -> Self:
        if kind is PeriodKind.SPAN:
            return cls.span(date.fromisoformat(parts[0]), date.fromisoformat(parts[1]))
        year, *rest = (int(part) for part in parts)
        if kind is PeriodKind.WEEK:
            return cls.of(kind, date.fromisocalendar(year, rest[0], 1))
        if kind is PeriodKind.DAY:
            return cls.of(kind, date(year, *rest))
        month = 1 if not rest else (rest[0] - 1) * _MONTHS[kind] + 1
        return cls.of(kind, date(year, month, 1))

    def __str__(self) -> str:
        first = self.first
        if self.kind is PeriodKind.SPAN:
            return f"{first}..{self.last}"
        if self.kind is PeriodKind.WEEK:
            year, week, _day = first.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind is PeriodKind.QUARTER:
            return f"{first.year}-Q{self._number}"
        if self.kind is PeriodKind.HALF:
            return f"{first.year}-H{self._number}"
        return first.isoformat()[: {PeriodKind.DAY: 10, PeriodKind.MONTH: 7, PeriodKind.YEAR: 4}[self.kind]]

    @property
    def _number(self) -> int:
        """Which quarter or half of its year."""
        return (self.first.month - 1) // _MONTHS[self.kind] + 1

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), TOWN_ZONE)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + ONE_DAY, time(), TOWN_ZONE)

    @property
    def before(self) -> Self:
        """The one before it; of a span, as many days before it."""
        return self._moved(-1)

    def before_until(self, today: date) -> Self | None:
        """What of the one before it can be compared with it: while it runs only as many days as have begun of it, and
        nothing on its first day."""
        if today <= self.first:
            return None
        earlier = self.before
        last = earlier.first + (today - self.first)
        return earlier if today >= self.last or last >= earlier.last else self.span(earlier.first, last)

    @property
    def next(self) -> Self:
        """The one after it; of a span, as many days after it."""
        return self._moved(1)

    def _moved(self, by: int) -> Self:
        if self.kind is PeriodKind.SPAN:
            step = timedelta(days=self.days * by)
            return type(self)(self.kind, self.first + step, self.last + step)
        return self.of(self.kind, self.first - ONE_DAY if by < 0 else self.last + ONE_DAY)

    def parts(self, kind: PeriodKind) -> list[Self]:
        """The periods of a smaller kind that fill it, in order; those that reach over its edge are cut to a span."""
        found, day = [], self.first
        while day <= self.last:
            whole = self.of(kind, day)
            found.append(self.cut(whole))
            day = whole.last + ONE_DAY
        return found

    def cut(self, other: Self) -> Self:
        """What of another period lies within this one: the other itself where all of it does."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return other if (first, last) == (other.first, other.last) else self.span(first, last)

    @property
    def label(self) -> Text:
        """2026年11月22日, 2026年第47周, 2026年11月, 2026年第4季度, 2026年下半年, 2026年, a span by its two days."""
        year = self.first.year
        if self.kind is PeriodKind.DAY or self.first == self.last:
            return Text("%(day)s", {"day": self.first})
        if self.kind is PeriodKind.WEEK:
            year, week, _day = self.first.isocalendar()
            return N_("%(year)s年第%(week)s周", year=year, week=week)
        if self.kind is PeriodKind.MONTH:
            return _month(year, self.first.month)
        if self.kind is PeriodKind.QUARTER:
            return N_("%(year)s年第%(quarter)s季度", year=year, quarter=self._number)
        if self.kind is PeriodKind.HALF:
            return (N_("%(year)s年上半年", year=year), N_("%(year)s年下半年", year=year))[self._number - 1]
        if self.kind is PeriodKind.YEAR:
            return N_("%(year)s年", year=year)
        return N_("%(first)s至%(last)s", first=self.first, last=self.last)


def _month(year: int, month: int) -> Text:
    """A month by its name: languages that write it out have no number to put into a sentence."""
    names = (
        N_("%(year)s年1月", year=year), N_("%(year)s年2月", year=year), N_("%(year)s年3月", year=year),
        N_("%(year)s年4月", year=year), N_("%(year)s年5月", year=year), N_("%(year)s年6月", year=year),
        N_("%(year)s年7月", year=year), N_("%(year)s年8月", year=year), N_("%(year)s年9月", year=year),
        N_("%(year)s年10月", year=year), N_("%(year)s年11月", year=year), N_("%(year)s年12月", year=year),
    )  # fmt: skip
    return names[month - 1]


def _first_of(year: int, month: int) -> date:
    """The first of a month that may be the thirteenth."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
