"""Points where villagers are served."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class ServicePoint(Base):
    """A service hall, station, window or legal point of a county, town or village. `duty` names posts, never persons.

    The first kind kept were the legal ones: the table and the audit rows go on under their name.
    """

    __tablename__ = "legal_point"
    __table_args__ = (Index("ix_legal_point_path", "path", "closed_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(10), default="legal", server_default="legal")
    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(80))
    opening: Mapped[str] = mapped_column(String(400), default="", server_default="")  # as `rules.opening` reads it
    on_holidays: Mapped[bool] = mapped_column(default=False, server_default=false())
    hours: Mapped[str] = mapped_column(String(60))  # what else is said of them, in words
    does: Mapped[str] = mapped_column(String(300), default="", server_default="")  # a line a matter
    duty: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_on: Mapped[date | None]  # first day it stands no longer
    user_id: Mapped[int | None]
