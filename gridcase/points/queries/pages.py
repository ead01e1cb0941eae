"""What pages show: a household's purses to who reaches the household, the public notice to its village, masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import Text
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Account, Declaration, PointNotice, SchemeItem, Transfer
from gridcase.points.queries import public, sources
from gridcase.points.queries.awards import SECOND_LEG
from gridcase.points.rules import AccountKind, NoticeOutcome, TransferKind

OWN_SHOWN = 20


@dataclass(frozen=True)
class Balances:
    """What a household holds: not yet usable, usable, what later earnings fill first, and what buys nothing."""

    pending: int = 0
    merit: int = 0
    recover: int = 0
    base: int = 0
    honour: int = 0
    held: int = 0


@dataclass(frozen=True)
class Entry:
    """One line of a household's ledger; the last four belong to an award's public notice."""

    id: int
    at: datetime
    kind: TransferKind
    rule: str
    amount: int
    debit_kind: AccountKind
    credit_kind: AccountKind
    closes_on: date | None
    outcome: NoticeOutcome | None
    objected: bool
    answer: str | None
    item: str = ""  # the name of the scheme's item
    source: tuple[str, str] = ("", "")
    about: Text | None = None  # what it was for, where another room knows: the goods of a redemption

    @property
    def purse(self) -> AccountKind:
        """The home's purse that the line is about: where points arrive, else where they leave. What is set aside or
        comes back from there is a line of the purse it left or returns to; what was redeemed came from merit."""
        if self.kind is TransferKind.SPEND:
            return AccountKind.MERIT
        aside = (AccountKind.ISSUE, AccountKind.HELD)
        return self.credit_kind if self.credit_kind not in aside else self.debit_kind

    @property
    def gain(self) -> int:
        """Points more (or fewer) in that purse."""
        return self.amount if self.credit_kind is self.purse else -self.amount

    @property
    def answered(self) -> bool:
        """Whether an objection has its answer."""
        return self.answer is not None

    @property
    def last_day(self) -> date | None:
        """The last day of the notice."""
        return self.closes_on - timedelta(days=1) if self.closes_on else None


@dataclass(frozen=True)
class BoardRow:
    """One award under public notice: never a full name. `objection` is filled for reviewers only."""

    id: int
    name: str
    grid_name: str
    rule: str
    amount: int  # below 0: a deduction
    closes_on: date
    objected: bool
    answered: bool
    objection: str | None = None
    item: str = ""  # the name of the scheme's item
    favour: int | None = None  # votes of the review group, of what was declared
    against: int | None = None
    recused: int | None = None
    objected_on: date | None = None
    answer: str = ""

    @property
    def last_day(self) -> date:
        """The last day of the notice."""
        return self.closes_on - timedelta(days=1)


# --- a household's purses


def balances_of(household_id: int, *, viewer: Viewer) -> Balances:
    """The balances of a household of the viewer's; zeros where it has none (or is not the viewer's)."""
    rows = db.session.execute(
        select(Account.kind, Account.balance)
        .join(Household, Household.id == Account.household_id)
        .where(Account.household_id == household_id, households.visible(viewer, Permission.SEE_POINTS))
    )
    held = {row.kind: row.balance for row in rows}
    return Balances(**{kind: balance for kind, balance in held.items() if kind != AccountKind.ISSUE})


def own_balances(viewer: Viewer) -> list[tuple[int, int]]:
    """(home, merit) of the homes the viewer lives in."""
    homes = public.own_homes(viewer)
    if not homes:
        return []
    merit = dict(
        db.session.execute(
            select(Account.household_id, Account.balance).where(
                Account.household_id.in_(homes), Account.kind == AccountKind.MERIT
            )
        ).all()
    )
    return [(home, merit.get(home, 0)) for home in sorted(homes)]


def entries_of(household_id: int, *, viewer: Viewer, after: str | None = None) -> Page[Entry]:
    """What moved in a household's purses, newest first. A redemption is one line: set aside until it is fetched, then
    the day it was."""
    debit, credit, fetched = aliased(Account), aliased(Account), aliased(Transfer)
    its_end = and_(
        fetched.source_kind == Transfer.source_kind, fetched.source_id == Transfer.source_id,
        fetched.kind == TransferKind.SPEND,
    )  # fmt: skip
    query = (
        select(Transfer, debit.kind, credit.kind, PointNotice, SchemeItem.name)
        .join(Household, Household.id == Transfer.household_id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .outerjoin(PointNotice, PointNotice.transfer_id == Transfer.id)
        .outerjoin(SchemeItem, its_item())
        .where(
            Transfer.household_id == household_id, households.visible(viewer, Permission.SEE_POINTS),
            or_(Transfer.kind != TransferKind.HOLD, ~exists().where(its_end)),
        )
        .order_by(Transfer.id.desc())
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    mark = read_mark(after, int)
    if mark:
        query = query.where(Transfer.id < mark[0])
    rows = [_entry(*row) for row in db.session.execute(query)]
    words = sources.told(row.source for row in rows)
    return cut([replace(row, about=words.get(row.source)) for row in rows], lambda entry: [entry.id])


def _entry(
    transfer: Transfer, debit_kind: str, credit_kind: str, notice: PointNotice | None, item: str | None
) -> Entry:
    return Entry(
        id=transfer.id,
        at=transfer.at,
        kind=TransferKind(transfer.kind),
        rule=transfer.rule,
        amount=transfer.amount,
        debit_kind=AccountKind(debit_kind),
        credit_kind=AccountKind(credit_kind),
        closes_on=notice.closes_on if notice else None,
        outcome=NoticeOutcome(notice.outcome) if notice and notice.outcome else None,
        objected=bool(notice and notice.objected_at),
        answer=notice.answer if notice else None,
        item=item or "",
        source=(transfer.source_kind, transfer.source_id),
    )


# --- the public notice


def reads_board(viewer: Viewer, permission: Permission, village_id: Any) -> ColumnElement[bool]:
    """Who reaches one home of a village reads all of its public notice: that is what public means, and it is masked."""
    homes = select(Household.id).where(Household.village_id == village_id, households.visible(viewer, permission))
    return homes.correlate(Grid, PointNotice).exists()  # any home of the village, not the one of the outer row


def boards(viewer: Viewer) -> list[Grid]:
    """The villages whose public notice the viewer may read, by code."""
    reached = or_(
        reach(viewer, Permission.SEE_POINTS, path=Grid.path),
        reach(viewer, Permission.MANAGE_TOWN, path=Grid.path),
        reads_board(viewer, Permission.SEE_POINTS, Grid.id),
    )
    return list(
        db.session.scalars(
            select(Grid).where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), reached).order_by(Grid.code)
        )
    )


def its_item() -> ColumnElement[bool]:
    """The item of the scheme that a movement was given under; a closed case's is the one that stands for its rule."""
    named = or_(SchemeItem.code == Transfer.rule, SchemeItem.case_rule == Transfer.rule)
    return and_(SchemeItem.version_id == Transfer.version_id, Transfer.rule != "", named)


def _on_board() -> Select[*tuple[Any, ...]]:
    return _noticed().where(PointNotice.settled_at.is_(None))


def _noticed() -> Select[*tuple[Any, ...]]:
    second = aliased(Transfer)  # what a deduction took from merit besides the base points
    more: Any = func.coalesce(second.amount, 0)
    columns: tuple[Any, ...] = (
        Transfer, more, PointNotice, public.head_name(PointNotice.opens_on), Grid.name, SchemeItem.name,
        Declaration,
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(Declaration, Declaration.transfer_id == Transfer.id)
        .outerjoin(second, second.key == Transfer.key + SECOND_LEG)
        .outerjoin(SchemeItem, its_item())
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .join(Household, Household.id == Transfer.household_id)
        .join(Grid, Grid.id == Household.grid_id)
    )


def _masked(
    transfer: Transfer,
    more: int,
    notice: PointNotice,
    head_name: str,
    grid_name: str,
    item: str | None,
    declaration: Declaration | None,
    *,
    review: bool = False,
) -> BoardRow:
    return BoardRow(
        id=transfer.id,
        name=public.masked(head_name),
        grid_name=grid_name,
        rule=transfer.rule,
        amount=transfer.amount if transfer.kind == TransferKind.AWARD else -(transfer.amount + more),
        closes_on=notice.closes_on,
        objected=notice.objected_at is not None,
        answered=notice.answered_at is not None,
        objection=notice.objection if review else None,
        item=item or "",
        favour=declaration.votes_for if declaration else None,
        against=declaration.votes_against if declaration else None,
        recused=declaration.recused if declaration else None,
        objected_on=town_day(notice.objected_at) if notice.objected_at else None,
        answer=notice.answer or "",
    )


def notice_board(*, viewer: Viewer, village_id: int, after: str | None = None, size: int = PAGE_SIZE) -> Page[BoardRow]:
    """The awards of a village still under public notice, soonest end first."""
    query = (
        _on_board()
        .where(
            PointNotice.village_id == village_id,
            or_(
                reads_board(viewer, Permission.SEE_POINTS, village_id),
                reach(viewer, Permission.MANAGE_TOWN, path=Household.path),
            ),
        )
        .order_by(PointNotice.closes_on, Transfer.id)
        .limit(size + 1)
    )
    mark = read_mark(after, date.fromisoformat, int)
    if mark:
        day, last = mark
        query = query.where(or_(PointNotice.closes_on > day, and_(PointNotice.closes_on == day, Transfer.id > last)))
    rows = [_masked(*row) for row in db.session.execute(query)]
    return cut(rows, lambda row: [row.closes_on.isoformat(), row.id], size=size)


def on_notice(transfer_id: int, *, viewer: Viewer) -> BoardRow:
    """One award under public notice that the viewer may object to; else `Missing`."""
    may = reads_board(viewer, Permission.OBJECT_POINTS, PointNotice.village_id)
    row = db.session.execute(_on_board().where(Transfer.id == transfer_id, may)).first()
    if row is None:
        raise Missing
    return _masked(*row)


def _objections(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return _on_board().where(
        PointNotice.objected_at.is_not(None),
        PointNotice.answered_at.is_(None),
        households.visible(viewer, Permission.REVIEW_POINTS),
    )


def open_objections(viewer: Viewer, *, after: str | None = None) -> Page[BoardRow]:
    """Objections nobody has answered, oldest first, for those who review."""
    query = _objections(viewer).order_by(Transfer.id).limit(PAGE_SIZE + 1)
    mark = read_mark(after, int)
    if mark:
        query = query.where(Transfer.id > mark[0])
    return cut([_masked(*row, review=True) for row in db.session.execute(query)], lambda row: [row.id])


def count_objections(viewer: Viewer) -> int:
    """How many objections wait for the viewer's review."""
    found: int | None = db.session.scalar(select(func.count()).select_from(_objections(viewer).subquery()))
    return found or 0


def objection(transfer_id: int, *, viewer: Viewer) -> BoardRow:
    """One open objection that the viewer may settle; else `Missing`."""
    row = db.session.execute(_objections(viewer).where(Transfer.id == transfer_id)).first()
    if row is None:
        raise Missing
    return _masked(*row, review=True)


def own_objections(viewer: Viewer, *, village_id: int) -> list[BoardRow]:
    """What the viewer's account objected to in a village, with the answers, the newest first."""
    if viewer.user_id is None:
        return []
    rows = db.session.execute(
        _noticed()
        .where(PointNotice.village_id == village_id, PointNotice.objected_by_user_id == viewer.user_id)
        .order_by(Transfer.id.desc())
        .limit(OWN_SHOWN)
    )
    return [_masked(*row, review=True) for row in rows]


def waiting_objections(*, limit: int) -> Sequence[Any]:
    """Objections nobody has answered: (transfer, village, when), oldest first; for the reminder."""
    return db.session.execute(
        select(PointNotice.transfer_id, PointNotice.village_id, PointNotice.objected_at)
        .where(
            PointNotice.settled_at.is_(None), PointNotice.objected_at.is_not(None), PointNotice.answered_at.is_(None)
        )
        .order_by(PointNotice.objected_at, PointNotice.transfer_id)
        .limit(limit)
    ).all()  # fmt: skip


def get_award(transfer_id: int) -> Transfer:
    """The award itself, for the service; `on_notice` and `objection` say who may."""
    return db.session.get_one(Transfer, transfer_id)
