"""Reservations and what became of them; how often somebody tried codes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class Redemption(Base):
    """Goods set aside for a home and the points held for them, until they are handed over or given back.

    The code is nowhere: `digest` is keyed, and `tail` are its last two signs for the printed list of the counter.
    """

    __tablename__ = "shop_redemption"
    __table_args__ = (
        UniqueConstraint("shop_id", "digest"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_shop_redemption_shop", "shop_id", "state", "until"),
        Index("ix_shop_redemption_household", "household_id", "id"),
        Index("ix_shop_redemption_due", "state", "until"),
        Index("ix_shop_redemption_village", "village_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    goods_id: Mapped[int] = mapped_column(ForeignKey("shop_goods.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    quantity: Mapped[int]
    points: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    tail: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10))  # rules.RedemptionState
    reserved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[date]
    user_id: Mapped[int | None]  # who reserved
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # None: the home itself
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_user_id: Mapped[int | None]
    on_paper: Mapped[bool] = mapped_column(default=False)  # handed over by the printed list, entered later


class ShopKnock(Base):
    """How often an address (a digest that changes daily) has tried codes in an hour."""

    __tablename__ = "shop_knock"
    __audit__ = "free"  # a count that is thrown away after two days

    who: Mapped[str] = mapped_column(String(40), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    times: Mapped[int]
