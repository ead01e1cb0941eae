"""What phones handed in: one row an item, however often it was sent; what waits for somebody; unfinished photos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, Json, UtcDateTime
from gridcase.users.models import Device


class SyncItem(Base):
    """An item that was accepted or handed over. `uuid` is made on the phone before anything is sent; `answer` is said
    again byte for byte until it is old. `said_at` is the phone's own time, `made_at` the same put right."""

    __tablename__ = "sync_item"
    __table_args__ = (Index("ix_sync_item_user", "user_id", "id"), Index("ix_sync_item_received", "received_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("user_device.id"))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    body_hash: Mapped[str] = mapped_column(String(64))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)


class HandedItem(Base):
    """An item of somebody who has the home no more: it waits for who has it now. `item` is what was sent, whole."""

    __tablename__ = "sync_handed"
    __table_args__ = (Index("ix_sync_handed_household", "household_id", "state"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("sync_item.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    reason: Mapped[str] = mapped_column(String(16))
    item: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(8))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(String(200))

    filed: Mapped[SyncItem] = relationship(lazy="joined", innerjoin=True)


class Upload(Base):
    """A photo on its way; how far it has come says the file in the instance folder. `file_id` is what waits with an
    item that was handed over."""

    __tablename__ = "sync_upload"
    __audit__ = "free"  # the photo's arrival is written down when it is whole
    __table_args__ = (Index("ix_sync_upload_item", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("sync_item.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    item: Mapped[SyncItem] = relationship(lazy="joined", innerjoin=True)


class SealedItem(Base):
    """An item out of a locked outbox, as it was encrypted on the phone: `box` opens with a key that `wrapped` holds for
    the device's seal key. What could be filed at once is not kept."""

    __tablename__ = "sync_sealed"
    __table_args__ = (UniqueConstraint("device_id", "item_uuid"), Index("ix_sync_sealed_user", "user_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("user_device.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    item_uuid: Mapped[str] = mapped_column(String(36))
    wrapped: Mapped[str] = mapped_column(String(200))
    wrapped_iv: Mapped[str] = mapped_column(String(32))
    iv: Mapped[str] = mapped_column(String(32))
    box: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(16))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    device: Mapped[Device] = relationship(lazy="joined", innerjoin=True)
