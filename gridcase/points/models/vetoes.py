"""The register of vetoes: which home is kept from exchange and honours, why, until when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Veto(Base):
    """A veto on a home, by a decision of the village on a paper with a number. It ends by itself on `valid_to`.

    Nothing is taken: the balance stands still. Told to the home on `made_at`; its objection is answered by others.
    """

    __tablename__ = "points_veto"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="lasts"),
        Index("ix_points_veto_household", "household_id", "valid_to"),
        Index("ix_points_veto_village", "village_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    path: Mapped[str] = mapped_column(ByteString)
    version_id: Mapped[int] = mapped_column(ForeignKey("points_scheme.id"))
    code: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(40))
    document_no: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)  # one decision, one home
    valid_from: Mapped[date]
    valid_to: Mapped[date]  # the first day on which it no longer holds
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    objection: Mapped[str | None] = mapped_column(String(300))
    objected_by_user_id: Mapped[int | None]  # must not answer it
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(300))
    answered_by_user_id: Mapped[int | None]
    lifted_on: Mapped[date | None]  # an objection upheld ends it that day
