"""Accounts and transfers. A transfer debits one account and credits another: the ledger balances by construction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class Account(Base):
    """A purse. The village's `issue` account is where points come from and return to: minus its balance is outside.

    `recover` holds what later earnings must fill first. Household accounts never go below 0: the database refuses.
    """

    __tablename__ = "points_account"
    __table_args__ = (
        UniqueConstraint("village_id", "household_id", "kind"),
        CheckConstraint("balance >= 0 OR kind = 'issue'", name="not_negative"),
        # NULLs are distinct in a UNIQUE, so a village's own account needs an index of its own
        Index(
            "uq_points_account_issue",
            "village_id",
            unique=True,
            sqlite_where=text("kind = 'issue'"),
            postgresql_where=text("kind = 'issue'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    balance: Mapped[int] = mapped_column(default=0)


class Transfer(Base):
    """One movement of points, never changed (triggers refuse it). `key` makes the same award impossible twice."""

    __tablename__ = "points_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index("ix_points_transfer_household", "household_id", "id"),
        Index("ix_points_transfer_source", "source_kind", "source_id"),
        Index("ix_points_transfer_village", "village_id", "id"),
        Index("ix_points_transfer_at", "village_id", "at"),
        Index("ix_points_transfer_when", "at"),
        Index(
            "ix_points_transfer_reverses",
            "reverses_id",
            sqlite_where=text("reverses_id IS NOT NULL"),
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(12))  # rules.TransferKind
    debit_id: Mapped[int] = mapped_column(ForeignKey("points_account.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("points_account.id"))
    amount: Mapped[int]
    rule: Mapped[str] = mapped_column(String(20))
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(40))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("points_transfer.id"))
    version_id: Mapped[int | None]  # the scheme it was given under; not a reference, for points outlive schemes
    target: Mapped[str] = mapped_column(String(10), default="merit", server_default="merit")  # where an award matures
    actor_user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Goods(Base):
    """What the goods handed over for a spending were worth, in fen; the shop says so, the report adds it up."""

    __tablename__ = "points_goods"
    __table_args__ = (CheckConstraint("goods_fen > 0", name="some_worth"),)

    transfer_id: Mapped[int] = mapped_column(ForeignKey("points_transfer.id"), primary_key=True)
    goods_fen: Mapped[int]


class PointNotice(Base):
    """The public notice of an award or a deduction: it takes effect only after it ran out without objection."""

    __tablename__ = "point_notice"
    __table_args__ = (Index("ix_point_notice_open", "settled_at", "closes_on"),)

    transfer_id: Mapped[int] = mapped_column(ForeignKey("points_transfer.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the first day on which the points may become merit
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    objection: Mapped[str | None] = mapped_column(String(300))
    objected_by_user_id: Mapped[int | None]  # must not answer it
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(300))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))  # rules.NoticeOutcome
