"""Months and quarters that were closed, years that were settled, and what was given before the system came."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Close(Base):
    """A month or a quarter closed and published, with its figures as they stood. Never changed."""

    __tablename__ = "points_close"
    __table_args__ = (UniqueConstraint("village_id", "kind", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(8))  # rules.PeriodKind
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # its last day
    entries: Mapped[int]
    issued: Mapped[int]
    deducted: Mapped[int]
    taken_back: Mapped[int]
    redeemed: Mapped[int]
    homes: Mapped[int]
    decided: Mapped[int]  # declarations the review decided in it
    refused: Mapped[int]
    waiting: Mapped[int]  # declarations of it that nobody had decided yet
    last_id: Mapped[int]  # the last movement that the figures cover
    user_id: Mapped[int | None]
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class YearSettlement(Base):
    """The end of a year in one village: announced with the last day to redeem, settled once after it."""

    __tablename__ = "points_year"

    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(ByteString)
    redeem_until: Mapped[date]
    policy: Mapped[str] = mapped_column(String(8))  # rules.YearEnd
    expire_months: Mapped[int]
    base_points: Mapped[int]
    version_id: Mapped[int | None]
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    announced_user_id: Mapped[int | None]
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_user_id: Mapped[int | None]
    homes: Mapped[int] = mapped_column(default=0)
    cleared: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)
    carried: Mapped[int] = mapped_column(default=0)
    granted: Mapped[int] = mapped_column(default=0)


class HistoryTotal(Base):
    """What a place had given and redeemed up to a day before it used this system; `goods_fen` in fen."""

    __tablename__ = "points_history"
    __table_args__ = (
        CheckConstraint("points >= 0 AND redeemed >= 0 AND goods_fen >= 0 AND people >= 0", name="counts"),
        Index(
            "uq_points_history_place",
            "place_id",
            "until",
            unique=True,
            sqlite_where=text("dropped_at IS NULL"),
            postgresql_where=text("dropped_at IS NULL"),
        ),
        Index("ix_points_history_path", "path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    until: Mapped[date]
    points: Mapped[int]
    redeemed: Mapped[int]
    goods_fen: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int]
    note: Mapped[str] = mapped_column(String(60), default="", server_default="")
    user_id: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
