"""What comes in by the doors of the room; where a case came of it the row names the case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class ReceptionDay(Base):
    """A day of reception somebody was put down for or came to; other days follow from the rule alone."""

    __tablename__ = "reception_day"
    __table_args__ = (UniqueConstraint("place_id", "day"), Index("ix_reception_day_day", "day", "path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    day: Mapped[date]
    host_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    stand_in_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class Visitor(Base):
    """Somebody who came on a day of reception. `client_uuid` is made before sending: sent twice it is one row."""

    __tablename__ = "reception_visitor"
    __table_args__ = (
        Index("ix_reception_visitor_day", "day_id", "id"),
        Index("ix_reception_visitor_path", "path", "came_at"),
        Index("ix_reception_visitor_household", "household_id"),
        Index("ix_reception_visitor_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("reception_day.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(20))
    proxy_for: Mapped[str | None] = mapped_column(String(60))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    matter: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(10))
    reply: Mapped[str | None] = mapped_column(String(300))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class QuickAnswer(Base):
    """A question answered on the spot: two lines and a class."""

    __tablename__ = "quick_answer"
    __table_args__ = (Index("ix_quick_answer_path", "path", "at", "id"), Index("ix_quick_answer_case", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    question: Mapped[str] = mapped_column(String(120))
    answer: Mapped[str] = mapped_column(String(200))
    class_id: Mapped[int] = mapped_column(ForeignKey("case_class.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class LegalConsultation(Base):
    """A quick answer that was given at a point: one person-time there."""

    __tablename__ = "legal_consultation"
    __table_args__ = (Index("ix_legal_consultation_point", "point_id", "at"),)

    answer_id: Mapped[int] = mapped_column(ForeignKey("quick_answer.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("legal_point.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # as the answer's: counted without reading it


class Meeting(Base):
    """A meeting with villagers, written down after it was held."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_path", "path", "held_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    nature: Mapped[str] = mapped_column(String(16))
    held_on: Mapped[date]
    venue: Mapped[str | None] = mapped_column(String(60))
    topic: Mapped[str] = mapped_column(String(120))
    present: Mapped[int]
    host_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class MeetingOutcome(Base):
    """One thing a meeting came to or brought up."""

    __tablename__ = "meeting_outcome"
    __table_args__ = (UniqueConstraint("meeting_id", "seq"), Index("ix_meeting_outcome_case", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    seq: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    user_id: Mapped[int | None]


class PatrolRun(Base):
    """A check that was made: what was looked at, and its findings beside it."""

    __tablename__ = "patrol_run"
    __table_args__ = (Index("ix_patrol_run_path", "path", "done_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(12))
    done_on: Mapped[date]
    looked: Mapped[list[Any]] = mapped_column(Json, default=list)
    note: Mapped[str | None] = mapped_column(String(200))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class PatrolFinding(Base):
    """Something a check found; put right on the spot, or a case."""

    __tablename__ = "patrol_finding"
    __table_args__ = (Index("ix_patrol_finding_run", "run_id", "id"), Index("ix_patrol_finding_case", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("patrol_run.id"))
    item_code: Mapped[str] = mapped_column(String(8))
    item: Mapped[str] = mapped_column(String(60))
    class_code: Mapped[str] = mapped_column(String(4))
    text: Mapped[str] = mapped_column(String(120))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    user_id: Mapped[int | None]


class DisputeClue(Base):
    """How the dispute behind a case showed itself: its risk."""

    __tablename__ = "dispute_clue"
    __table_args__ = (Index("ix_dispute_clue_path", "path", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    path: Mapped[str] = mapped_column(ByteString)
    risk: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
