"""Months, quarters and years: within what a cap counts, and the quarter on which a draft is tried. Pure."""

from __future__ import annotations

from datetime import date

from gridcase.points.rules.schemes import Period

Window = tuple[date, date]
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def window_of(period: Period, day: date) -> Window:
    """The first day of a day's month, quarter or year, and the first day after it."""
    length = _MONTHS[period]
    begins = date(day.year, (day.month - 1) // length * length + 1, 1)
    return begins, _shifted(begins, length)


def last_quarter(today: date) -> tuple[date, date, date, date]:
    """The first days of the three months of the last whole quarter, and the first day after it."""
    ends, _ = window_of(Period.QUARTER, today)
    return _shifted(ends, -3), _shifted(ends, -2), _shifted(ends, -1), ends


def _shifted(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
