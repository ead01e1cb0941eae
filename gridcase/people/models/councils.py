"""Who stands by a village, and what it was honoured with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Partner(Base):
    """An organisation that stands by a village for some time: a task force, a paired unit."""

    __tablename__ = "partner"
    __table_args__ = (Index("ix_partner_place", "place_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(12))  # rules.PartnerKind
    name: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(40), default="", server_default="")
    members: Mapped[int | None]  # of a task force: how many live in the village
    duty: Mapped[str] = mapped_column(String(300), default="", server_default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VillageHonour(Base):
    """A title a village was given."""

    __tablename__ = "village_honour"
    __table_args__ = (Index("ix_village_honour_place", "place_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))  # rules.HonourLevel
    year: Mapped[int]
    giver: Mapped[str] = mapped_column(String(80), default="", server_default="")
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
