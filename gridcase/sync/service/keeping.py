"""What is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.sync import queries
from gridcase.sync.models import HandedItem, SealedItem, SyncItem

AT_ONCE = 2000


def forget_answers(*, actor: Viewer, now: datetime, keep: timedelta) -> int:
    """Answers, and what was decided about items handed over or sealed, older than `keep`. The mark of an item and the
    hash of what it said stay: sent once more it still counts once."""
    before, quiet = now - keep, {"synchronize_session": False}
    answers = queries.old_answers(before)
    if answers:
        db.session.execute(
            update(SyncItem).where(SyncItem.id.in_(answers)).values(answer=None), execution_options=quiet
        )
    handed = db.session.scalars(select(HandedItem.item_id).where(HandedItem.decided_at < before).limit(AT_ONCE)).all()
    if handed:
        db.session.execute(delete(HandedItem).where(HandedItem.item_id.in_(handed)), execution_options=quiet)
    sealed = db.session.scalars(select(SealedItem.id).where(SealedItem.decided_at < before).limit(AT_ONCE)).all()
    if sealed:
        db.session.execute(delete(SealedItem).where(SealedItem.id.in_(sealed)), execution_options=quiet)
    done = len(answers) + len(handed) + len(sealed)
    if done:
        audit.record(
            actor=actor, action="sync.forget", subject_kind="sync_item", subject_id=None, now=now,
            detail={"answers": len(answers), "handed": len(handed), "sealed": len(sealed)},
        )  # fmt: skip
    return done
