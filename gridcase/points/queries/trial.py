"""What-if: the last quarter counted again by a draft, in the database. Nothing is written.

An entry finds its item in the draft by its code, else by its name; a closed case by the rule that the item stands for.
What finds none gives nothing. Caps are applied per home; a yearly cap as if the quarter were all of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.masking import mask_name
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.points.models import Declaration, PointNotice, SchemeItem, SchemeVersion, Transfer
from gridcase.points.rules import DeclarationState, NoticeOutcome, Period, TransferKind, last_quarter

SHOWN = 10  # homes with the biggest changes


@dataclass(frozen=True)
class HomeChange:
    """A home whose points differ, masked."""

    household_id: int
    name: str
    grid_name: str
    before: int
    after: int

    @property
    def gain(self) -> int:
        """More (or fewer) points."""
        return self.after - self.before


@dataclass(frozen=True)
class Trial:
    """A quarter under a draft: sums as they were and as they would be, by class of the draft, and who feels it."""

    begins: date
    ends: date
    homes: int
    affected: int
    before: int
    after: int
    by_board: Mapping[str, int]
    biggest: tuple[HomeChange, ...]


def try_out(draft: SchemeVersion, *, today: date) -> Trial:
    """The last whole quarter before `today` in the draft's village, under the draft."""
    first, second, third, ends = last_quarter(today)
    had = union_all(
        _declared(draft, (first, second, third, ends)), _from_cases(draft, (first, second, third, ends))
    ).subquery("had")
    item = aliased(SchemeItem)
    given = _given(had, item)
    sums = _sums(had, given)
    changed = sums.c.before != sums.c.after
    totals = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((changed, 1), else_=0)), 0),
            func.coalesce(func.sum(sums.c.before), 0),
            func.coalesce(func.sum(sums.c.after), 0),
        ).select_from(sums)
    ).one()
    by_board = db.session.execute(select(given.c.board, func.sum(given.c.points)).group_by(given.c.board))
    homes, affected, before, after = (int(total) for total in totals)
    boards = {board: int(points) for board, points in by_board}
    return Trial(first, ends, homes, affected, before, after, boards, _biggest(sums, changed))


def _declared(draft: SchemeVersion, months: tuple[date, date, date, date]) -> Select[Any]:
    first, second, third, ends = months
    old, new = aliased(SchemeItem), aliased(SchemeItem)
    codes = select(SchemeItem.code).where(SchemeItem.version_id == draft.id)
    return (
        select(
            Declaration.id.label("entry"),
            Declaration.household_id,
            Declaration.points,
            case((Declaration.happened_on < second, 1), (Declaration.happened_on < third, 2), else_=3).label("month"),
            new.id.label("item_id"),
        )
        .join(old, old.id == Declaration.item_id)
        .outerjoin(
            new,
            and_(
                new.version_id == draft.id,
                or_(new.code == old.code, and_(old.code.not_in(codes), new.name == old.name)),
            ),
        )
        .where(
            Declaration.village_id == draft.village_id,
            Declaration.state == DeclarationState.POSTED,
            Declaration.happened_on >= first,
            Declaration.happened_on < ends,
        )
    )


def _from_cases(draft: SchemeVersion, months: tuple[date, date, date, date]) -> Select[Any]:
    first, second, third, ends = (datetime.combine(day, time(), TOWN_ZONE) for day in months)
    new = aliased(SchemeItem)
    return (
        select(
            -Transfer.id,  # never the number of a declaration
            Transfer.household_id,
            Transfer.amount,
            case((Transfer.at < second, 1), (Transfer.at < third, 2), else_=3),
            new.id,
        )
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .outerjoin(new, and_(new.version_id == draft.id, new.case_rule == Transfer.rule))
        .where(
            Transfer.village_id == draft.village_id,
            Transfer.kind == TransferKind.AWARD,
            Transfer.source_kind == "case",
            Transfer.at >= first,
            Transfer.at < ends,
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
        )
    )


def _given(had: Any, item: Any) -> Any:
    """What the draft gives by home and item, its caps applied."""
    least = case((had.c.points < item.points, had.c.points), else_=item.points)
    value = case((item.at_most, least), else_=item.points)
    bucket: ColumnElement[int] = case(
        (item.cap_per == Period.MONTH, had.c.month), (item.cap_per == Period.MATTER, had.c.entry), else_=literal(0)
    )
    raw = (
        select(had.c.household_id, item.board, item.cap, func.sum(value).label("points"))
        .join(item, item.id == had.c.item_id)
        .group_by(had.c.household_id, item.id, item.board, item.cap, bucket)
        .subquery("raw")
    )
    capped = case((raw.c.points > raw.c.cap, raw.c.cap), else_=raw.c.points)  # no cap: the comparison is unknown
    return select(raw.c.household_id, raw.c.board, capped.label("points")).subquery("given")


def _sums(had: Any, given: Any) -> Any:
    rows = union_all(
        select(had.c.household_id, had.c.points.label("before"), literal(0).label("after")),
        select(given.c.household_id, literal(0), given.c.points),
    ).subquery("rows")
    return (
        select(rows.c.household_id, func.sum(rows.c.before).label("before"), func.sum(rows.c.after).label("after"))
        .group_by(rows.c.household_id)
        .subquery("sums")
    )


def _biggest(sums: Any, changed: ColumnElement[bool]) -> tuple[HomeChange, ...]:
    rows = db.session.execute(
        select(Household.id, Household.head_name, Grid.name, sums.c.before, sums.c.after)
        .join(Household, Household.id == sums.c.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(changed)
        .order_by(func.abs(sums.c.after - sums.c.before).desc(), Household.id)
        .limit(SHOWN)
    )
    return tuple(HomeChange(home, mask_name(name), grid, int(old), int(new)) for home, name, grid, old, new in rows)
