"""What a review decided, posted: points given or taken, on public notice first. And what a home brought along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import insert

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import Household
from gridcase.points import queries
from gridcase.points.models import PointNotice, Transfer
from gridcase.points.queries import SECOND_LEG
from gridcase.points.rules import NOTICE_DAYS, AccountKind, TransferKind, notice_closes_on, split_deduction
from gridcase.points.service import budget, ledger
from gridcase.points.service.ledger import Movement

HISTORY = "history"


def post_award(
    *,
    household_id: int,
    points: int,
    account: str = AccountKind.MERIT,
    rule: str,
    version_id: int | None,
    source_kind: str,
    source_id: str,
    key: str,
    notice_days: int = NOTICE_DAYS,
    actor: Viewer,
    now: datetime,
) -> Transfer | None:
    """Post points (below 0: a deduction) and open their public notice; returns the movement that the notice hangs on.

    Points given become merit or honour when the notice has run out; points taken come out of base, then merit, and are
    set aside until then. None for a deduction that finds nothing to take. The same `key` again posts nothing more.
    """
    if account not in {AccountKind.MERIT, AccountKind.HONOUR} or not points:
        raise ValueError("points go to merit or honour, and 0 points are no entry")
    home = db.session.get_one(Household, household_id)
    issue = ledger.hold([home.village_id])[home.village_id]
    already = queries.posted(key)
    if already is not None:
        return already
    purses = ledger.purses_of([(home.village_id, home.id)])
    legs = _give(issue, purses, home.id, points) if points > 0 else _take(purses, home.id, -points)
    movements = [
        Movement(
            key=key + suffix, kind=kind, debit_id=debit, credit_id=credit, amount=amount, rule=rule,
            source_kind=source_kind, source_id=source_id, village_id=home.village_id, household_id=home.id,
            version_id=version_id, target=AccountKind(account),
        )
        for suffix, (kind, debit, credit, amount) in zip(("", SECOND_LEG), legs, strict=False)
    ]  # fmt: skip
    ids = ledger.post(movements, actor=actor, now=now)
    open_notices(ids[:1], movements[:1], opens_on=town_day(now), days=notice_days)
    budget.warn([home.village_id], now=now)
    audit.record(
        actor=actor, action="points.post", subject_kind="household", subject_id=home.id, now=now,
        place_path=home.path, detail={"rule": rule, "points": points, "source": f"{source_kind}:{source_id}"[:60],
        "transfers": ids},
    )  # fmt: skip
    return db.session.get_one(Transfer, ids[0]) if ids else None


_Leg = tuple[TransferKind, int, int, int]


def _give(issue: int, purses: ledger.Purses, home: int, points: int) -> list[_Leg]:
    return [(TransferKind.AWARD, issue, purses[home, AccountKind.PENDING].id, points)]


def _take(purses: ledger.Purses, home: int, points: int) -> list[_Leg]:
    held = purses[home, AccountKind.HELD].id
    sides = [purses[home, kind] for kind in (AccountKind.BASE, AccountKind.MERIT)]
    parts = split_deduction(sides[0].balance, sides[1].balance, points)
    return [(TransferKind.DEDUCT, side.id, held, part) for side, part in zip(sides, parts, strict=True) if part]


def open_notices(ids: Sequence[int], movements: Sequence[Movement], *, opens_on: date, days: int) -> None:
    """Hang these movements out for `days` whole days."""
    rows = [
        {
            "transfer_id": transfer_id, "village_id": movement.village_id, "opens_on": opens_on,
            "closes_on": notice_closes_on(opens_on, days),
        }
        for transfer_id, movement in zip(ids, movements, strict=True)
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(PointNotice), rows)


def post_history(
    *, household_id: int, points: int, redeemed: int, on: date, note: str = "", actor: Viewer, now: datetime
) -> Transfer | None:
    """Bring in what a home had earned and redeemed up to a day in another system; the difference is its merit now.

    Once a home and day: the same again is as once, other figures are refused. Returns the movement of what was earned.
    """
    if points < 0 or redeemed < 0:
        raise Refused(N_("积分和已兑换积分不能小于 0。"), field="points")
    if redeemed > points:
        raise Refused(N_("已兑换的积分不能多于得到的积分。"), field="redeemed")
    home = db.session.get_one(Household, household_id)
    issue = ledger.hold([home.village_id])[home.village_id]
    key = f"{HISTORY}:{home.id}:{on.isoformat()}"
    already, spent = queries.posted(key), queries.posted(key + SECOND_LEG)
    if already is not None:
        if (already.amount, spent.amount if spent else 0) != (points, redeemed):
            raise Refused(N_("这户到这一天的原有积分已经转入，不能再改。"), field="points")
        return already
    merit = ledger.purses_of([(home.village_id, home.id)])[home.id, AccountKind.MERIT].id
    legs = [("", issue, merit, points), (SECOND_LEG, merit, issue, redeemed)]
    movements = [
        Movement(
            key=key + suffix, kind=TransferKind.HISTORY, debit_id=debit, credit_id=credit, amount=amount, rule="",
            source_kind=HISTORY, source_id=on.isoformat(), village_id=home.village_id, household_id=home.id,
        )
        for suffix, debit, credit, amount in legs
        if amount
    ]  # fmt: skip
    ids = ledger.post(movements, actor=actor, now=now)
    if not ids:
        return None
    audit.record(
        actor=actor, action="points.history", subject_kind="household", subject_id=home.id, now=now,
        place_path=home.path, detail={"points": points, "redeemed": redeemed, "until": on.isoformat(),
        "note": note[:60], "transfers": ids},
    )  # fmt: skip
    return db.session.get_one(Transfer, ids[0])
