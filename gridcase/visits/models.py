"""Visit records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class Visit(Base):
    """One visit. `client_uuid` is made before sending: the same visit sent twice is one row."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_household", "household_id", "visited_at"),
        Index("ix_visit_path", "path", "visited_at", "id"),
        Index("ix_visit_post", "post_id", "visited_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mode: Mapped[str] = mapped_column(String(8))
    purpose: Mapped[str] = mapped_column(String(24))
    met: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    ticks: Mapped[list[Any]] = mapped_column(Json, default=list)
    note: Mapped[str | None] = mapped_column(String(500))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))


class VisitPhoto(Base):
    """A photo of a visit, by the order it came in."""

    __tablename__ = "visit_photo"
    __table_args__ = (UniqueConstraint("visit_id", "seq"), Index("ix_visit_photo_file", "file_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    seq: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_by_user_id: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
