"""The calendar as the arithmetic wants it, read once per process and version; the years for the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from gridcase.calendar.models import CalendarDay, CalendarVersion, CalendarYear
from gridcase.calendar.rules import Day, table
from gridcase.core.config import current
from gridcase.core.db import db
from gridcase.core.worktime import DayKind, OfficeHours, WorkCalendar

VERSIONS_SHOWN = 20
_NEWEST = (
    select(CalendarVersion.id, CalendarVersion.digest, CalendarVersion.at)
    .order_by(CalendarVersion.id.desc())
    .limit(1)
    .subquery()
)
# What changes with every change: the last version and the digest of its days. A number alone could come twice, when a
# write is rolled back after somebody in it has asked; the count is for tables older than the versions. These columns
# stand in any statement that is asked for something else too.
MARK = (
    select(func.count(CalendarDay.day)).scalar_subquery().label("calendar_days"),
    select(func.count(CalendarYear.year)).scalar_subquery().label("calendar_years"),
    select(_NEWEST.c.id).scalar_subquery().label("calendar_version"),
    select(_NEWEST.c.digest).scalar_subquery().label("calendar_digest"),
    select(_NEWEST.c.at).scalar_subquery().label("calendar_since"),
)
_MARK = select(*MARK)


def work_calendar() -> WorkCalendar:
    """The working calendar of this installation."""
    return calendar_marked(_mark())


def calendar_marked(mark: Sequence[object]) -> WorkCalendar:
    """The same for a statement that asks for `MARK` beside what it reads itself."""
    config = current()
    return _built(config.url, config.office_hours, tuple(mark))


@dataclasses.dataclass(frozen=True)
class Stamp:
    """The number of a version of the calendar, and since when it is in force."""

    id: int
    at: datetime


def stamped_calendar(asked: Any = None) -> tuple[WorkCalendar, Stamp | None]:
    """The calendar with the version it is; None where it was never changed since versions are kept. `asked`: a row with
    the columns of `MARK`, where they were asked for along with something else."""
    mark = _mark() if asked is None else mark_of(asked)
    return calendar_marked(mark), Stamp(mark[2], mark[4]) if mark[2] else None


def mark_of(asked: Any) -> tuple[Any, ...]:
    """The columns of `MARK` in a row of another statement."""
    return tuple(getattr(asked, one.name) for one in MARK)


def _mark() -> tuple[Any, ...]:
    return tuple(db.session.execute(_MARK).one())


@lru_cache(maxsize=8)
def _built(_url: str, office_hours: str, _version: tuple[object, ...]) -> WorkCalendar:
    rows = db.session.scalars(select(CalendarDay)).all()
    return WorkCalendar(
        days={row.day: DayKind(row.kind) for row in rows},
        known_years=frozenset(db.session.scalars(select(CalendarYear.year))),
        office_hours=OfficeHours.parse(office_hours),
        names={row.day: row.name for row in rows if row.name},
    )


def with_year(calendar: WorkCalendar, year: int, days: Sequence[Day]) -> WorkCalendar:
    """The calendar as it would be with these days for a year; nothing is written."""
    return dataclasses.replace(
        calendar, days=table(days, calendar.days, year), known_years=(calendar.known_years or frozenset()) | {year}
    )


def version() -> CalendarVersion | None:
    """The version in force; None where the calendar was never changed since versions are kept."""
    return db.session.scalar(select(CalendarVersion).order_by(CalendarVersion.id.desc()).limit(1))


def versions(year: int) -> Sequence[CalendarVersion]:
    """The changes of a year, newest first."""
    return db.session.scalars(
        select(CalendarVersion)
        .where(CalendarVersion.year == year)
        .order_by(CalendarVersion.id.desc())
        .limit(VERSIONS_SHOWN)
    ).all()


def years() -> Sequence[CalendarYear]:
    """The years whose days are known."""
    return db.session.scalars(select(CalendarYear).order_by(CalendarYear.year)).all()


def days_of(year: int) -> tuple[Day, ...]:
    """The days of a year that are in the table."""
    rows = db.session.scalars(
        select(CalendarDay)
        .where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
        .order_by(CalendarDay.day)
    )
    return tuple(Day(row.day, DayKind(row.kind), row.name) for row in rows)


def missing_year(today: date) -> int | None:
    """The next year when its days are not loaded yet; asked for from 1 December on."""
    wanted = today.year + 1 if today.month == 12 else today.year
    known = db.session.get(CalendarYear, wanted)
    return None if known else wanted
