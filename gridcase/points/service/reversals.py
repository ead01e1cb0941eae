"""Taking awards and deductions back: linked movements, never an edit. What a home has spent meanwhile it owes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.households import queries as households
from gridcase.points import queries
from gridcase.points.models import PointNotice
from gridcase.points.queries import Award, DeductionLeg
from gridcase.points.rules import AccountKind, NoticeOutcome, TransferKind, split_reversal
from gridcase.points.service import ledger, merging
from gridcase.points.service.ledger import Leg, Movement

_REVERSE = TransferKind.REVERSE


@dataclass
class _Home:
    """A home's purses while several of its awards are taken back."""

    id: int
    issue: int
    purses: ledger.Purses
    merit: int
    owed: int

    def purse(self, kind: AccountKind) -> int:
        return self.purses[self.id, kind].id


def take_back(awards: Sequence[Award], *, source: tuple[str, str], actor: Viewer, now: datetime) -> list[int]:
    """Reverse what stands, its villages being held; returns the ids of the reversing transfers."""
    awards = _where_honour_is(awards)
    issue = ledger.hold({award.village_id for award in awards})
    purses = ledger.purses_of((award.village_id, award.household_id) for award in awards)
    taken = queries.deduction_legs([award.id for award in awards if award.deducts])
    homes: dict[int, _Home] = {}
    movements: list[Movement] = []
    for award in awards:
        key = award.household_id
        merit, owed = (purses[key, kind].balance for kind in (AccountKind.MERIT, AccountKind.RECOVER))
        home = homes.setdefault(key, _Home(key, issue[award.village_id], purses, merit, owed))
        legs = _give_back(award, taken[award.id], home) if award.deducts else _take(award, home)
        movements += ledger.chain(f"reverse:{award.id}", legs, award, source=source, reverses=True)
    _close_notices([award.id for award in awards], now=now)
    ids = ledger.post(movements, actor=actor, now=now)
    merging.carry_over({award.household_id for award in awards}, actor=actor, now=now)
    return ids


def _where_honour_is(awards: Sequence[Award]) -> list[Award]:
    """Honour is never spent, but it goes along when a home is found to be one with another: it is taken there."""
    moved = [award for award in awards if award.target == AccountKind.HONOUR and award.outcome is not None]
    now_at = households.successor_of([award.household_id for award in moved]) if moved else {}
    homes = {award.id: now_at.get(award.household_id, award.household_id) for award in moved}
    return [replace(award, household_id=homes.get(award.id, award.household_id)) for award in awards]


def _take(award: Award, home: _Home) -> list[Leg]:
    """First what still hangs out, then what it became; merit that was spent is owed."""
    pending = award.amount if award.outcome is None else 0
    if award.target == AccountKind.HONOUR:
        side = AccountKind.PENDING if pending else AccountKind.HONOUR
        return [Leg(_REVERSE, home.purse(side), home.issue, award.amount)]
    split = split_reversal(pending, home.merit, award.amount)
    home.merit -= split.from_merit
    home.owed += split.to_recover
    return [
        Leg(_REVERSE, home.purse(AccountKind.PENDING), home.issue, split.from_pending),
        Leg(_REVERSE, home.purse(AccountKind.MERIT), home.issue, split.from_merit),
        Leg(TransferKind.RECOVER, home.issue, home.purse(AccountKind.RECOVER), split.to_recover),
    ]


def _give_back(award: Award, taken: Sequence[DeductionLeg], home: _Home) -> list[Leg]:
    """Each part returns to the purse it came from; what comes back to merit fills a debt at once."""
    origin = home.purse(AccountKind.HELD) if award.outcome is None else home.issue
    legs = [Leg(_REVERSE, origin, home.purse(leg.purse), leg.amount, reverses_id=leg.id) for leg in taken]
    home.merit += sum(leg.amount for leg in taken if leg.purse is AccountKind.MERIT)
    filled = min(home.merit, home.owed)
    home.merit, home.owed = home.merit - filled, home.owed - filled
    return [*legs, *ledger.filling(home.purses, home.id, home.issue, filled)]


def _close_notices(award_ids: Sequence[int], *, now: datetime) -> None:
    db.session.execute(
        update(PointNotice)
        .where(PointNotice.transfer_id.in_(award_ids))
        .values(settled_at=now, outcome=NoticeOutcome.REVERSED)
        .execution_options(synchronize_session=False)
    )
