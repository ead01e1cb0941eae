"""Announcements, and the homes that were told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Announcement(Base):
    """What is to be passed on to every home of a place, up to a last day. `client_uuid` is made before sending."""

    __tablename__ = "announcement"
    __table_args__ = (Index("ix_announcement_path", "path", "until"), Index("ix_announcement_until", "until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(1000))
    until: Mapped[date]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnnouncementHome(Base):
    """A home that was told: one row however often it is said."""

    __tablename__ = "announcement_home"
    __table_args__ = (
        UniqueConstraint("announcement_id", "household_id"),
        Index("ix_announcement_home_household", "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    how: Mapped[str] = mapped_column(String(8))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
