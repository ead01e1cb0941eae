"""The end of a year in one village: announced, looked at, settled at once. Set-based: a county takes a minute or two.

Every movement has a key of its village, year and purse, and the row of `points_year` is claimed by a guarded UPDATE:
done twice, or by two at once, a year is settled once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, insert, literal, null, select, update
from sqlalchemy.orm import aliased

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import UtcDateTime, db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points import queries
from gridcase.points.models import Account, Transfer, YearSettlement
from gridcase.points.queries import YearPolicy
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.points.rules.periods import cleared_before, expires_before, why_not_until
from gridcase.points.rules.schemes import YearEnd
from gridcase.points.service import ledger

YEAR = "year"
_COLUMNS = (
    "key", "kind", "debit_id", "credit_id", "amount", "rule", "source_kind", "source_id", "village_id", "household_id",
    "reverses_id", "version_id", "target", "actor_user_id", "at",
)  # fmt: skip


def policy_of(village_id: int, *, on: date) -> YearPolicy:
    """What the scheme in force says; without one what is there is carried over and nobody gets base points."""
    scheme = queries.scheme_of(village_id, on=on)
    if scheme is None:
        return YearPolicy(YearEnd.CARRY, 0, 0)
    return YearPolicy(scheme.at_year_end, scheme.expire_months, scheme.base_points, scheme.id)


def announce_year(village: Grid, year: int, *, until: date, actor: Viewer, now: datetime) -> YearSettlement:
    """Say until when the points of a year can be exchanged and what becomes of the rest, by the scheme in force now.

    The villagers read it on the notice and on their own page. Once a year; a later day replaces an earlier one.
    """
    wrong = why_not_until(year, until, today=town_day(now))
    if wrong is not None:
        raise Refused(wrong, field="until")
    ledger.hold([village.id])
    row = queries.year_of(village.id, year)
    if row is not None and row.settled_at is not None:
        raise Refused(N_("%(year)s年已经结算。", year=year))
    if row is not None and until < row.redeem_until:
        raise Refused(N_("已公布的截止日不能提前，只能推后。"), field="until")
    policy = policy_of(village.id, on=town_day(now))
    if row is None:
        row = YearSettlement(village_id=village.id, year=year, path=village.path, homes=0, cleared=0, expired=0)
        db.session.add(row)
    row.redeem_until, row.announced_at, row.announced_user_id = until, now, actor.user_id
    row.policy, row.expire_months = policy.policy, policy.expire_months
    row.base_points, row.version_id = policy.base_points, policy.version_id
    db.session.flush()
    _record("points.year_announce", village, actor=actor, now=now, detail={"year": year, "until": until.isoformat()})
    return row


def settle_year(village: Grid, year: int, *, actor: Viewer, now: datetime) -> YearSettlement:
    """Settle a year whose last day to exchange has passed, as it was announced; again is as once.

    Merit is cleared (what came after the last day stays), carried or runs out; last year's base points are taken off
    and new ones given to every home in the register. What hangs out or is reserved stays, and the order of the two
    years is kept.
    """
    issue = ledger.hold([village.id])[village.id]
    _check_earlier(village, year)
    row = queries.year_of(village.id, year)
    if row is None:
        raise Refused(N_("请先公布%(year)s年的兑换截止日。", year=year))
    if row.settled_at is not None:
        return row
    if town_day(now) <= row.redeem_until:
        raise Refused(N_("兑换截止日（%(day)s）过后才能结算。", day=row.redeem_until))
    claimed: Any = db.session.execute(
        update(YearSettlement)
        .where(
            YearSettlement.village_id == village.id, YearSettlement.year == year, YearSettlement.settled_at.is_(None)
        )
        .values(settled_at=now, settled_user_id=actor.user_id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if claimed.rowcount != 1:
        return row
    work = _Settlement(village, year, row.version_id, issue, actor, now)
    work.clear(AccountKind.BASE, queries.in_purses(village.id, AccountKind.BASE), TransferKind.CLEAR)
    if row.policy == YearEnd.RESET:
        before = cleared_before(row.redeem_until)
        work.clear(AccountKind.MERIT, queries.run_out(village.id, before=before), TransferKind.CLEAR)
    elif row.policy == YearEnd.EXPIRE:
        before = expires_before(row.redeem_until, row.expire_months)
        work.clear(AccountKind.MERIT, queries.run_out(village.id, before=before), TransferKind.EXPIRE)
    granted = work.grant(year + 1, row.base_points)
    work.change_balances()
    _note(village, row, work, granted, actor=actor, now=now)
    return row


def _check_earlier(village: Grid, year: int) -> None:
    """`Refused` while an earlier year is open: it would take the base points that this one gives."""
    earlier = queries.earlier_open(village.id, year)
    if earlier is not None:
        raise Refused(N_("%(year)s年还没有结算，请先结算那一年。", year=earlier.year))


def grant_base(village: Grid, *, actor: Viewer, now: datetime) -> int:
    """Give the base points of this year to every home in the register that has none; returns how many homes.

    For the year in which a scheme begins, and for homes that came later; a settled year gives the next one's itself.
    """
    year = town_day(now).year
    issue = ledger.hold([village.id])[village.id]
    last = queries.year_of(village.id, year - 1)
    if last is not None and last.settled_at is None:
        raise Refused(N_("请先完成%(year)s年的年终结算，新一年的基础分会一起发放。", year=year - 1))
    policy = policy_of(village.id, on=town_day(now))
    if not policy.base_points:
        raise Refused(N_("积分方案没有设基础分。"))
    work = _Settlement(village, year, policy.version_id, issue, actor, now)
    homes = work.grant(year, policy.base_points)
    if homes:
        work.change_balances()
        detail = {"year": year, "homes": homes, "points": homes * policy.base_points}
        _record("points.base", village, actor=actor, now=now, detail=detail)
    return homes


class _Settlement:
    """The movements of one settlement, written by INSERT … SELECT; balances follow in one UPDATE at the end."""

    def __init__(
        self, village: Grid, year: int, version_id: int | None, issue: int, actor: Viewer, now: datetime
    ) -> None:
        self.village_id, self.year, self.issue = village.id, year, issue
        self.last_id = db.session.scalar(select(func.coalesce(func.max(Transfer.id), 0))) or 0
        self.common: Mapping[str, Any] = {
            "rule": literal(""), "source_kind": literal(YEAR), "source_id": literal(f"{village.id}:{year}"),
            "village_id": literal(village.id), "reverses_id": null(),
            "version_id": literal(version_id) if version_id is not None else null(),
            "target": literal(AccountKind.MERIT.value),
            "actor_user_id": literal(actor.user_id) if actor.user_id is not None else null(),
            "at": literal(now, UtcDateTime()),
        }  # fmt: skip

    def clear(self, purse: AccountKind, amounts: Select[Any], kind: TransferKind) -> None:
        """Every (account, household, amount) back to the village."""
        rows = amounts.subquery()
        self._move(
            select(rows),
            key=literal(f"year:{self.year}:{purse.value}:") + cast(rows.c.id, String),
            kind=literal(kind.value), debit_id=rows.c.id, credit_id=literal(self.issue), amount=rows.c.amount,
            household_id=rows.c.household_id,
        )  # fmt: skip

    def grant(self, year: int, points: int) -> int:
        """Base points of a year to every home that has none; returns how many homes."""
        if not points:
            return 0
        homes = queries.without_base(self.village_id, year).subquery()
        count = db.session.scalar(select(func.count()).select_from(homes)) or 0
        if not count:
            return 0
        self._open_purses()
        base = aliased(Account)
        joined = select(homes).join(
            base,
            and_(base.village_id == self.village_id, base.household_id == homes.c.id, base.kind == AccountKind.BASE),
        )
        self._move(
            joined,
            key=literal(f"base:{year}:") + cast(homes.c.id, String), kind=literal(TransferKind.GRANT.value),
            debit_id=literal(self.issue), credit_id=base.id, amount=literal(points), household_id=homes.c.id,
        )  # fmt: skip
        return count

    def _open_purses(self) -> None:
        own = select(Account.id).where(Account.household_id == Household.id, Account.kind == AccountKind.BASE)
        homes = select(Household.village_id, Household.id, literal(AccountKind.BASE.value), literal(0)).where(
            Household.village_id == self.village_id, households.standing(), ~own.exists()
        )
        db.session.execute(insert(Account).from_select(["village_id", "household_id", "kind", "balance"], homes))

    def _move(self, source: Select[Any], **values: Any) -> None:
        known = {**self.common, **values}
        chosen = source.with_only_columns(*(known[name].label(name) for name in _COLUMNS))
        db.session.execute(insert(Transfer).from_select(list(_COLUMNS), chosen, include_defaults=False))

    def change_balances(self) -> None:
        """Every purse by what was just written; the database refuses one that would fall below 0."""
        own = self._written()
        gained = select(Transfer.credit_id.label("account"), Transfer.amount.label("amount")).where(own)
        lost = select(Transfer.debit_id, -Transfer.amount).where(own)
        flow = gained.union_all(lost).subquery()
        sums = select(flow.c.account, func.sum(flow.c.amount).label("delta")).group_by(flow.c.account).subquery()
        db.session.execute(
            update(Account)
            .where(Account.id == sums.c.account)
            .values(balance=Account.balance + sums.c.delta)
            .execution_options(synchronize_session=False)
        )

    def _written(self) -> ColumnElement[bool]:
        source = f"{self.village_id}:{self.year}"
        return and_(Transfer.id > self.last_id, Transfer.source_kind == YEAR, Transfer.source_id == source)

    def sums(self) -> dict[str, int]:
        """What was moved, by kind and purse: the figures of the settlement's record."""
        rows = db.session.execute(
            select(
                func.sum(case((Transfer.kind == TransferKind.EXPIRE, Transfer.amount), else_=0)),
                func.sum(case((Transfer.key.like(f"year:{self.year}:merit:%"), Transfer.amount), else_=0)),
                func.sum(case((Transfer.kind == TransferKind.GRANT, Transfer.amount), else_=0)),
            ).where(self._written())
        ).one()
        expired, merit, granted = (value or 0 for value in rows)
        return {"expired": expired, "cleared": merit - expired, "granted": granted}


def _note(village: Grid, row: YearSettlement, work: _Settlement, homes: int, *, actor: Viewer, now: datetime) -> None:
    """The figures into the record and the audit row."""
    db.session.refresh(row)
    figures = work.sums()
    row.homes, row.cleared, row.expired, row.granted = homes, figures["cleared"], figures["expired"], figures["granted"]
    merit = and_(Account.village_id == village.id, Account.kind == AccountKind.MERIT)
    row.carried = db.session.scalar(select(func.coalesce(func.sum(Account.balance), 0)).where(merit)) or 0
    db.session.flush()
    detail = {"year": row.year, "policy": row.policy, "homes": homes, "carried": row.carried} | figures
    _record("points.year_settle", village, actor=actor, now=now, detail=detail)


def _record(action: str, village: Grid, *, actor: Viewer, now: datetime, detail: dict[str, Any]) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="grid", subject_id=village.id, place_path=village.path, now=now,
        detail=detail,
    )  # fmt: skip
