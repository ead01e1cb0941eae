"""Periods: the one before, and what of it can be compared with one that still runs."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.core.periods import Period, PeriodKind

FALLBACK = Period.of(PeriodKind.DAY, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("code", "today", "beside"),
    [
        ("2026-10", date(2026, 11, 22), "2026-09"),
        ("2026-11", date(2026, 11, 22), "2026-10-01..2026-10-22"),
        ("2026-03", date(2026, 3, 30), "2026-02"),  # a shorter month is compared whole
        ("2026-11", date(2026, 11, 30), "2026-10"),
        ("2026-11", date(2026, 11, 1), "None"),  # its first day is not over
        ("2026-11-22", date(2026, 11, 22), "None"),
        ("2026-W47", date(2026, 11, 18), "2026-11-09..2026-11-11"),
        ("2026-Q4", date(2026, 10, 10), "2026-07-01..2026-07-10"),
        ("2026-11-11..2026-11-30", date(2026, 11, 20), "2026-10-22..2026-10-31"),
    ],
)
def test_a_running_period_stands_beside_as_many_days(code: str, today: date, beside: str) -> None:
    assert str(Period.read(code, default=FALLBACK).before_until(today)) == beside
