"""Merit set aside at the shop, and then spent or given back. `key` is the shop's; it holds once and ends once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import Household
from gridcase.points import queries
from gridcase.points.models import Goods, Transfer
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.points.service import ledger, merging
from gridcase.points.service.ledger import Movement

HOLD, END = "hold", "held"  # a reservation has one end: the key is the same for spent and given back
RULE = "shop"


def hold_for(
    *, household_id: int, amount: int, key: str, source_kind: str, source_id: str, actor: Viewer, now: datetime
) -> Transfer:
    """Set merit of a home aside; the same `key` again is as once. `Refused` where there is not enough."""
    if amount <= 0:
        raise Refused(N_("请填大于 0 的积分。"), field="amount")
    home = db.session.get_one(Household, household_id)
    village = home.village_id
    ledger.hold([village])
    already = queries.posted(f"{HOLD}:{key}")
    if already is not None:
        return already
    free_on = queries.frozen_until(home.id, on=town_day(now))
    if free_on is not None:
        raise Refused(N_("这户的积分暂停兑换，%(day)s起恢复。", day=free_on))
    purses = ledger.purses_of([(village, home.id)])
    merit = purses[home.id, AccountKind.MERIT]
    if merit.balance < amount:
        raise Refused(N_("可兑换积分只有 %(points)s 分，不够这一次兑换。", points=merit.balance))
    moved = Movement(
        key=f"{HOLD}:{key}", kind=TransferKind.HOLD, debit_id=merit.id, credit_id=purses[home.id, AccountKind.HELD].id,
        amount=amount, rule=RULE, source_kind=source_kind, source_id=source_id, village_id=village,
        household_id=home.id,
    )  # fmt: skip
    return _write("points.hold", [moved], home, actor=actor, now=now)


def release(key: str, *, actor: Viewer, now: datetime) -> Transfer:
    """Give back what was set aside under `key`; again is as once. `Refused` when it was spent meanwhile."""
    held, home, issue = _held(key)
    already = queries.posted(f"{END}:{key}")
    if already is not None:
        return _ended(already, TransferKind.RELEASE)
    purses = ledger.purses_of([(home.village_id, home.id)])
    merit, owed = purses[home.id, AccountKind.MERIT], purses[home.id, AccountKind.RECOVER].balance
    movements = [_end(held, TransferKind.RELEASE, credit_id=merit.id, key=f"{END}:{key}")]
    legs = ledger.filling(purses, home.id, issue, min(owed, merit.balance + held.amount))
    movements += [
        Movement(
            key=f"{END}:{key}:{number}", kind=leg.kind, debit_id=leg.debit_id, credit_id=leg.credit_id,
            amount=leg.amount, rule=RULE, source_kind=held.source_kind, source_id=held.source_id,
            village_id=home.village_id, household_id=home.id,
        )
        for number, leg in enumerate(legs, start=2)
        if leg.amount
    ]  # fmt: skip
    made = _write("points.release", movements, home, actor=actor, now=now)
    merging.carry_over([home.id], actor=actor, now=now)
    return made


def spend(key: str, *, goods_fen: int = 0, actor: Viewer, now: datetime) -> Transfer:
    """Spend what was set aside under `key`; again is as once. `Refused` when it was given back meanwhile.

    `goods_fen`: what the goods handed over were worth, for the report.
    """
    held, home, issue = _held(key)
    already = queries.posted(f"{END}:{key}")
    if already is not None:
        return _ended(already, TransferKind.SPEND)
    moved = _end(held, TransferKind.SPEND, credit_id=issue, key=f"{END}:{key}")
    made = _write("points.spend", [moved], home, actor=actor, now=now)
    if goods_fen:
        db.session.execute(insert(Goods), [{"transfer_id": made.id, "goods_fen": goods_fen}])
    return made


def _held(key: str) -> tuple[Transfer, Household, int]:
    """The reservation, its home, and the village's issue account, the ledger being held."""
    found = queries.posted(f"{HOLD}:{key}")
    if found is None:
        raise Refused(N_("没有这一笔预留，请重新下单。"))
    issue = ledger.hold([found.village_id])[found.village_id]
    return found, db.session.get_one(Household, found.household_id), issue


def _end(held: Transfer, kind: TransferKind, *, credit_id: int, key: str) -> Movement:
    return Movement(
        key=key, kind=kind, debit_id=held.credit_id, credit_id=credit_id, amount=held.amount, rule=RULE,
        source_kind=held.source_kind, source_id=held.source_id, village_id=held.village_id,
        household_id=held.household_id,
    )  # fmt: skip


def _ended(found: Transfer, wanted: TransferKind) -> Transfer:
    if found.kind == wanted:
        return found
    if found.kind == TransferKind.SPEND:
        raise Refused(N_("这一笔已经兑换，不能再退回。"))
    raise Refused(N_("这一笔预留已经退回，请重新下单。"))


def _write(action: str, movements: list[Movement], home: Household, *, actor: Viewer, now: datetime) -> Transfer:
    ids = ledger.post(movements, actor=actor, now=now)
    audit.record(
        actor=actor, action=action, subject_kind="household", subject_id=home.id, now=now, place_path=home.path,
        detail={"points": movements[0].amount, "transfers": ids, "source_id": movements[0].source_id},
    )  # fmt: skip
    return db.session.get_one(Transfer, ids[0])
