"""What was decided and posted in a month or quarter: figures, the published list, the board of a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Household
from gridcase.points.models import (
    Account,
    Close,
    Declaration,
    PointNotice,
    SchemeBoard,
    SchemeItem,
    SchemeVersion,
    Transfer,
)
from gridcase.points.queries import public
from gridcase.points.queries.awards import SECOND_LEG
from gridcase.points.queries.pages import its_item, reads_board
from gridcase.points.queries.public import Taken
from gridcase.points.rules import AccountKind, NoticeOutcome, TransferKind
from gridcase.points.rules.declarations import OPEN, DeclarationState
from gridcase.points.rules.periods import BOARDS_KEY, Period, PeriodKind, begins

BOARD_SHOWN = 20  # homes named on one board


@dataclass(frozen=True)
class Figures:
    """A period of a village in figures; `last_id`: the last movement they cover."""

    entries: int
    issued: int
    deducted: int
    taken_back: int
    redeemed: int
    homes: int
    decided: int
    refused: int
    waiting: int
    last_id: int


@dataclass(frozen=True)
class Posted:
    """One entry of a closed period, masked."""

    id: int
    name: str
    grid_name: str
    rule: str
    item: str
    points: int
    outcome: NoticeOutcome | None


@dataclass(frozen=True)
class HomePoints:
    """What a home got by one board of the scheme in a span of days; `board` "" where no scheme stood behind it."""

    household_id: int
    board: str
    points: int


@dataclass(frozen=True)
class BoardHome:
    """A home on a published board, masked."""

    name: str
    grid_name: str
    points: int


@dataclass(frozen=True)
class BoardShown:
    """One board of a quarter: its sum, and the homes with most, where the village shows them."""

    code: str
    name: str
    points: int
    homes: int
    shown: tuple[BoardHome, ...]


def keeps_periods(viewer: Viewer) -> list[Grid]:
    """The villages whose periods the viewer closes, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None),
                reach(viewer, Permission.SETTLE_POINTS, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


def kept_village(village_id: int, *, viewer: Viewer) -> Grid:
    """A village whose periods the viewer closes; else `Missing`."""
    found = next((village for village in keeps_periods(viewer) if village.id == village_id), None)
    if found is None:
        raise Missing
    return found


def read_village(village_id: int, *, viewer: Viewer) -> Grid:
    """A village whose published points the viewer may read; else `Missing`."""
    found = db.session.scalars(
        select(Grid).where(
            Grid.id == village_id,
            Grid.level == GridLevel.VILLAGE,
            or_(
                reach(viewer, Permission.SEE_POINTS, path=Grid.path),
                reach(viewer, Permission.MANAGE_TOWN, path=Grid.path),
                reads_board(viewer, Permission.SEE_POINTS, Grid.id),
            ),
        )
    ).first()
    if found is None:
        raise Missing
    return found


def figures(village_id: int, period: Period, *, last_id: int | None = None) -> Figures:
    """A period in figures: as it stands now, or as far as one movement."""
    credit = aliased(Account)

    def total(*conditions: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((and_(*conditions), Transfer.amount), else_=0)), 0)

    kind, back = Transfer.kind, (TransferKind.REVERSE, TransferKind.RECOVER)
    to_home = credit.kind.in_(
        (AccountKind.BASE, AccountKind.MERIT)
    )  # a deduction given back takes nothing from anybody
    first = and_(kind == TransferKind.DEDUCT, Transfer.key.not_like(f"%{SECOND_LEG}"))
    row = db.session.execute(
        select(
            func.coalesce(func.sum(case((or_(kind == TransferKind.AWARD, first), 1), else_=0)), 0),
            total(kind == TransferKind.AWARD),
            total(kind == TransferKind.TAKE),
            total(kind.in_(back), ~to_home),
            total(kind == TransferKind.SPEND),
            func.count(case((kind == TransferKind.AWARD, Transfer.household_id)).distinct()),
            func.coalesce(func.max(Transfer.id), 0),
        )
        .join(credit, credit.id == Transfer.credit_id)
        .where(*_in(village_id, period), Transfer.id <= last_id if last_id is not None else Transfer.id > 0)
    ).one()
    entries, issued, deducted, taken_back, redeemed, homes, last = row
    decided = _decided(village_id, period)
    return Figures(entries, issued, deducted, taken_back, redeemed, homes, *decided, last)


def _in(village_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    ends = begins(period.ends_on + timedelta(days=1))
    return (Transfer.village_id == village_id, Transfer.at >= begins(period.starts_on), Transfer.at < ends)


def _decided(village_id: int, period: Period) -> tuple[int, int, int]:
    """(decided, of these refused, still waiting) declarations: by the day they were decided, or else happened."""
    ends = begins(period.ends_on + timedelta(days=1))
    refused = (DeclarationState.REJECTED, DeclarationState.TALK)
    decided = and_(
        Declaration.state.in_((DeclarationState.POSTED, *refused)),
        Declaration.decided_at >= begins(period.starts_on),
        Declaration.decided_at < ends,
    )
    waits = and_(
        Declaration.state.in_(OPEN), Declaration.happened_on >= period.starts_on,
        Declaration.happened_on <= period.ends_on,
    )  # fmt: skip

    def count(*conditions: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    row = db.session.execute(
        select(count(decided), count(decided, Declaration.state.in_(refused)), count(waits)).where(
            Declaration.village_id == village_id
        )
    ).one()
    return row[0], row[1], row[2]


def closed(village_id: int, kind: PeriodKind, *, limit: int = 12) -> dict[date, Close]:
    """The periods of a village that are closed, by their first day, the newest ones."""
    rows = db.session.scalars(
        select(Close)
        .where(Close.village_id == village_id, Close.kind == kind)
        .order_by(Close.starts_on.desc())
        .limit(limit)
    )
    return {row.starts_on: row for row in rows}


def close_of(village_id: int, period: Period) -> Close | None:
    """The published record of one period."""
    return db.session.scalars(
        select(Close).where(
            Close.village_id == village_id, Close.kind == period.kind, Close.starts_on == period.starts_on
        )
    ).first()


def published(village_id: int, *, limit: int = 6) -> Sequence[Close]:
    """The newest published periods of a village."""
    return db.session.scalars(
        select(Close)
        .where(Close.village_id == village_id)
        .order_by(Close.closed_at.desc(), Close.id.desc())
        .limit(limit)
    ).all()


def posted_in(village_id: int, close: Close, *, viewer: Viewer, after: str | None = None) -> Page[Posted]:
    """The entries of a closed period, masked, oldest first, to a villager without other homes' deductions; who asks has
    been let in by `read_village`."""
    second = aliased(Transfer)
    period = Period(PeriodKind(close.kind), close.starts_on)
    query = (
        select(
            Transfer.id,
            public.head_name(PointNotice.opens_on),
            Grid.name,
            Transfer.rule,
            SchemeItem.name,
            _points(second),
            PointNotice.outcome,
        )
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .join(Household, Household.id == Transfer.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .outerjoin(second, second.key == Transfer.key + SECOND_LEG)
        .outerjoin(SchemeItem, its_item())
        .where(*_in(village_id, period), Transfer.id <= close.last_id, *public.named_to(viewer))
        .order_by(Transfer.id)
        .limit(PAGE_SIZE + 1)
    )
    mark = read_mark(after, int)
    if mark:
        query = query.where(Transfer.id > mark[0])
    rows = [
        Posted(row[0], public.masked(row[1]), row[2], row[3], row[4] or "", row[5], _outcome(row[6]))
        for row in db.session.execute(query)
    ]
    return cut(rows, lambda row: [row.id])


def taken_in(village_id: int, close: Close, *, viewer: Viewer) -> list[Taken]:
    """The deductions of a closed period that a villager reads as kinds and counts only."""
    period = Period(PeriodKind(close.kind), close.starts_on)
    return public.taken(viewer, its_item(), [*_in(village_id, period), Transfer.id <= close.last_id])


def _points(second: type[Transfer]) -> Any:
    """What an entry with a notice gave or took, both legs of a deduction together."""
    taken = -(Transfer.amount + func.coalesce(second.amount, 0))
    return case((Transfer.kind == TransferKind.AWARD, Transfer.amount), else_=taken)


def _outcome(stored: str | None) -> NoticeOutcome | None:
    return NoticeOutcome(stored) if stored else None


# --- boards of a quarter


def home_points(
    village_id: int, *, starts_on: date, ends_on: date, household_id: int | None = None
) -> list[HomePoints]:
    """What every home of a village (or this one) got by each board from one day to another (both included): awards less
    deductions, without what was taken back; most first. For boards, honours and awards."""
    second, board = aliased(Transfer), func.coalesce(SchemeItem.board, "")
    total = func.sum(_points(second))
    rows = db.session.execute(
        select(Transfer.household_id, board, total)
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .outerjoin(second, second.key == Transfer.key + SECOND_LEG)
        .outerjoin(SchemeItem, its_item())
        .where(
            Transfer.village_id == village_id,
            Transfer.at >= begins(starts_on),
            Transfer.at < begins(ends_on + timedelta(days=1)),
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
            Transfer.household_id == household_id if household_id is not None else true(),
        )
        .group_by(Transfer.household_id, board)
        .order_by(total.desc(), Transfer.household_id)
    )
    return [HomePoints(*row) for row in rows]


def shows_homes(path: str, *, on: date) -> bool:
    """Whether the quarter board of a village names homes (masked): it does where the village chose so."""
    found = grids.setting(path, BOARDS_KEY, on=on)
    return bool(found and found[0].get("homes"))


def quarter_boards(village: Grid, period: Period, *, on: date) -> list[BoardShown]:
    """The boards of a quarter: sums by board, and where the village chose so the homes with most points, masked."""
    points = home_points(village.id, starts_on=period.starts_on, ends_on=period.ends_on)
    codes = sorted({row.board for row in points})
    words = _board_names(village.id, codes)
    best = {code: [row for row in points if row.board == code] for code in codes}
    named = shows_homes(village.path, on=on)
    shown = {row.household_id for rows in best.values() for row in rows[:BOARD_SHOWN] if named and row.points > 0}
    homes = _masked_homes(shown, on=period.starts_on)
    return [
        BoardShown(
            code=code,
            name=words.get(code, code),
            points=sum(row.points for row in rows),
            homes=len(rows),
            shown=tuple(
                BoardHome(*homes[row.household_id], row.points)
                for row in rows[:BOARD_SHOWN]
                if row.household_id in homes and row.points > 0
            ),
        )
        for code, rows in best.items()
    ]


def _board_names(village_id: int, codes: Sequence[str]) -> dict[str, str]:
    rows = db.session.execute(
        select(SchemeBoard.code, SchemeBoard.name)
        .join(SchemeVersion, SchemeVersion.id == SchemeBoard.version_id)
        .where(SchemeVersion.village_id == village_id, SchemeBoard.code.in_(codes))
        .order_by(SchemeBoard.version_id)
    )
    return {row.code: row.name for row in rows}


def _masked_homes(ids: set[int], *, on: date) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(Household.id, public.head_name(on), Grid.name)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Household.id.in_(ids))
    )
    return {row[0]: (public.masked(row[1]), row[2]) for row in rows}
