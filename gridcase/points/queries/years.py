"""The end of a year: what settling it would do, and the statements that the settlement itself runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Account, Transfer, YearSettlement
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.points.rules.periods import cleared_before, expires_before
from gridcase.points.rules.schemes import YearEnd


@dataclass(frozen=True)
class YearPolicy:
    """What a village's scheme says about the end of a year."""

    policy: YearEnd
    expire_months: int
    base_points: int
    version_id: int | None = None


@dataclass(frozen=True)
class YearPreview:
    """What settling a year will do: points of merit by fate, base points taken off and given anew, and what is not
    touched because it still hangs out or is reserved."""

    homes: int
    merit: int
    cleared: int
    expired: int
    base_off: int
    granted: int
    pending: int
    held: int

    @property
    def carried(self) -> int:
        """Merit that stays."""
        return self.merit - self.cleared - self.expired


def year_of(village_id: int, year: int) -> YearSettlement | None:
    """The announced or settled end of a year."""
    return db.session.get(YearSettlement, (village_id, year), populate_existing=True)


def years_of(village_id: int) -> Sequence[YearSettlement]:
    """Every year of a village that was announced, newest first."""
    return db.session.scalars(
        select(YearSettlement).where(YearSettlement.village_id == village_id).order_by(YearSettlement.year.desc())
    ).all()


def earlier_open(village_id: int, year: int) -> YearSettlement | None:
    """A year before this one that was announced and not settled."""
    return db.session.scalars(
        select(YearSettlement)
        .where(
            YearSettlement.village_id == village_id, YearSettlement.year < year, YearSettlement.settled_at.is_(None)
        )
        .order_by(YearSettlement.year)
    ).first()  # fmt: skip


def open_year(village_id: int, *, on: date) -> YearSettlement | None:
    """The announced end of a year whose last day to exchange has not passed."""
    return db.session.scalars(
        select(YearSettlement)
        .where(
            YearSettlement.village_id == village_id,
            YearSettlement.settled_at.is_(None),
            YearSettlement.redeem_until >= on,
        )
        .order_by(YearSettlement.year)
    ).first()


def without_base(village_id: int, year: int) -> Select[Any]:
    """(household id) of the homes in the register that have not got the base points of a year."""
    key = literal(f"base:{year}:") + cast(Household.id, String)
    given = select(Transfer.id).where(Transfer.key == key).exists()
    return select(Household.id).where(Household.village_id == village_id, households.standing(), ~given)


def count_without_base(village_id: int, year: int) -> int:
    """How many homes still wait for the base points of a year."""
    return db.session.scalar(select(func.count()).select_from(without_base(village_id, year).subquery())) or 0


def in_purses(village_id: int, kind: AccountKind) -> Select[Any]:
    """(account, household, all it holds) of the purses of one kind that hold something."""
    columns: tuple[Any, ...] = (Account.id, Account.household_id, Account.balance.label("amount"))
    return select(*columns).where(*_holding(village_id, kind))


def run_out(village_id: int, *, before: datetime) -> Select[Any]:
    """(account, household, merit that has run out): earned before a moment and not used up since; what was earned
    first is used first. What came back from the counter or from a deduction counts as not used."""
    merit = aliased(Account)
    returned = Transfer.kind.in_((TransferKind.RELEASE, TransferKind.REVERSE))
    came = Transfer.credit_id == merit.id
    moved = case(
        (and_(came, returned), Transfer.amount),
        (and_(came, Transfer.at < before), Transfer.amount),
        (Transfer.debit_id == merit.id, -Transfer.amount),
        else_=0,
    )
    left = (
        select(merit.id, merit.household_id, merit.balance, func.sum(moved).label("old"))
        .select_from(Transfer)
        .join(merit, and_(merit.household_id == Transfer.household_id, merit.kind == AccountKind.MERIT))
        .where(Transfer.village_id == village_id, *_holding(village_id, AccountKind.MERIT, merit))
        .group_by(merit.id, merit.household_id, merit.balance)
        .subquery()
    )
    amount = case((left.c.old > left.c.balance, left.c.balance), else_=left.c.old)
    return select(left.c.id, left.c.household_id, amount.label("amount")).where(left.c.old > 0)


def _holding(village_id: int, kind: AccountKind, account: Any = Account) -> tuple[ColumnElement[bool], ...]:
    return (account.village_id == village_id, account.kind == kind, account.balance > 0)


def preview_year(village_id: int, year: int, *, until: date, policy: YearPolicy) -> YearPreview:
    """What settling a year by a policy would do if it were done now."""
    rows = db.session.execute(
        select(Account.kind, func.sum(Account.balance)).where(Account.village_id == village_id).group_by(Account.kind)
    )
    by_kind: dict[str, int] = {row[0]: row[1] for row in rows}
    merit = by_kind.get(AccountKind.MERIT, 0)
    homes = count_without_base(village_id, year + 1) if policy.base_points else 0
    cleared = expired = 0
    if policy.policy is YearEnd.RESET:
        cleared = _sum(run_out(village_id, before=cleared_before(until)))
    if policy.policy is YearEnd.EXPIRE:
        before = expires_before(until, policy.expire_months)
        expired = _sum(run_out(village_id, before=before))
    return YearPreview(
        homes=_homes(village_id),
        merit=merit,
        cleared=cleared,
        expired=expired,
        base_off=by_kind.get(AccountKind.BASE, 0),
        granted=homes * policy.base_points,
        pending=by_kind.get(AccountKind.PENDING, 0),
        held=by_kind.get(AccountKind.HELD, 0),
    )


def _sum(query: Select[Any]) -> int:
    rows = query.subquery()
    return db.session.scalar(select(func.coalesce(func.sum(rows.c.amount), 0))) or 0


def _homes(village_id: int) -> int:
    standing = (Household.village_id == village_id, households.standing())
    return db.session.scalar(select(func.count()).select_from(Household).where(*standing)) or 0
