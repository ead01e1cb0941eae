"""What came out of locked outboxes and waits for its owner."""

from __future__ import annotations

from sqlalchemy import func, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.sync.models import SealedItem
from gridcase.sync.rules.outcomes import SealedState

KEPT = (SealedState.WAITING, SealedState.REFUSED)
SHOWN = 100


def kept_of(user_id: int) -> list[SealedItem]:
    """What an account should look at, the oldest first."""
    return list(
        db.session.scalars(
            select(SealedItem)
            .where(SealedItem.user_id == user_id, SealedItem.state.in_(KEPT))
            .order_by(SealedItem.id)
            .limit(SHOWN)
        )
    )


def one_kept(sealed_id: int, *, user_id: int) -> SealedItem:
    """One of them, else `Missing`."""
    found = db.session.scalar(select(SealedItem).where(SealedItem.id == sealed_id, SealedItem.user_id == user_id))
    if found is None:
        raise Missing
    return found


def sealed(device_id: int, item_uuid: str) -> SealedItem | None:
    """What a phone handed in under this mark and could not be filed."""
    return db.session.scalar(
        select(SealedItem).where(SealedItem.device_id == device_id, SealedItem.item_uuid == item_uuid)
    )


def kept_count(device_id: int) -> int:
    """How many rows a phone has, decided or not."""
    return db.session.scalar(select(func.count()).select_from(SealedItem).where(SealedItem.device_id == device_id)) or 0
