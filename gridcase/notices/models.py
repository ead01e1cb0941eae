"""Notices, who read them, and the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime

FILE_CHANNEL = "file"  # the channel of trials; others come with the room's outer doors


class Notice(Base):
    """One thing told to one post, unit or person. The key makes it impossible to tell the same twice."""

    __tablename__ = "notice"
    __audit__ = "free"  # a notice is itself the trace of what was told
    __table_args__ = (
        Index("ix_notice_post", "post_id", "id"),
        Index("ix_notice_unit", "unit_id", "id"),
        Index("ix_notice_subject", "subject_kind", "subject_id"),
        Index("ix_notice_person", "person_id", "id"),
        Index("ix_notice_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)  # rule, subject, due time, addressee
    rule: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None]  # a digest is for a person, whatever posts are held
    place_path: Mapped[str] = mapped_column(ByteString)
    text: Mapped[dict[str, Any]] = mapped_column(Json)
    link: Mapped[str] = mapped_column(String(200))
    urgent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeRead(Base):
    """A notice read by an account."""

    __tablename__ = "notice_read"
    __audit__ = "free"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Outbox(Base):
    """A message on its way out: a number and a link, never a name or a text of a case."""

    __tablename__ = "outbox"
    __audit__ = "free"
    __table_args__ = (Index("ix_outbox_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")  # queued, sending, sent
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
