"""Points that tests give out of hand."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.households.models import Household
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.points.service import ledger

MAKER = job("test")


def give_base(home: int, points: int, *, now: datetime) -> None:
    """Base points, as the start of a year gives them."""
    with transaction():
        village = db.session.get_one(Household, home).village_id
        issue = ledger.hold([village])[village]
        base = ledger.purses_of([(village, home)])[home, AccountKind.BASE].id
        moved = ledger.Movement(
            key=f"base:test:{home}", kind=TransferKind.GRANT, debit_id=issue, credit_id=base, amount=points, rule="",
            source_kind="year", source_id="2026", village_id=village, household_id=home,
        )  # fmt: skip
        ledger.post([moved], actor=MAKER, now=now)
        audit.record(actor=MAKER, action="test", subject_kind="household", subject_id=home, now=now)
