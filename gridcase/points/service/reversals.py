"""Taking awards back: linked movements, never an edit. Merit never falls below 0; what was spent is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.points.models import PointNotice
from gridcase.points.queries import Award
from gridcase.points.rules import AccountKind, NoticeOutcome, TransferKind, split_reversal
from gridcase.points.service import ledger, merging
from gridcase.points.service.ledger import Leg, Movement


def take_back(awards: Sequence[Award], *, source: tuple[str, str], actor: Viewer, now: datetime) -> list[int]:
    """Reverse awards that stand, their villages being held; returns the ids of the reversing transfers."""
    issue = ledger.hold({award.village_id for award in awards})
    purses = ledger.purses_of((award.village_id, award.household_id) for award in awards)
    merit = {home: purse.balance for (home, kind), purse in purses.items() if kind == AccountKind.MERIT}
    movements: list[Movement] = []
    for award in awards:
        home, village = award.household_id, issue[award.village_id]
        split = split_reversal(award.amount if award.outcome is None else 0, merit[home], award.amount)
        merit[home] -= split.from_merit
        legs = (
            Leg(TransferKind.REVERSE, purses[home, AccountKind.PENDING].id, village, split.from_pending),
            Leg(TransferKind.REVERSE, purses[home, AccountKind.MERIT].id, village, split.from_merit),
            Leg(TransferKind.RECOVER, village, purses[home, AccountKind.RECOVER].id, split.to_recover),
        )
        movements += ledger.chain(f"reverse:{award.id}", legs, award, source=source, reverses=True)
    _close_notices([award.id for award in awards], now=now)
    ids = ledger.post(movements, actor=actor, now=now)
    merging.carry_over({award.household_id for award in awards}, actor=actor, now=now)
    return ids


def _close_notices(award_ids: Sequence[int], *, now: datetime) -> None:
    db.session.execute(
        update(PointNotice)
        .where(PointNotice.transfer_id.in_(award_ids))
        .values(settled_at=now, outcome=NoticeOutcome.REVERSED)
        .execution_options(synchronize_session=False)
    )
