"""The last whole quarter, for trying a draft on it. Pure."""

from __future__ import annotations

from datetime import date


def last_quarter(today: date) -> tuple[date, date, date, date]:
    """The first days of the three months of the last whole quarter, and the first day after it."""
    month = (today.month - 1) // 3 * 3 + 1
    ends = date(today.year, month, 1)
    begins = [_back(ends, months) for months in (3, 2, 1)]
    return begins[0], begins[1], begins[2], ends


def _back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
