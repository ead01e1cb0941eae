"""Visit records, and what is kept beside them: errands, good deeds, and signs for named readers only."""

from __future__ import annotations

from datetime import date, datetime
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
        Index("ix_visit_at", "visited_at", "path"),
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


class VisitErrand(Base):
    """A small thing done, or a question answered, on a visit: of which kind and by whom. The case holds the rest."""

    __tablename__ = "visit_errand"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    done_by: Mapped[str | None] = mapped_column(String(12))


class VisitPaper(Base):
    """A visit that was typed in from a weekly sheet: of which week (its Monday), and from which post it was typed."""

    __tablename__ = "visit_paper"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, autoincrement=False)
    week: Mapped[date]
    by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class GoodDeed(Base):
    """A good deed as it was told, by whom and when. `client_uuid` is made before sending, as a visit's."""

    __tablename__ = "good_deed"
    __table_args__ = (Index("ix_good_deed_path", "path", "on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    on: Mapped[date]
    text: Mapped[str] = mapped_column(String(500))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitSign(Base):
    """One of the five losses, seen at a home. `valid_until` is the last day it is kept; the row then goes.

    Nothing else of this system reads this table: only `queries.signs`, which asks for the right to it.
    """

    __tablename__ = "visit_sign"
    __table_args__ = (UniqueConstraint("visit_id", "sign"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    sign: Mapped[str] = mapped_column(String(12))
    noted_on: Mapped[date]
    noted_by_user_id: Mapped[int | None]
    noted_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    valid_until: Mapped[date] = mapped_column(index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_user_id: Mapped[int | None]
    confirmed_ref: Mapped[str | None] = mapped_column(String(60))


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
