"""What phones have handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.core.db import db
from gridcase.sync.models import SyncItem

CONFIRMED_MOST, PURGED_AT_ONCE = 200, 2000


def by_uuid(uuid: str) -> SyncItem | None:
    """The item that was handed in under this mark."""
    return db.session.scalar(select(SyncItem).where(SyncItem.uuid == uuid))


def confirmed(user_id: int) -> Sequence[Any]:
    """(uuid, state, received_at) of an account's newest items: a phone that was wiped counts by these."""
    return db.session.execute(
        select(SyncItem.uuid, SyncItem.state, SyncItem.received_at)
        .where(SyncItem.user_id == user_id)
        .order_by(SyncItem.id.desc())
        .limit(CONFIRMED_MOST)
    ).all()


def old_answers(before: datetime) -> list[int]:
    """Items whose answer has been kept for long enough."""
    return list(
        db.session.scalars(
            select(SyncItem.id)
            .where(SyncItem.received_at < before, SyncItem.answer.is_not(None))
            .order_by(SyncItem.received_at)
            .limit(PURGED_AT_ONCE)
        )
    )
