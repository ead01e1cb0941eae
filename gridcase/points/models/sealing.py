"""The sealed chain of each village's ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class Seal(Base):
    """The seal of one movement: its digest covers the movement and the seal before it in the village. Never changed."""

    __tablename__ = "points_seal"
    __audit__ = "free"
    __table_args__ = (UniqueConstraint("village_id", "seq"),)

    transfer_id: Mapped[int] = mapped_column(ForeignKey("points_transfer.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class SealHead(Base):
    """Where a village's chain ends: how many seals, over which movement last. A tail cut off no longer reaches it."""

    __tablename__ = "points_seal_head"
    __audit__ = "free"

    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    seq: Mapped[int]
    last_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
