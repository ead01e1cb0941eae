"""Seals of the ledger: what waits for one, and whether what was sealed is still what it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Account, Close, Seal, SealHead, Transfer
from gridcase.points.queries.periods import figures
from gridcase.points.rules import SEALED_COLUMNS, AccountKind, digest_of, short
from gridcase.points.rules.periods import Period, PeriodKind

_MOVEMENT: tuple[Any, ...] = tuple(getattr(Transfer, name) for name in SEALED_COLUMNS)
CHECKED = 12  # published periods that a check compares
# What was decided goes on changing after a month was closed; what was posted does not.
COMPARED = ("entries", "issued", "deducted", "taken_back", "redeemed", "homes")


@dataclass(frozen=True)
class SealState:
    """How far a ledger is sealed: so many movements of how many, and the seal of the last one to compare."""

    movements: int
    sealed: int
    mark: str
    at: datetime | None

    @property
    def waiting(self) -> int:
        """Movements of the last minute."""
        return self.movements - self.sealed


@dataclass(frozen=True)
class HomeCheck:
    """A home's entries checked one by one: how many fit their seal, which do not, and purses that do not add up."""

    entries: int
    sealed: int
    wrong: tuple[int, ...]
    purses: tuple[AccountKind, ...]

    @property
    def whole(self) -> bool:
        """Nothing was changed."""
        return not self.wrong and not self.purses


@dataclass(frozen=True)
class VillageCheck:
    """Whether a village's chain is whole, its books add up to 0, and which published periods do not fit."""

    chain: bool
    books: bool
    periods: int
    off: tuple[Period, ...]

    @property
    def whole(self) -> bool:
        """Nothing was changed."""
        return self.chain and self.books and not self.off


def heads_behind() -> list[SealHead]:
    """Villages with movements beyond their last seal, by id, each with its head as it stands."""
    newer = select(Transfer.id).where(Transfer.village_id == SealHead.village_id, Transfer.id > SealHead.last_id)
    return list(
        db.session.scalars(
            select(SealHead)
            .where(newer.exists())
            .order_by(SealHead.village_id)
            .execution_options(populate_existing=True)
        )
    )


def villages_without_head() -> Sequence[int]:
    """Villages that have a ledger and no chain yet."""
    return db.session.scalars(
        select(Account.village_id)
        .outerjoin(SealHead, SealHead.village_id == Account.village_id)
        .where(Account.kind == AccountKind.ISSUE, SealHead.village_id.is_(None))
        .order_by(Account.village_id)
    ).all()


def movements_after(village_id: int, last_id: int, *, limit: int) -> Sequence[Row[Any]]:
    """A village's movements beyond one, in the order of their ids, with all that a seal covers."""
    return db.session.execute(
        select(*_MOVEMENT)
        .where(Transfer.village_id == village_id, Transfer.id > last_id)
        .order_by(Transfer.id)
        .limit(limit)
    ).all()


def broken(village_id: int) -> str | None:
    """The first thing wrong with a village's chain; None when it is whole."""
    head = db.session.get(SealHead, village_id, populate_existing=True)
    before, seq, last_id = "", 0, 0
    for link in _links(village_id):
        seq += 1
        if link.seq != seq:
            return f"seal {seq} is missing"
        if link.id is None or link.village_id != village_id or digest_of(link, before) != link.digest:
            return f"transfer {link.transfer_id} (seal {seq}) was changed or removed"
        before, last_id = link.digest, link.transfer_id
    if (head.seq, head.last_id, head.digest) != (seq, last_id, before) if head else seq:
        return f"the chain ends at seal {seq}, and was {head.seq if head else 'never'} long"
    return _skipped(village_id, last_id)


def _links(village_id: int) -> Iterator[Row[Any]]:
    yield from db.session.execute(
        select(Seal.transfer_id, Seal.seq, Seal.digest, *_MOVEMENT)
        .outerjoin(Transfer, Transfer.id == Seal.transfer_id)
        .where(Seal.village_id == village_id)
        .order_by(Seal.seq)
        .execution_options(yield_per=5000)
    )


def _skipped(village_id: int, last_id: int) -> str | None:
    skipped = db.session.scalar(
        select(func.min(Transfer.id))
        .outerjoin(Seal, Seal.transfer_id == Transfer.id)
        .where(Transfer.village_id == village_id, Transfer.id <= last_id, Seal.transfer_id.is_(None))
    )
    return None if skipped is None else f"transfer {skipped} was left out of the chain"


def sealed_villages() -> Sequence[int]:
    """Villages with a chain, or with seals whose head is gone."""
    both = select(SealHead.village_id).union(select(Seal.village_id)).subquery()
    return db.session.scalars(select(both.c.village_id).order_by(both.c.village_id)).all()


def count_unsealed() -> tuple[int, datetime | None]:
    """Movements without a seal, and when the oldest of them was written."""
    row = db.session.execute(
        select(func.count(), func.min(Transfer.at))
        .select_from(Transfer)
        .outerjoin(Seal, Seal.transfer_id == Transfer.id)
        .where(Seal.transfer_id.is_(None))
    ).one()
    return row[0], row[1]


def seal_state(village_id: int) -> SealState:
    """How far a village's ledger is sealed."""
    head = db.session.get(SealHead, village_id, populate_existing=True)
    total = db.session.scalar(select(func.count()).where(Transfer.village_id == village_id)) or 0
    return SealState(total, head.seq if head else 0, short(head.digest) if head and head.seq else "", _at(head))


def _at(head: SealHead | None) -> datetime | None:
    return head.sealed_at if head else None


def seal_state_of_home(household_id: int, *, viewer: Viewer) -> SealState:
    """How far a home's own entries are sealed."""
    row = db.session.execute(
        select(func.count(Transfer.id), func.count(Seal.seq), func.max(Seal.seq))
        .select_from(Transfer)
        .join(Household, Household.id == Transfer.household_id)
        .outerjoin(Seal, Seal.transfer_id == Transfer.id)
        .where(Transfer.household_id == household_id, households.visible(viewer, Permission.SEE_POINTS))
    ).one()
    last = db.session.execute(
        select(Seal.digest, Transfer.at)
        .join(Transfer, Transfer.id == Seal.transfer_id)
        .where(Transfer.household_id == household_id, Seal.seq == row[2])
    ).first()
    return SealState(row[0], row[1], short(last.digest) if last else "", last.at if last else None)


def check_home(household_id: int, *, viewer: Viewer) -> HomeCheck:
    """Every entry of a home against its seal, and its purses against its entries."""
    own, before = aliased(Seal), aliased(Seal)
    rows = db.session.execute(
        select(*_MOVEMENT, own.digest.label("digest"), own.seq.label("seq"), before.digest.label("before"))
        .join(Household, Household.id == Transfer.household_id)
        .outerjoin(own, own.transfer_id == Transfer.id)
        .outerjoin(before, (before.village_id == own.village_id) & (before.seq == own.seq - 1))
        .where(Transfer.household_id == household_id, households.visible(viewer, Permission.SEE_POINTS))
        .order_by(Transfer.id)
    ).all()
    sealed = [row for row in rows if row.digest is not None]
    wrong = tuple(row.id for row in sealed if digest_of(row, row.before or "") != row.digest)
    return HomeCheck(len(rows), len(sealed), wrong, _purses_off(household_id, rows))


def check_village(village_id: int) -> VillageCheck:
    """A village's chain, its books, and the figures it published against its movements."""
    books = db.session.scalar(select(func.sum(Account.balance)).where(Account.village_id == village_id)) or 0
    rows = db.session.scalars(
        select(Close)
        .where(Close.village_id == village_id)
        .order_by(Close.starts_on.desc(), Close.id.desc())
        .limit(CHECKED)
    ).all()
    periods = [(row, Period(PeriodKind(row.kind), row.starts_on)) for row in rows]
    off = tuple(period for row, period in periods if not _fits(row, period))
    return VillageCheck(broken(village_id) is None, books == 0, len(rows), off)


def _fits(row: Close, period: Period) -> bool:
    found = figures(row.village_id, period, last_id=row.last_id)
    return all(getattr(row, name) == getattr(found, name) for name in COMPARED)


def _purses_off(household_id: int, rows: Sequence[Any]) -> tuple[AccountKind, ...]:
    sums: dict[int, int] = {}
    for row in rows:
        sums[row.debit_id] = sums.get(row.debit_id, 0) - row.amount
        sums[row.credit_id] = sums.get(row.credit_id, 0) + row.amount
    purses = db.session.execute(
        select(Account.id, Account.kind, Account.balance)
        .where(Account.household_id == household_id)
        .order_by(Account.id)
    )
    return tuple(AccountKind(purse.kind) for purse in purses if purse.balance != sums.get(purse.id, 0))
