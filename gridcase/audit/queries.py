"""Reading who did what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core.db import db

SHOWN = 50


def history_of(subject_kind: str, subject_id: int, *, limit: int = SHOWN) -> Sequence[AuditRow]:
    """The deeds done to one thing, newest first; whoever may see the thing may see its history."""
    return db.session.scalars(
        select(AuditRow)
        .where(AuditRow.subject_kind == subject_kind, AuditRow.subject_id == subject_id)
        .order_by(AuditRow.id.desc())
        .limit(limit)
    ).all()


def deeds_since(subject_kind: str, subject_id: int, since: datetime) -> Sequence[AuditRow]:
    """The deeds done to one thing after a moment, the first one first."""
    return db.session.scalars(
        select(AuditRow)
        .where(AuditRow.subject_kind == subject_kind, AuditRow.subject_id == subject_id, AuditRow.at > since)
        .order_by(AuditRow.id)
    ).all()


def ever_done(action: str) -> bool:
    """Whether this was done in this installation, whenever."""
    return db.session.scalar(select(AuditRow.id).where(AuditRow.action == action).limit(1)) is not None
