"""The village covenant in its versions, who signed it, and a home's own motto."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.people.models.decisions import Decision


class Covenant(Base):
    """A version of a village's covenant, from a day on until the next one (`valid_to`, the first day no longer)."""

    __tablename__ = "covenant"
    __table_args__ = (UniqueConstraint("village_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(8000))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    decision: Mapped[Decision] = relationship()


class CovenantSignature(Base):
    """A home signed a version."""

    __tablename__ = "covenant_signature"
    __table_args__ = (Index("ix_covenant_signature_household", "household_id"),)

    covenant_id: Mapped[int] = mapped_column(ForeignKey("covenant.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    signed_on: Mapped[date]
    user_id: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FamilyMotto(Base):
    """The motto of a home; shown to the village only where the home agreed (`shown`)."""

    __tablename__ = "family_motto"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(120))
    shown: Mapped[bool]
    user_id: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
