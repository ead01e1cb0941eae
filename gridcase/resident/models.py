"""Codes on walls, the secrets of reporters, and how often somebody knocked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.grid.models import Grid


class DoorSheet(Base):
    """A printed code of a place; `token` is the end of its address. A revoked one leads nowhere."""

    __tablename__ = "door_sheet"
    __table_args__ = (Index("ix_door_sheet_grid", "grid_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(ByteString, unique=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    note: Mapped[str | None] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    grid: Mapped[Grid] = relationship(lazy="joined", innerjoin=True)


class CaseSecret(Base):
    """The secret of the villager who reported: only a keyed digest of the code is kept.

    `once` is the mark of the form that was sent, so that a form sent twice registers once.
    """

    __tablename__ = "case_secret"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    once: Mapped[str | None] = mapped_column(String(40), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_user_id: Mapped[int | None]


class DoorKnock(Base):
    """How often something was done in an hour: by an address (a digest that changes daily), at a sheet, on a case."""

    __tablename__ = "door_knock"
    __audit__ = "free"  # a count that is thrown away after two days

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    who: Mapped[str] = mapped_column(String(40), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    times: Mapped[int]
