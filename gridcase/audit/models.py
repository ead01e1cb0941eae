"""Audit rows and the seals over them. Rows are never changed: triggers refuse it on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class AuditRow(Base):
    """One write, as it was done."""

    __tablename__ = "audit_row"
    __audit__ = "is"
    __table_args__ = (
        Index("ix_audit_row_subject", "subject_kind", "subject_id"),
        Index("ix_audit_row_chain", "chain", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_user_id: Mapped[int | None]
    actor_post_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    place_path: Mapped[str] = mapped_column(ByteString, default="/")
    chain: Mapped[str] = mapped_column(
        ByteString, default="/"
    )  # path of the town (or county) whose chain seals the row
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class AuditSeal(Base):
    """The chain of one town: each seal covers one row and the seal before it."""

    __tablename__ = "audit_seal"
    __audit__ = "free"

    row_id: Mapped[int] = mapped_column(ForeignKey("audit_row.id"), primary_key=True)
    chain: Mapped[str] = mapped_column(ByteString)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("uq_audit_seal_chain_seq", "chain", "seq", unique=True),)
