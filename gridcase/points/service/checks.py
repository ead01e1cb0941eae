"""Whether the ledger is whole: for `gridcase doctor` and `gridcase points verify`."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from gridcase.core.db import db, hold_writers
from gridcase.points.models import Account, PointNotice, Transfer
from gridcase.points.queries import SECOND_LEG
from gridcase.points.rules import LEGS, AccountKind, NoticeOutcome, TransferKind
from gridcase.points.service.spending import END, HOLD

Statement = Select[*tuple[Any, ...]]


def verify() -> list[str]:
    """What is wrong, one sentence each; empty when the ledger is whole. A few statements, whatever its size."""
    return [
        sentence.format(**row._mapping)
        for statement, sentence in _checks().items()
        for row in db.session.execute(statement)
    ]


def mend_balances() -> int:
    """Set balances to what their transfers add up to; returns how many. Transfers that add up below 0 are no counter's
    mistake and stay for a person to look at. One transaction of the caller's."""
    hold_writers(Account)
    rows = [
        {"id": row.id, "balance": row.replayed}
        for row in db.session.execute(_replay())
        if row.replayed >= 0 or row.kind == AccountKind.ISSUE
    ]
    if rows:
        db.session.execute(update(Account), rows)
    return len(rows)


@cache
def _checks() -> dict[Statement, str]:
    """Statements that find nothing in a whole ledger, and what each row they find says. Made once: that takes longer
    than asking them."""
    return {
        _totals(): "village {village_id}: the balances add up to {total} instead of 0",
        _replay(): "account {id}: balance {balance}, its transfers say {replayed}",
        _negative(): "account {id}: balance {balance} below 0",
        _legs(): "transfer {id}: moves between accounts it has no business with",
        _taken_in_part(): "award {id}: {taken} of {amount} points taken back",
        _loose_reversals(): "transfer {id}: a reversal linked to nothing",
        _notices(): "award {id}: its notice and its movements disagree",
        _open(): "account {id}: holds {balance}, open entries say {left}",
    }


def _totals() -> Statement:
    return (
        select(Account.village_id, func.sum(Account.balance).label("total"))
        .group_by(Account.village_id)
        .having(func.sum(Account.balance) != 0)
        .order_by(Account.village_id)
    )


def _replay() -> Statement:
    """Stored balance against the transfers from zero."""
    both = select(Transfer.credit_id.label("account_id"), Transfer.amount.label("amount")).union_all(
        select(Transfer.debit_id, -Transfer.amount)
    )
    flow = both.subquery()
    sums = select(flow.c.account_id, func.sum(flow.c.amount).label("total")).group_by(flow.c.account_id).subquery()
    replayed = func.coalesce(sums.c.total, 0)
    return (
        select(Account.id, Account.kind, Account.balance, replayed.label("replayed"))
        .outerjoin(sums, sums.c.account_id == Account.id)
        .where(Account.balance != replayed)
        .order_by(Account.id)
    )


def _negative() -> Statement:
    return (
        select(Account.id, Account.balance)
        .where(Account.balance < 0, Account.kind != AccountKind.ISSUE)
        .order_by(Account.id)
    )


def _legs() -> Statement:
    """Both accounts belong to the transfer's village and household; each kind moves along its legs only."""
    debit, credit = aliased(Account), aliased(Account)
    return (
        select(Transfer.id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(or_(_foreign(debit), _foreign(credit), ~_known_leg(debit, credit)))
        .order_by(Transfer.id)
    )


def _known_leg(debit: type[Account], credit: type[Account]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(Transfer.kind == kind, debit.kind == source, credit.kind == target)
            for kind, legs in LEGS.items()
            for source, target in sorted(legs)
        ),
        Transfer.kind.not_in(LEGS),
    )


def _foreign(account: type[Account]) -> ColumnElement[bool]:
    household = and_(account.kind != AccountKind.ISSUE, account.household_id != Transfer.household_id)
    return or_(account.village_id != Transfer.village_id, household)


def _taken_in_part() -> Statement:
    """What takes an award back takes all of it, once."""
    back = aliased(Transfer)
    taken = func.sum(back.amount)
    return (
        select(Transfer.id, Transfer.amount, taken.label("taken"))
        .join(back, back.reverses_id == Transfer.id)
        .group_by(Transfer.id, Transfer.amount)
        .having(taken != Transfer.amount)
        .order_by(Transfer.id)
    )


def _loose_reversals() -> Statement:
    """What takes an award back is linked to it."""
    return (
        select(Transfer.id)
        .where(Transfer.kind.in_((TransferKind.REVERSE, TransferKind.RECOVER)), Transfer.reverses_id.is_(None))
        .order_by(Transfer.id)
    )


def _notices() -> Statement:
    """What hangs out has its notice; a settled notice has the movement that its outcome names, an open one has none."""
    matured, back = aliased(Transfer), aliased(Transfer)
    has_matured = select(matured.id).where(matured.key == literal("mature:") + cast(Transfer.id, String)).exists()
    taken_back = select(back.id).where(back.reverses_id == Transfer.id).exists()
    fits = case(
        (PointNotice.transfer_id.is_(None), False),
        (PointNotice.outcome == NoticeOutcome.MERIT, and_(has_matured, ~taken_back)),
        (PointNotice.outcome == NoticeOutcome.REVERSED, taken_back),
        else_=and_(PointNotice.settled_at.is_(None), ~has_matured, ~taken_back),
    )
    return (
        select(Transfer.id)
        .outerjoin(PointNotice, PointNotice.transfer_id == Transfer.id)
        .where(_hangs_out(Transfer), ~fits)
        .order_by(Transfer.id)
    )


def _hangs_out(transfer: type[Transfer]) -> ColumnElement[bool]:
    """Movements with a notice of their own: what a deduction took from merit besides base hangs on its first leg."""
    first = and_(transfer.kind == TransferKind.DEDUCT, transfer.key.not_like(f"%{SECOND_LEG}"))
    return or_(transfer.kind == TransferKind.AWARD, first)


def _open() -> Statement:
    """What is pending and set aside is exactly what still hangs out and what is reserved and not yet ended."""
    second, ended = aliased(Transfer), aliased(Transfer)
    purse = case((Transfer.kind == TransferKind.AWARD, AccountKind.PENDING), else_=AccountKind.HELD)
    hanging = (
        select(
            Transfer.household_id,
            purse.label("kind"),
            (Transfer.amount + func.coalesce(second.amount, 0)).label("left"),
        )
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .outerjoin(second, second.key == Transfer.key + SECOND_LEG)
        .where(_hangs_out(Transfer), PointNotice.settled_at.is_(None))
    )
    end_key = literal(f"{END}:") + func.substr(Transfer.key, len(HOLD) + 2)
    reserved = select(Transfer.household_id, literal(AccountKind.HELD.value), Transfer.amount).where(
        Transfer.kind == TransferKind.HOLD, ~select(ended.id).where(ended.key == end_key).exists()
    )
    both = hanging.union_all(reserved).subquery()
    sums = (
        select(both.c.household_id, both.c.kind, func.sum(both.c.left).label("left"))
        .group_by(both.c.household_id, both.c.kind)
        .subquery()
    )
    left = func.coalesce(sums.c.left, 0)
    return (
        select(Account.id, Account.balance, left.label("left"))
        .outerjoin(sums, and_(sums.c.household_id == Account.household_id, sums.c.kind == Account.kind))
        .where(Account.kind.in_((AccountKind.PENDING, AccountKind.HELD)), Account.balance != left)
        .order_by(Account.id)
    )
