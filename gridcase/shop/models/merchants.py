"""Merchants of the alliance, their discounts, and the one-time proofs homes show them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.grid.models import Grid


class Merchant(Base):
    """A merchant of a county or town: applied, rated by four conditions, a member while the agreement runs."""

    __tablename__ = "merchant"
    __table_args__ = (UniqueConstraint("place_id", "name"), Index("ix_merchant_path", "path", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(20))  # rules.MerchantLevel
    trade: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(80), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10))  # rules.MerchantState
    applied_on: Mapped[date]
    strength: Mapped[int | None]
    honesty: Mapped[int | None]
    variety: Mapped[int | None]
    demand: Mapped[int | None]
    review: Mapped[str] = mapped_column(String(200), default="", server_default="")
    reviewed_by: Mapped[str | None] = mapped_column(String(40))
    reviewed_on: Mapped[date | None]
    since: Mapped[date | None]  # of the agreement
    until: Mapped[date | None]  # its last day
    removed_on: Mapped[date | None]
    removed_why: Mapped[str] = mapped_column(String(200), default="", server_default="")

    place: Mapped[Grid] = relationship(lazy="joined", innerjoin=True)
    tiers: Mapped[list[MerchantTier]] = relationship(order_by="MerchantTier.points", cascade="all, delete-orphan")


class MerchantTier(Base):
    """From so many points held on the price is `percent` of the usual one."""

    __tablename__ = "merchant_tier"
    __table_args__ = (CheckConstraint("points > 0 AND percent > 0 AND percent < 100", name="sensible"),)

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), primary_key=True)
    points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    percent: Mapped[int]


class Proof(Base):
    """A home may buy once at this merchant for less; used, it is a line of the discount log. Amounts in fen."""

    __tablename__ = "merchant_proof"
    __table_args__ = (
        Index("ix_merchant_proof_merchant", "merchant_id", "used_at"),
        Index("ix_merchant_proof_household", "household_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    points_held: Mapped[int]
    percent: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    amount_fen: Mapped[int | None]
    saved_fen: Mapped[int | None]


class MerchantFigure(Base):
    """What a merchant says of his own year in the alliance, if he wishes; nobody has checked it."""

    __tablename__ = "merchant_figure"

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    growth_percent: Mapped[int | None]  # of turnover against the year before
    profit_fen: Mapped[int | None]  # more than the year before
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PastDiscount(Base):
    """What merchants of a place gave in discounts up to a day before this system, as somebody brought it."""

    __tablename__ = "merchant_past"
    __table_args__ = (UniqueConstraint("place_id", "until"), CheckConstraint("saved_fen > 0", name="some_worth"))

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    until: Mapped[date]
    saved_fen: Mapped[int]
    source: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
