"""Forms and their versions, what was made of them and when, and what villages enter once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime

RUNNING, HELD = text("ended_at IS NULL"), text("superseded_at IS NULL")


class ReportForm(Base):
    """A form under its present title. Of no place: one that comes with the system, in force everywhere."""

    __tablename__ = "report_form"
    __table_args__ = (Index("ix_report_form_path", "path", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    standard: Mapped[str | None] = mapped_column(String(20), unique=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    title: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(String(80), default="", server_default="")
    version: Mapped[int]
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("report_form.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportFormVersion(Base):
    """What a form asked for at a time; never changed."""

    __tablename__ = "report_form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("report_form.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None]


class ReportSchedule(Base):
    """A form that is made by itself for a place. `role` is whose sight the numbers are counted with."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        Index(
            "uq_report_schedule_running", "form_id", "place_id", unique=True, sqlite_where=RUNNING,
            postgresql_where=RUNNING,
        ),
        Index("ix_report_schedule_path", "path"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("report_form.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    every: Mapped[str] = mapped_column(String(8))
    since: Mapped[date]  # the first day of the first period
    hand_up: Mapped[bool]
    role: Mapped[str] = mapped_column(String(30))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportScheduleReader(Base):
    """A post that is told when a scheduled report is there."""

    __tablename__ = "report_schedule_reader"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)


class ReportRun(Base):
    """A report as it was when it was made: the numbers are kept, not counted again. Made anew, it is another row with
    the next `attempt` and a reason; by itself it is made once, for (form, place, period, attempt) is unique."""

    __tablename__ = "report_run"
    __table_args__ = (
        UniqueConstraint("form_id", "place_id", "period", "attempt"),
        Index("ix_report_run_path", "path", "made_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("report_form.id"))
    version: Mapped[int]
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    period: Mapped[str] = mapped_column(String(24))
    attempt: Mapped[int]
    reason: Mapped[str] = mapped_column(String(120), default="", server_default="")
    sheet: Mapped[dict[str, Any]] = mapped_column(Json)
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("report_schedule.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    handed_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_up_by: Mapped[str] = mapped_column(String(80), default="", server_default="")


class Indicator(Base):
    """A figure that no part of the system counts, entered once by place and period."""

    __tablename__ = "report_indicator"
    __table_args__ = (Index("ix_report_indicator_path", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="", server_default="")
    unit: Mapped[str] = mapped_column(String(12))
    unit_en: Mapped[str] = mapped_column(String(20), default="", server_default="")
    adding: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8), server_default="signed")
    part_of: Mapped[str | None] = mapped_column(String(20))  # the code of what it can never be more than
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IndicatorValue(Base):
    """What was entered, in hundredths of the unit. A correction is a new row, the old one keeps its time."""

    __tablename__ = "report_indicator_value"
    __table_args__ = (
        Index(
            "uq_report_indicator_value_held", "indicator_id", "place_id", "period", unique=True, sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        Index("ix_report_indicator_value_path", "path", "first"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("report_indicator.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    period: Mapped[str] = mapped_column(String(24))
    first: Mapped[date]
    last: Mapped[date]
    hundredths: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(120), default="", server_default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
