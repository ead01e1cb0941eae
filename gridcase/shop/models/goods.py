"""Shops, their goods, and stock: numbers guarded by the database, each the replay of its moves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.files.models import StoredFile
from gridcase.grid.models import Grid


class Shop(Base):
    """A points shop of a village or a town: it stands in the service centre and sells nothing."""

    __tablename__ = "shop"
    __table_args__ = (UniqueConstraint("place_id", "name"), Index("ix_shop_path", "path"))

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    name: Mapped[str] = mapped_column(String(40))
    venue: Mapped[str] = mapped_column(String(60))
    hours: Mapped[str] = mapped_column(String(60))
    sponsor: Mapped[str] = mapped_column(String(60), default="", server_default="")
    has_room: Mapped[bool] = mapped_column(default=False)
    has_sign: Mapped[bool] = mapped_column(default=False)
    has_rules: Mapped[bool] = mapped_column(default=False)
    has_goods: Mapped[bool] = mapped_column(default=False)
    rules: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    code_days: Mapped[int] = mapped_column(default=7)  # so long something reserved is kept
    confirm_from_fen: Mapped[int] = mapped_column(default=10_000)  # a stock-take that differs by more needs a second
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]  # None: open

    place: Mapped[Grid] = relationship(lazy="joined", innerjoin=True)


class Goods(Base):
    """One kind of thing on the shelf and its price in points."""

    __tablename__ = "shop_goods"
    __table_args__ = (UniqueConstraint("shop_id", "name"), CheckConstraint("points > 0", name="points_positive"))

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    name: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))  # rules.GoodsKind
    target: Mapped[str] = mapped_column(String(10))  # rules.TargetGroup
    points: Mapped[int]
    low_at: Mapped[int] = mapped_column(default=5)  # fewer pieces are told to the keeper
    on_shelf: Mapped[bool] = mapped_column(default=True)

    shop: Mapped[Shop] = relationship(lazy="joined", innerjoin=True)


class GoodsPhoto(Base):
    """What goods look like; goods without one are as good."""

    __tablename__ = "shop_goods_photo"
    __table_args__ = (Index("ix_shop_goods_photo_file", "file_id"),)

    goods_id: Mapped[int] = mapped_column(ForeignKey("shop_goods.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    stored: Mapped[StoredFile] = relationship()


class Batch(Base):
    """What came in at once. `free` can be reserved, `held` is set aside; neither ever falls below 0."""

    __tablename__ = "shop_batch"
    __table_args__ = (
        CheckConstraint("free >= 0", name="free_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("unit_fen >= 0", name="cost_not_negative"),
        Index("ix_shop_batch_goods", "goods_id", "expires_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("shop_goods.id"))
    source: Mapped[str] = mapped_column(String(10))  # rules.Source
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)  # given, or paid from it
    received_on: Mapped[date]
    expires_on: Mapped[date | None]  # the last day it may be handed out; None: it does not spoil
    quantity: Mapped[int]
    unit_fen: Mapped[int]  # what one piece cost, or is worth
    free: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StockMove(Base):
    """One move of stock, never changed (triggers refuse it). `key` makes the same move impossible twice."""

    __tablename__ = "shop_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_shop_move_batch", "batch_id", "id"),
        Index("ix_shop_move_redemption", "redemption_id"),
        Index("ix_shop_move_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("shop_batch.id"))
    kind: Mapped[str] = mapped_column(String(10))  # rules.MoveKind
    quantity: Mapped[int]
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("shop_redemption.id"))
    take_id: Mapped[int | None] = mapped_column(ForeignKey("shop_take.id"))
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StockTake(Base):
    """Somebody has counted a shop's stock; `value_fen` is what the differences are worth, all taken as losses."""

    __tablename__ = "shop_take"
    __table_args__ = (Index("ix_shop_take_shop", "shop_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_by_user_id: Mapped[int | None]
    counted_by: Mapped[str] = mapped_column(String(40))
    value_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))  # rules.TakeState
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_user_id: Mapped[int | None]
    settled_by: Mapped[str | None] = mapped_column(String(40))


class StockTakeLine(Base):
    """One batch of a stock-take: pieces by the book, pieces found, and why they differ."""

    __tablename__ = "shop_take_line"

    take_id: Mapped[int] = mapped_column(ForeignKey("shop_take.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("shop_batch.id"), primary_key=True)
    booked: Mapped[int]
    counted: Mapped[int]
    reason: Mapped[str] = mapped_column(String(60), default="", server_default="")
