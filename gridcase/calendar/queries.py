"""The calendar as the arithmetic wants it, read once per process and version."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlalchemy import func, select

from gridcase.calendar.models import CalendarDay, CalendarYear
from gridcase.core.config import current
from gridcase.core.db import db
from gridcase.core.worktime import DayKind, OfficeHours, WorkCalendar


def work_calendar() -> WorkCalendar:
    """The working calendar of this installation."""
    config = current()
    counted = db.session.execute(
        select(
            func.count(CalendarDay.day),
            func.max(CalendarDay.day),
            select(func.count(CalendarYear.year)).scalar_subquery(),
        )
    ).one()
    return _built(config.url, config.office_hours, tuple(counted))


@lru_cache(maxsize=8)
def _built(_url: str, office_hours: str, _version: tuple[object, ...]) -> WorkCalendar:
    days = {row.day: DayKind(row.kind) for row in db.session.scalars(select(CalendarDay))}
    years = frozenset(db.session.scalars(select(CalendarYear.year)))
    return WorkCalendar(days=days, known_years=years, office_hours=OfficeHours.parse(office_hours))


def missing_year(today: date) -> int | None:
    """The next year when its days are not loaded yet; asked for from 1 December on."""
    wanted = today.year + 1 if today.month == 12 else today.year
    known = db.session.get(CalendarYear, wanted)
    return None if known else wanted
