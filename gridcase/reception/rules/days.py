"""Which days a place receives on: a weekday of every week, moved behind holidays. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Self

from gridcase.core.errors import Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.words import N_
from gridcase.core.worktime import WorkCalendar

RULE_KEY = "reception_day"  # the setting of a county, town or village
WEDNESDAY, NONE = 2, -1
WEEK = timedelta(days=7)
LONGEST_HOLIDAY = timedelta(days=21)  # how far back a moved day may come from


@dataclass(frozen=True)
class DayRule:
    """The weekday (Monday 0 .. Friday 4, -1: no reception days) and the hours."""

    weekday: int = WEDNESDAY
    opens: time = time(9)
    closes: time = time(11, 30)
    venue: str = ""

    def checked(self) -> Self:
        """The rule itself; `Refused` beside the field that makes no sense."""
        if self.closes <= self.opens:
            raise Refused(N_("结束要晚于开始，请核对。"), field="closes")
        return self

    def to_json(self) -> dict[str, Any]:
        """The form kept as a setting."""
        return {
            "weekday": self.weekday, "opens": f"{self.opens:%H:%M}", "closes": f"{self.closes:%H:%M}",
            "venue": self.venue,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        return cls(
            int(stored["weekday"]), time.fromisoformat(stored["opens"]), time.fromisoformat(stored["closes"]),
            stored.get("venue", ""),
        )  # fmt: skip


@dataclass(frozen=True)
class Reception:
    """A day of reception, and the regular day it was moved from, if it was."""

    day: date
    moved_from: date | None = None


def receptions(rule: DayRule, calendar: WorkCalendar, *, first: date, last: date) -> list[Reception]:
    """The days of reception from `first` to `last`. One that falls on a day off moves to the next working day; a
    regular day that comes to lie there anyway swallows it."""
    if rule.weekday == NONE:
        return []
    regular = first - LONGEST_HOLIDAY
    regular += timedelta(days=(rule.weekday - regular.weekday()) % 7)
    found: dict[date, Reception] = {}
    while regular <= last:
        day = regular if calendar.is_workday(regular) else calendar.next_workday(regular)
        if day == regular or day not in found:
            found[day] = Reception(day, None if day == regular else regular)
        regular += WEEK
    return [found[day] for day in sorted(found) if first <= day <= last]


def quarter_of(day: date) -> tuple[date, date]:
    """The first day of a day's quarter, and of the next one."""
    quarter = Period.of(PeriodKind.QUARTER, day)
    return quarter.first, quarter.next.first
