"""What is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.sync import queries
from gridcase.sync.models import HandedItem, SealedItem, SyncItem


def forget_answers(*, actor: Viewer, now: datetime, keep: timedelta) -> int:
    """Answers, and what was decided about items handed over or sealed, older than `keep`. The mark of an item and the
    hash of what it said stay: sent once more it still counts once."""
    before = now - keep
    ids = queries.old_answers(before)
    quiet = {"synchronize_session": False}
    if ids:
        db.session.execute(update(SyncItem).where(SyncItem.id.in_(ids)).values(answer=None), execution_options=quiet)
    gone = 0
    for statement in (
        delete(HandedItem).where(HandedItem.decided_at < before).returning(HandedItem.item_id),
        delete(SealedItem).where(SealedItem.decided_at < before).returning(SealedItem.id),
    ):
        gone += len(db.session.execute(statement, execution_options=quiet).all())
    if ids or gone:
        audit.record(
            actor=actor, action="sync.forget", subject_kind="sync_item", subject_id=None, now=now,
            detail={"answers": len(ids), "decided": gone},
        )  # fmt: skip
    return len(ids) + gone
