"""The review group: its meetings, and how each member voted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Review(Base):
    """One meeting of a village's review group, entered by its recorder."""

    __tablename__ = "points_review"
    __table_args__ = (Index("ix_points_review_village", "village_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    held_on: Mapped[date]
    user_id: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Vote(Base):
    """What one member said of one declaration: on line, or by a show of hands at a meeting (`review_id`)."""

    __tablename__ = "points_vote"
    __table_args__ = (Index("ix_points_vote_review", "review_id"),)

    declaration_id: Mapped[int] = mapped_column(ForeignKey("points_declaration.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(8))  # rules.Choice
    review_id: Mapped[int | None] = mapped_column(ForeignKey("points_review.id"))
    user_id: Mapped[int | None]
    voted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeclarationPhoto(Base):
    """The photo that goes with a declaration."""

    __tablename__ = "points_declaration_photo"

    declaration_id: Mapped[int] = mapped_column(ForeignKey("points_declaration.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
