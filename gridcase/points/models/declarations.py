"""What was declared for a home, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Declaration(Base):
    """Points asked for a home by an item of the scheme in force on the day it happened (`points` below 0: a deduction).

    Approved, it is posted and hangs out: `transfer_id` is the movement that its public notice belongs to.
    """

    __tablename__ = "points_declaration"
    __table_args__ = (
        Index("ix_points_declaration_village", "village_id", "state", "id"),
        Index("ix_points_declaration_household", "household_id", "id"),
        Index("ix_points_declaration_source", "source_kind", "source_id"),
        Index("ix_points_declaration_waiting", "state", "path"),
        Index("ix_points_declaration_happened", "village_id", "happened_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("points_item.id"), index=True)
    points: Mapped[int]
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(String(200), default="", server_default="")
    document_no: Mapped[str] = mapped_column(String(40), default="", server_default="")
    how: Mapped[str] = mapped_column(String(8))  # rules.Declarer by whom
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who of the home did it; never on a notice
    guardian_agreed: Mapped[bool] = mapped_column(default=False, server_default=false())  # of who did it under 14
    source_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    source_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    user_id: Mapped[int | None]
    by_person_id: Mapped[int | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))  # rules.DeclarationState
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))  # the council's
    votes_for: Mapped[int | None]  # of the review group, once it has decided
    votes_against: Mapped[int | None]
    recused: Mapped[int | None]
    talked_on: Mapped[date | None]  # the education talk that took the place of a deduction
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("points_transfer.id"), index=True)
