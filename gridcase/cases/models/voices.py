"""Voices: a report that adds itself to another case of the same matter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime

JOINED = text("ended_at IS NULL")


class CaseVoice(Base):
    """One case that is a voice of another, from when to when. `counted`: it adds a home or person to those who have
    spoken. `heard_seq`: the step of the first case up to which this one has followed it."""

    __tablename__ = "case_voice"
    __table_args__ = (
        Index("ux_case_voice_case", "case_id", unique=True, sqlite_where=JOINED, postgresql_where=JOINED),
        Index("ix_case_voice_first", "first_id", sqlite_where=JOINED, postgresql_where=JOINED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    first_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(String(80))
    counted: Mapped[bool]
    heard_seq: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
