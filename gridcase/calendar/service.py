"""Loading the days of a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import chinese_calendar
from sqlalchemy import delete

from gridcase.audit import service as audit
from gridcase.calendar.models import CalendarDay, CalendarVersion, CalendarYear
from gridcase.calendar.rules import SATURDAY, Day, checked, digest
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.worktime import DayKind

FIRST_YEAR, LAST_YEAR = 2004, 2026  # what chinesecalendar 1.11 knows; it refuses other years
# How the package names the holidays, in the words of the notice.
HOLIDAYS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}  # fmt: skip


def set_year(
    *, actor: Viewer, year: int, days: Iterable[Day], source: str, now: datetime, moved: int = 0
) -> CalendarVersion:
    """Replace the exceptions of a year, as a new version; `moved` is how many open cases' deadlines move with it (their
    moving is the business of who asks: `cases.service.recount`)."""
    wanted = checked(days, year)
    db.session.execute(
        delete(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    )
    rows = [CalendarDay(day=one.day, kind=one.kind, name=one.name, source=source) for one in wanted]
    db.session.add_all(rows)
    db.session.merge(CalendarYear(year=year, source=source))
    version = CalendarVersion(
        year=year, at=now, actor_name=actor.name, source=source, days=len(rows), moved=moved, digest=digest(wanted)
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        actor=actor, action="calendar.year", subject_kind="calendar", subject_id=year, now=now,
        detail={"days": len(rows), "source": source, "version": version.id, "moved": moved},
    )  # fmt: skip
    return version


def seed_national_days(*, actor: Viewer, now: datetime) -> None:
    """Load the State Council's days 2004-2026 from the package `chinesecalendar`."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        set_year(actor=actor, year=year, days=_national(year), source="chinesecalendar", now=now)


def _national(year: int) -> Iterable[Day]:
    day = date(year, 1, 1)
    while day.year == year:
        works = chinese_calendar.is_workday(day)
        if works and day.weekday() >= SATURDAY:
            yield Day(day, DayKind.MAKEUP)
        elif not works and day.weekday() < SATURDAY:
            _, name = chinese_calendar.get_holiday_detail(day)
            yield Day(day, DayKind.HOLIDAY, HOLIDAYS.get(name or "", ""))
        day += timedelta(days=1)
