"""The ledger's core: purses, locks, and balanced movements. Everything that moves points goes through `post`.

The village's issue account is the lock of its ledger: `hold` takes it first, always in the order of the ids, so that
two writers never wait for each other crosswise. On SQLite the write transaction itself is the lock. Correctness rests
on neither: balances change by guarded UPDATEs only, and a movement's key is unique.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.points.models import Account, Transfer
from gridcase.points.queries import Award
from gridcase.points.rules import AccountKind, TransferKind

HOME_PURSES = tuple(kind for kind in AccountKind if kind is not AccountKind.ISSUE)


_LINKED = frozenset({TransferKind.REVERSE, TransferKind.RECOVER})  # what takes an award back names it


@dataclass(frozen=True)
class Purse:
    """One account as it stands under the lock."""

    id: int
    balance: int


Purses = Mapping[tuple[int, str], Purse]  # by household and kind


@dataclass(frozen=True)
class Movement:
    """`amount` points (above 0) from the account `debit_id` to `credit_id`; `key` makes it impossible twice."""

    key: str
    kind: TransferKind
    debit_id: int
    credit_id: int
    amount: int
    rule: str
    source_kind: str
    source_id: str
    village_id: int
    household_id: int
    reverses_id: int | None = None
    version_id: int | None = None
    target: AccountKind = AccountKind.MERIT


@dataclass(frozen=True)
class Leg:
    """One part of a deed that may take several movements; `reverses_id` where it takes back another than the award."""

    kind: TransferKind
    debit_id: int
    credit_id: int
    amount: int
    reverses_id: int | None = None


def chain(
    anchor: str, legs: Sequence[Leg], award: Award, *, source: tuple[str, str], reverses: bool = False
) -> list[Movement]:
    """The movements of one deed on an award, empty legs left out.

    The first carries `anchor` as its key whatever legs there are, so that of two racing writers one fails.
    """
    moving = [leg for leg in legs if leg.amount]
    return [
        Movement(
            key=anchor if number == 1 else f"{anchor}:{number}",
            kind=leg.kind,
            debit_id=leg.debit_id,
            credit_id=leg.credit_id,
            amount=leg.amount,
            rule=award.rule,
            source_kind=source[0],
            source_id=source[1],
            village_id=award.village_id,
            household_id=award.household_id,
            reverses_id=leg.reverses_id or (award.id if reverses and leg.kind in _LINKED else None),
            version_id=award.version_id,
            target=AccountKind(award.target),
        )
        for number, leg in enumerate(moving, start=1)
    ]


def filling(purses: Purses, home: int, issue: int, amount: int) -> tuple[Leg, Leg]:
    """`amount` of merit fills what a home owes."""
    return (
        Leg(TransferKind.FILL, purses[home, AccountKind.MERIT].id, issue, amount),
        Leg(TransferKind.FILL, purses[home, AccountKind.RECOVER].id, issue, amount),
    )


def hold(village_ids: Collection[int]) -> dict[int, int]:
    """Lock the ledgers of these villages until the transaction ends; returns their issue accounts."""
    wanted = sorted(set(village_ids))
    _open_missing([_purse_row(village_id, None, AccountKind.ISSUE) for village_id in wanted])
    rows = db.session.execute(
        select(Account.village_id, Account.id)
        .where(Account.village_id.in_(wanted), Account.kind == AccountKind.ISSUE)
        .order_by(Account.id)
        .with_for_update()
    )
    return {row.village_id: row.id for row in rows}


def purses_of(homes: Iterable[tuple[int, int]]) -> dict[tuple[int, str], Purse]:
    """The purses of (village, household) pairs by (household, kind), opened where missing; `hold` comes first."""
    wanted = sorted(set(homes))
    household_ids = [household_id for _, household_id in wanted]
    found = _purses(household_ids)
    missing = [
        _purse_row(village_id, household_id, kind)
        for village_id, household_id in wanted
        for kind in HOME_PURSES
        if (household_id, kind) not in found
    ]
    if missing:
        _open_missing(missing)
        found = _purses(household_ids)
    return found


def _purses(household_ids: Sequence[int]) -> dict[tuple[int, str], Purse]:
    rows = db.session.execute(
        select(Account.id, Account.household_id, Account.kind, Account.balance)
        .where(Account.household_id.in_(household_ids))
        .order_by(Account.id)
    )
    return {(row.household_id, row.kind): Purse(row.id, row.balance) for row in rows}


def _purse_row(village_id: int, household_id: int | None, kind: AccountKind) -> dict[str, Any]:
    return {"village_id": village_id, "household_id": household_id, "kind": kind, "balance": 0}


def _open_missing(rows: Sequence[dict[str, Any]]) -> None:
    dialect: Any = postgresql if dialect_name() == "postgresql" else sqlite
    # past the session, which would ask for an audit row: an empty purse is no deed
    db.session.connection().execute(dialect.insert(_PURSE).on_conflict_do_nothing(), rows)


def post(movements: Sequence[Movement], *, actor: Viewer, now: datetime) -> list[int]:
    """Write movements and change the balances; returns the transfers' ids in order.

    `Refused` when a purse would fall below 0: then nothing is kept, as the caller's transaction is rolled back.
    """
    if not movements:
        return []
    values = [vars(movement) | {"actor_user_id": actor.user_id, "at": now} for movement in movements]
    made = db.session.execute(insert(Transfer).returning(Transfer.key, Transfer.id), values)
    ids = {row.key: row.id for row in made}
    changes: Counter[int] = Counter()
    for movement in movements:
        changes[movement.debit_id] -= movement.amount
        changes[movement.credit_id] += movement.amount
    deltas = [{"account": key, "delta": changes[key]} for key in sorted(changes) if changes[key]]
    if deltas and db.session.connection().execute(_CHANGE, deltas).rowcount != len(deltas):
        raise Refused(N_("积分不够，这一笔没有记。"))
    return [ids[movement.key] for movement in movements]


_PURSE = cast(Table, Account.__table__)
_CHANGE = (
    update(_PURSE)
    .where(
        _PURSE.c.id == bindparam("account"),
        or_(_PURSE.c.balance + bindparam("delta") >= 0, _PURSE.c.kind == AccountKind.ISSUE),
    )
    .values(balance=_PURSE.c.balance + bindparam("delta"))
)
