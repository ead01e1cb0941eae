"""What the service asks of the ledger, the register and the notices: about awards, not about viewers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.households.models import Member
from gridcase.people.models import Holding, Post
from gridcase.people.queries import valid_on
from gridcase.points.models import Account, PointNotice, Transfer
from gridcase.points.rules import AccountKind, NoticeOutcome, TransferKind, Window

SECOND_LEG = "/merit"  # what a deduction takes from merit beyond the base points; ends the key of its first leg


@dataclass(frozen=True)
class Award:
    """An award with the outcome of its notice, or a deduction: then `id` is its first leg, `amount` that leg's."""

    id: int
    household_id: int
    village_id: int
    amount: int
    rule: str
    source_kind: str
    source_id: str
    outcome: str | None
    kind: str = TransferKind.AWARD
    target: str = AccountKind.MERIT
    version_id: int | None = None

    @property
    def deducts(self) -> bool:
        """Whether points were taken instead of given."""
        return self.kind == TransferKind.DEDUCT


@dataclass(frozen=True)
class DeductionLeg:
    """One movement of a deduction: so many points out of base or merit."""

    id: int
    purse: AccountKind
    amount: int


@dataclass(frozen=True)
class DueNotice:
    """A public notice that ran out."""

    transfer_id: int
    village_id: int


def kin_homes(person_id: int | None) -> frozenset[int]:
    """The homes of a person and of kin as the register knows them: everybody who ever shared a home."""
    if person_id is None:
        return frozenset()
    homes = select(Member.household_id).where(Member.person_id == person_id, known(Member))
    kin = select(Member.person_id).where(Member.household_id.in_(homes), known(Member))
    return frozenset(db.session.scalars(select(Member.household_id).where(Member.person_id.in_(kin), known(Member))))


def paid_homes(household_ids: Collection[int], *, on: date) -> frozenset[int]:
    """Of these households, those in which somebody holds a paid post."""
    return frozenset(
        db.session.scalars(
            select(Member.household_id)
            .join(Holding, Holding.person_id == Member.person_id)
            .join(Post, Post.id == Holding.post_id)
            .where(
                Member.household_id.in_(household_ids),
                in_force(Member, on),
                Post.paid,
                valid_on(Holding, on),
                valid_on(Post, on),
            )
        )
    )


def earned(household_id: int, rules: Collection[str], *, window: Window) -> int:
    """What these rules gave a household between two days of the town, less what was taken back."""
    begins, ends = (datetime.combine(day, time(), TOWN_ZONE) for day in window)
    total: int | None = db.session.scalar(
        select(func.sum(Transfer.amount))
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .where(
            Transfer.household_id == household_id,
            Transfer.kind == TransferKind.AWARD,
            Transfer.rule.in_(rules),
            Transfer.at >= begins,
            Transfer.at < ends,
            _stands(),
        )
    )
    return total or 0


def rounds_of_case(case_id: int) -> dict[tuple[str, int], int]:
    """How often reopenings took back what a case had earned, by (rule, household).

    What an objection took back does not count: closing the case again does not bring it back.
    """
    times = func.count(Transfer.reverses_id.distinct())
    rows = db.session.execute(
        select(Transfer.rule, Transfer.household_id, times)
        .where(
            Transfer.source_kind == "case",
            Transfer.source_id == str(case_id),
            Transfer.reverses_id.is_not(None),
        )
        .group_by(Transfer.rule, Transfer.household_id)
    )
    return {(rule, household_id): count for rule, household_id, count in rows}


def is_posted(key: str) -> bool:
    """Whether a movement with this key exists."""
    return db.session.scalar(select(Transfer.id).where(Transfer.key == key)) is not None


def posted(key: str) -> Transfer | None:
    """The movement with this key."""
    return db.session.scalars(select(Transfer).where(Transfer.key == key)).first()


def deduction_legs(anchor_ids: Collection[int]) -> dict[int, list[DeductionLeg]]:
    """What each deduction took, by its first leg: base before merit."""
    if not anchor_ids:
        return {}
    leg = aliased(Transfer)
    rows = db.session.execute(
        select(Transfer.id, leg.id, Account.kind, leg.amount)
        .join(leg, leg.key.in_((Transfer.key, Transfer.key + SECOND_LEG)))
        .join(Account, Account.id == leg.debit_id)
        .where(Transfer.id.in_(anchor_ids))
        .order_by(leg.id)
    )
    found: dict[int, list[DeductionLeg]] = {}
    for anchor, leg_id, purse, amount in rows:
        found.setdefault(anchor, []).append(DeductionLeg(leg_id, AccountKind(purse), amount))
    return found


def standing_awards(source_kind: str, source_id: str) -> list[Award]:
    """The awards of one source that nobody has taken back, oldest first."""
    return _awards(Transfer.source_kind == source_kind, Transfer.source_id == source_id, _stands())


def awards_by_id(ids: Collection[int]) -> list[Award]:
    """Awards by id, oldest first."""
    return _awards(Transfer.id.in_(ids))


def _stands() -> ColumnElement[bool]:
    return or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED)


def _awards(*conditions: ColumnElement[bool]) -> list[Award]:
    columns: tuple[Any, ...] = (
        Transfer.id, Transfer.household_id, Transfer.village_id, Transfer.amount, Transfer.rule, Transfer.source_kind,
        Transfer.source_id, PointNotice.outcome, Transfer.kind, Transfer.target, Transfer.version_id,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .where(Transfer.kind.in_((TransferKind.AWARD, TransferKind.DEDUCT)), *conditions)
        .order_by(Transfer.id)
    )
    return [Award(*row) for row in rows]


def transfers(ids: Sequence[int]) -> list[Transfer]:
    """Transfers by id, oldest first."""
    return list(db.session.scalars(select(Transfer).where(Transfer.id.in_(ids)).order_by(Transfer.id))) if ids else []


def due_notices(*, on: date, limit: int) -> list[DueNotice]:
    """Notices that ran out without an open objection, oldest first."""
    rows = db.session.execute(
        select(PointNotice.transfer_id, PointNotice.village_id)
        .where(_waits_for_time_only(), PointNotice.closes_on <= on)
        .order_by(PointNotice.closes_on, PointNotice.transfer_id)
        .limit(limit)
    )
    return [DueNotice(*row) for row in rows]


def still_due(award_ids: Collection[int]) -> list[int]:
    """Of these notices that ran out, those that nobody has settled or objected to meanwhile."""
    return list(
        db.session.scalars(
            select(PointNotice.transfer_id).where(PointNotice.transfer_id.in_(award_ids), _waits_for_time_only())
        )
    )


def _waits_for_time_only() -> ColumnElement[bool]:
    unopposed = or_(PointNotice.objected_at.is_(None), PointNotice.answered_at.is_not(None))
    return and_(PointNotice.settled_at.is_(None), unopposed)


def notice_for_update(transfer_id: int) -> PointNotice:
    """The notice of an award as it stands now, locked."""
    return db.session.scalars(
        select(PointNotice)
        .where(PointNotice.transfer_id == transfer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
