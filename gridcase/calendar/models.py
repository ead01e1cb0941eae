"""The working-day table."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class CalendarDay(Base):
    """A day that differs from Monday-to-Friday: off, or worked to make up."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(60), default="")


class CalendarYear(Base):
    """A year whose days are known; a year that is not here makes its deadlines provisional."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(60))


class CalendarVersion(Base):
    """One change of the calendar: the version that deadlines name. `digest` is that of the year as it then was."""

    __tablename__ = "calendar_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(60))
    days: Mapped[int]  # that differ from Monday to Friday
    moved: Mapped[int] = mapped_column(default=0)  # open cases whose deadlines moved with it
    digest: Mapped[str] = mapped_column(String(64))
