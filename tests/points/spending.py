"""What the shop will do one day, for tests: merit spent goes back to the village."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from gridcase.audit import service as audit
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.households.models import Household
from gridcase.points.rules import AccountKind
from gridcase.points.service import ledger
from gridcase.points.service.ledger import Movement

SHOP = job("shop")


def spend(home: int, amount: int, key: str, *, now: datetime) -> None:
    """Spend merit of a household; `Refused` when it has not as much."""
    with transaction():
        village = db.session.get_one(Household, home).village_id
        issue = ledger.hold([village])[village]
        merit = ledger.purses_of([(village, home)])[home, AccountKind.MERIT].id
        moved = Movement(
            key=key, kind=cast(Any, "spend"), debit_id=merit, credit_id=issue, amount=amount, rule="shop",
            source_kind="shop", source_id=key, village_id=village, household_id=home,
        )  # fmt: skip
        ledger.post([moved], actor=SHOP, now=now)
        audit.record(actor=SHOP, action="shop.test", subject_kind="household", subject_id=home, now=now)
