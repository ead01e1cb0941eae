"""What was given, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Donation(Base):
    """Money or goods given to a village or town; of money never more is used than was given."""

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("used_fen >= 0 AND used_fen <= amount_fen", name="used_within"),
        Index("ix_donation_path", "path", "given_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    donor: Mapped[str] = mapped_column(String(60))
    donor_kind: Mapped[str] = mapped_column(String(10))  # rules.DonorKind
    anonymous: Mapped[bool]  # the name stands in the ledger and is not published
    form: Mapped[str] = mapped_column(String(10))  # rules.DonationForm
    goods: Mapped[str] = mapped_column(String(100), default="", server_default="")
    amount_fen: Mapped[int]  # money, or what the goods are worth
    used_fen: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[str] = mapped_column(String(60), default="", server_default="")
    given_on: Mapped[date]
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DonationUse(Base):
    """So much of a donation was used for this; never changed (triggers refuse it)."""

    __tablename__ = "donation_use"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    amount_fen: Mapped[int]
    what: Mapped[str] = mapped_column(String(100))
    used_on: Mapped[date]
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
