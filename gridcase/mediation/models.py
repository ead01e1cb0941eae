"""A mediation and what was written down in it. Everything hangs on a case, whose scope decides who reads it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, UtcDateTime

OPEN, UNDONE = text("result IS NULL"), text("done_on IS NULL")


class Mediation(Base):
    """One dispute, one mediation. `due_on` is the last day of the period, `longer` that both parties agreed to more."""

    __tablename__ = "mediation"
    __table_args__ = (
        UniqueConstraint("case_id"),
        Index("ix_mediation_due", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_mediation_signed", "signed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    mediators: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_user_id: Mapped[int | None]
    opened_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    opened_by_name: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[date]
    longer: Mapped[bool] = mapped_column(default=False)
    dispute: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[str | None] = mapped_column(Text)
    terms: Mapped[str | None] = mapped_column(Text)
    fulfilment: Mapped[str | None] = mapped_column(Text)
    fulfil_by: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(String(10))
    result_note: Mapped[str | None] = mapped_column(Text)
    ways_told: Mapped[bool] = mapped_column(default=False)
    signed_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_user_id: Mapped[int | None]
    ended_by_name: Mapped[str | None] = mapped_column(String(80))
    court_asked_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    confirmed_no: Mapped[str | None] = mapped_column(String(60))

    parties: Mapped[list[MediationParty]] = relationship(order_by="MediationParty.seq")
    sessions: Mapped[list[MediationSession]] = relationship(
        order_by="MediationSession.held_at, MediationSession.id"
    )  # fmt: skip
    looks: Mapped[list[MediationLook]] = relationship(order_by="MediationLook.due_on, MediationLook.id")


class MediationParty(Base):
    """Somebody in dispute, and the day he agreed to mediate."""

    __tablename__ = "mediation_party"
    __table_args__ = (UniqueConstraint("mediation_id", "seq"), Index("ix_mediation_party_household", "household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediation.id"))
    seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(20))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    consented_on: Mapped[date | None]


class MediationSession(Base):
    """One sitting: when, where, who came, what came of it."""

    __tablename__ = "mediation_session"
    __table_args__ = (Index("ix_mediation_session_mediation", "mediation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediation.id"))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(120))
    present: Mapped[str] = mapped_column(String(300))
    said: Mapped[str] = mapped_column(Text)
    written_by_user_id: Mapped[int | None]
    written_by_name: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MediationLook(Base):
    """A day on which somebody looks whether the agreement is kept (回访), and his word once done."""

    __tablename__ = "mediation_look"
    __table_args__ = (
        UniqueConstraint("mediation_id", "seq"),
        Index("ix_mediation_look_due", "due_on", sqlite_where=UNDONE, postgresql_where=UNDONE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediation.id"))
    seq: Mapped[int]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    word: Mapped[str | None] = mapped_column(String(300))
    done_by_user_id: Mapped[int | None]
    done_by_name: Mapped[str | None] = mapped_column(String(80))
