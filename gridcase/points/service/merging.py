"""Two records of one home have one purse: what the double holds and owes goes to the kept home, through the village.

What was declared for the double and what keeps it from exchange hold for the kept home too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Correction, Declaration, Reply, Transfer, Veto
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.points.service import ledger
from gridcase.points.service.ledger import Movement

SOURCE, RULE = "household", ""
_Leg = tuple[AccountKind, AccountKind, int]
_ISSUE, _MERIT, _BASE = AccountKind.ISSUE, AccountKind.MERIT, AccountKind.BASE
_HONOUR, _OWED = AccountKind.HONOUR, AccountKind.RECOVER


def merge_accounts(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """What the double holds and owes becomes the kept home's; a debt is filled from merit at once. One home has one
    base: the larger stays. What hangs out or is set aside follows when that has ended. Returns the points of merit that
    moved; called again, what is new."""
    if double.village_id != kept.village_id:
        raise Refused(N_("两户不在同一个村，积分账不能合并。"))
    village = double.village_id
    issue = ledger.hold({village})[village]
    purses = ledger.purses_of([(village, double.id), (village, kept.id)])
    gone = {kind: purses[double.id, kind].balance for kind in (_MERIT, _BASE, _HONOUR, _OWED)}
    has = {kind: purses[kept.id, kind].balance for kind in gone}
    if not any(gone.values()):
        return 0
    come = gone | {_BASE: max(0, gone[_BASE] - has[_BASE])}
    filled = min(has[_MERIT] + come[_MERIT], has[_OWED] + come[_OWED])
    gives: list[_Leg] = [(kind, _ISSUE, amount) for kind, amount in gone.items()]
    takes: list[_Leg] = [(_ISSUE, kind, amount) for kind, amount in come.items()]
    takes += [(_MERIT, _ISSUE, filled), (_OWED, _ISSUE, filled)]
    movements = _movements(double.id, village, issue, purses, gives)
    movements += _movements(kept.id, village, issue, purses, takes)
    ids = ledger.post(movements, actor=actor, now=now)
    audit.record(
        actor=actor, action="points.merge", subject_kind="household", subject_id=kept.id, place_path=kept.path,
        now=now, detail={"double": double.id, "merit": gone[_MERIT], "owed": gone[_OWED], "transfers": ids},
    )  # fmt: skip
    return gone[_MERIT]


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """Vetoes, declarations, requests for correction and replies are the kept home's; returns how many."""
    moved = 0
    for model in (Veto, Declaration, Correction, Reply):
        values: dict[str, object] = {"household_id": kept.id}
        if model in (Veto, Declaration):
            values["path"] = kept.path
        found: Any = db.session.execute(
            update(model).where(model.household_id == double.id).values(values),
            execution_options={"synchronize_session": False},
        )
        moved += found.rowcount
        if found.rowcount:
            audit.record(
                actor=actor, action="points.repoint", subject_kind="household", subject_id=kept.id,
                place_path=kept.path, now=now,
                detail={"double": double.id, "kind": model.__tablename__, "count": found.rowcount},
            )  # fmt: skip
    return moved


def _movements(
    home: int,
    village: int,
    issue: int,
    purses: Mapping[tuple[int, str], ledger.Purse],
    legs: list[_Leg],
) -> list[Movement]:
    """The legs that move something; their keys go on from what the home's ledger has of this kind."""
    before = db.session.scalar(
        select(func.count()).where(Transfer.household_id == home, Transfer.kind == TransferKind.MERGE)
    )

    def account(kind: AccountKind) -> int:
        return issue if kind is AccountKind.ISSUE else purses[home, kind].id

    return [
        Movement(
            key=f"merge:{home}:{(before or 0) + number}", kind=TransferKind.MERGE,
            debit_id=account(debit), credit_id=account(credit), amount=amount, rule=RULE, source_kind=SOURCE,
            source_id=str(home), village_id=village, household_id=home,
        )
        for number, (debit, credit, amount) in enumerate((leg for leg in legs if leg[2]), start=1)
    ]  # fmt: skip


def carry_over(household_ids: Collection[int], *, actor: Viewer, now: datetime) -> None:
    """What came into the purse of a home that is one with another goes on to that one."""
    found = households.successor_of(sorted(set(household_ids)))
    for double_id, kept_id in sorted(found.items()):
        double, kept = db.session.get_one(Household, double_id), db.session.get_one(Household, kept_id)
        merge_accounts(double, kept, actor=actor, now=now)
