"""Spending as the shop does it: set aside, then handed over."""

from __future__ import annotations

from datetime import datetime

from gridcase.core.db import transaction
from gridcase.core.permissions import job
from gridcase.points import service

SHOP = job("shop")


def spend(home: int, amount: int, key: str, *, now: datetime) -> None:
    """Spend merit of a household; `Refused` when it has not as much."""
    with transaction():
        service.hold_for(
            household_id=home, amount=amount, key=key, source_kind="shop", source_id=key, actor=SHOP, now=now
        )
    with transaction():
        service.spend(key, actor=SHOP, now=now)
