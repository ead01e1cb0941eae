"""Working hours between very many moments: the arithmetic of `core.worktime`, with each day worked out once. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from statistics import median

from gridcase.core.worktime import HOURS_A_DAY, WorkCalendar

Span = tuple[datetime, datetime]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400


class HourGlass:
    """Knows for any moment how many open seconds of the office lie before it."""

    def __init__(self, calendar: WorkCalendar, first: datetime, last: datetime) -> None:
        self._calendar = calendar
        start = calendar.local_day(first)
        self._start = _seconds(datetime.combine(start, time(), calendar.tz))
        self._spans = [(_of_day(opens), _of_day(closes)) for opens, closes in calendar.office_hours.spans]
        self._whole = sum(closes - opens for opens, closes in self._spans)
        self._worked, self._before, total = [], [], 0
        for number in range((calendar.local_day(last) - start).days + 1):
            worked = calendar.is_workday(start + timedelta(days=number))
            self._worked.append(worked)
            self._before.append(total)
            total += self._whole if worked else 0

    def _open_before(self, moment: datetime) -> float:
        day, second = divmod(_seconds(moment) - self._start, _DAY)
        number = int(day)
        found: float = self._before[number]
        if self._worked[number]:
            found += sum(min(max(second - opens, 0), closes - opens) for opens, closes in self._spans)
        return found

    def hours(self, begins: datetime, ends: datetime) -> float:
        """Working hours from one moment to another."""
        return (self._open_before(ends) - self._open_before(begins)) / self._whole * HOURS_A_DAY


def _seconds(moment: datetime) -> float:
    return (moment - _EPOCH).total_seconds()


def _of_day(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def median_hours(spans: Iterable[Span], glass: HourGlass) -> float | None:
    """The middle one of these spans in working hours, to a tenth; None without any."""
    found = [glass.hours(begins, ends) for begins, ends in spans]
    return round(median(found), 1) if found else None


def glass_over(spans: Iterable[Span], calendar: WorkCalendar) -> HourGlass:
    """One that reaches over all of these spans."""
    edges = [moment for span in spans for moment in span]
    return HourGlass(calendar, min(edges), max(edges))
