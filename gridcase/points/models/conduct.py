"""What a home says to its entries, what it wants corrected, and what the supervisors looked at."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Reply(Base):
    """The home's own word to an entry, shown beside it; it may word it anew."""

    __tablename__ = "points_reply"
    __table_args__ = (Index("ix_points_reply_household", "household_id"),)

    transfer_id: Mapped[int] = mapped_column(ForeignKey("points_transfer.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    text: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Correction(Base):
    """A home's request to put an entry right after its notice; of one entry one is open at a time."""

    __tablename__ = "points_correction"
    __table_args__ = (
        Index("ix_points_correction_household", "household_id"),
        Index("ix_points_correction_village", "village_id", "answered_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("points_transfer.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    reason: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(String(300), default="", server_default="")
    answered_by_user_id: Mapped[int | None]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SpotDraw(Base):
    """Entries of a month drawn by a seed, so that everybody can draw them again; with the supervisors' note."""

    __tablename__ = "points_spot_draw"
    __table_args__ = (UniqueConstraint("village_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    month: Mapped[date]  # its first day
    seed: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    user_id: Mapped[int | None]
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SpotCheck(Base):
    """One drawn entry, and what the supervisor found."""

    __tablename__ = "points_spot_check"

    draw_id: Mapped[int] = mapped_column(ForeignKey("points_spot_draw.id"), primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("points_transfer.id"), primary_key=True)
    rank: Mapped[int]
    result: Mapped[str] = mapped_column(String(10), default="", server_default="")  # rules.Finding
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    user_id: Mapped[int | None]
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
