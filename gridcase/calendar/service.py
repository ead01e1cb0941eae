"""Loading the days of a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import chinese_calendar
from sqlalchemy import delete

from gridcase.audit import service as audit
from gridcase.calendar.models import CalendarDay, CalendarYear
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.worktime import DayKind

FIRST_YEAR, LAST_YEAR = 2004, 2026  # what chinesecalendar 1.11 knows; it refuses other years
SATURDAY = 5


def set_year(*, actor: Viewer, year: int, days: Iterable[tuple[date, DayKind, str]], source: str, now: datetime) -> int:
    """Replace the exceptions of a year; returns how many days differ from Monday-to-Friday."""
    db.session.execute(
        delete(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    )
    rows = [CalendarDay(day=day, kind=kind, name=name, source=source) for day, kind, name in days]
    db.session.add_all(rows)
    db.session.merge(CalendarYear(year=year, source=source))
    audit.record(
        actor=actor, action="calendar.year", subject_kind="calendar", subject_id=year, now=now,
        detail={"days": len(rows), "source": source},
    )  # fmt: skip
    return len(rows)


def seed_national_days(*, actor: Viewer, now: datetime) -> None:
    """Load the State Council's days 2004-2026 from the package `chinesecalendar`."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        set_year(actor=actor, year=year, days=_national(year), source="chinesecalendar", now=now)


def _national(year: int) -> Iterable[tuple[date, DayKind, str]]:
    day = date(year, 1, 1)
    while day.year == year:
        works = chinese_calendar.is_workday(day)
        if works and day.weekday() >= SATURDAY:
            yield day, DayKind.MAKEUP, ""
        elif not works and day.weekday() < SATURDAY:
            _, name = chinese_calendar.get_holiday_detail(day)
            yield day, DayKind.HOLIDAY, name or ""
        day += timedelta(days=1)
