"""Notices, who read them, the channels by which they leave, and the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime
from gridcase.core.sealed import Sealed

FILE_CHANNEL = "file"  # the channel of trials; the others are kinds of `NoticeChannel`


class Notice(Base):
    """One thing told to one post, unit or person. The key makes it impossible to tell the same twice."""

    __tablename__ = "notice"
    __audit__ = "free"  # a notice is itself the trace of what was told
    __table_args__ = (
        Index("ix_notice_post", "post_id", "id"),
        Index("ix_notice_unit", "unit_id", "id"),
        Index("ix_notice_subject", "subject_kind", "subject_id", "rule", "due_at"),
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


class NoticeChannel(Base):
    """A way out, of a place (a group, another system) or of a person. Address and secret are written, used and
    forgotten when it ends; they lie in the database sealed and no page shows them again: `hint` is what a reader knows
    it by."""

    __tablename__ = "notice_channel"
    __table_args__ = (
        CheckConstraint("(place_id IS NULL) <> (person_id IS NULL)", name="place_or_person"),
        Index("ix_notice_channel_person", "person_id"),
        Index("ix_notice_channel_place", "place_path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    place_path: Mapped[str | None] = mapped_column(ByteString)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # whose and which; empty when it has ended
    address: Mapped[str] = mapped_column(Sealed(500))
    secret: Mapped[str] = mapped_column(Sealed(200))
    hint: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10), default="")  # of the last test message, until it was typed in
    code_tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Outbox(Base):
    """A message on its way out: a number and a link, never a name or a text of a case. Its row in `outbox` decides
    who sends it: see `jobs`."""

    __tablename__ = "outbox"
    __audit__ = "free"
    __table_args__ = (Index("ix_outbox_state", "state", "id"), Index("ix_outbox_channel", "channel_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str] = mapped_column(String(20))  # its kind
    channel_id: Mapped[int | None]
    message_id: Mapped[str] = mapped_column(String(80), unique=True)
    number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    link: Mapped[str] = mapped_column(String(200), default="", server_default="")
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    place_path: Mapped[str] = mapped_column(ByteString, default="/", server_default="/")
    state: Mapped[str] = mapped_column(String(10), default="queued")  # see `rules.Sending`
    tries: Mapped[int] = mapped_column(default=0)
    ready_at: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # seconds of the database's clock
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # or tried last, where it was not sent
    error: Mapped[str] = mapped_column(String(60), default="", server_default="")
