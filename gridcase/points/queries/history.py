"""The report: points issued and exchanged, goods, homes that took part, by village and span; and the time before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.points.models import Account, Goods, HistoryTotal, Transfer
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.points.rules.periods import begins

HISTORY_LEVELS = (GridLevel.TOWN, GridLevel.VILLAGE)


@dataclass(frozen=True)
class Sums:
    """The figures of the report. `issued` less what was taken back; `people`: homes in the ledger, people in a total
    of before; `goods_fen`: what the goods handed over were worth."""

    issued: int = 0
    redeemed: int = 0
    goods_fen: int = 0
    people: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.issued + other.issued, self.redeemed + other.redeemed, self.goods_fen + other.goods_fen,
            self.people + other.people,
        )  # fmt: skip

    @property
    def goods_yuan(self) -> str:
        """The worth in yuan, as it is written."""
        return f"{self.goods_fen / 100:,.2f}"

    @property
    def per_point(self) -> str:
        """Yuan of goods for one point exchanged; empty where nothing was."""
        return f"{self.goods_fen / 100 / self.redeemed:.2f}" if self.redeemed and self.goods_fen else ""


@dataclass(frozen=True)
class ReportRow:
    """One village, or the total of before of a town."""

    place_id: int
    name: str
    path: str
    now: Sums
    before: Sums
    before_until: date | None = None

    @property
    def all(self) -> Sums:
        """Both together."""
        return self.now + self.before

    @property
    def per_point(self) -> str:
        """Yuan of goods for one point: totals of before that do not say how many points were exchanged stay out."""
        return (self.all if self.before.redeemed else self.now).per_point


@dataclass(frozen=True)
class Report:
    """What the viewer's villages gave and exchanged."""

    rows: Sequence[ReportRow]
    total: ReportRow = field(init=False)

    def __post_init__(self) -> None:
        total = ReportRow(0, "", "", _sum(row.now for row in self.rows), _sum(row.before for row in self.rows))
        object.__setattr__(self, "total", total)


def _sum(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())


def report(*, viewer: Viewer, starts_on: date | None, ends_on: date | None) -> Report:
    """By village, in the order of their codes, between two days (both included; None: no limit).

    What was given before the system counts where its last day lies in the span.
    """
    may = reach(viewer, Permission.SEE_DASHBOARD, path=Grid.path)
    columns: tuple[Any, ...] = (Grid.id, Grid.name, Grid.path, Grid.level)
    places = db.session.execute(
        select(*columns).where(Grid.level.in_(HISTORY_LEVELS), Grid.valid_to.is_(None), may).order_by(Grid.path)
    ).all()
    totals = _totals([place.id for place in places], starts_on, ends_on)
    covered = [place.path for place in places if place.id in totals]
    now, brought = _ledger(may, starts_on, ends_on)
    rows = []
    for place in places:
        before, until = totals.get(place.id, (Sums(), None))
        if not any(place.path.startswith(path) for path in covered):
            before = brought.get(place.id, Sums())
        row = ReportRow(place.id, place.name, place.path, now.get(place.id, Sums()), before, until)
        if place.level == GridLevel.VILLAGE or row.all != Sums():
            rows.append(row)
    return Report(rows)


def _totals(
    place_ids: Sequence[int], starts_on: date | None, ends_on: date | None
) -> dict[int, tuple[Sums, date | None]]:
    query = select(HistoryTotal).where(HistoryTotal.place_id.in_(place_ids), HistoryTotal.dropped_at.is_(None))
    if starts_on is not None:
        query = query.where(HistoryTotal.until >= starts_on)
    if ends_on is not None:
        query = query.where(HistoryTotal.until <= ends_on)
    found: dict[int, tuple[Sums, date | None]] = {}
    for row in db.session.scalars(query.order_by(HistoryTotal.until)):
        found[row.place_id] = (Sums(row.points, row.redeemed, row.goods_fen, row.people), row.until)  # the latest
    return found


def _to_home(credit: Any) -> Any:
    return credit.kind.in_((AccountKind.BASE, AccountKind.MERIT))


def given_back(credit: Any) -> ColumnElement[bool]:
    """Movements that take issued points back from a home; `credit` is the account they go to."""
    return Transfer.kind.in_((TransferKind.REVERSE, TransferKind.RECOVER)) & ~_to_home(credit)


def _ledger(may: Any, starts_on: date | None, ends_on: date | None) -> tuple[Mapping[int, Sums], Mapping[int, Sums]]:
    """(earned and exchanged here, brought along home by home) by village."""
    credit, kind = aliased(Account), Transfer.kind

    def total(condition: Any, amount: Any = Transfer.amount) -> Any:
        return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)

    to_home, back = _to_home(credit), given_back(credit)
    query = (
        select(
            Transfer.village_id,
            total(kind == TransferKind.AWARD) - total(back),
            total(kind == TransferKind.SPEND),
            func.coalesce(func.sum(Goods.goods_fen), 0),
            func.count(case((kind == TransferKind.AWARD, Transfer.household_id)).distinct()),
            total((kind == TransferKind.HISTORY) & to_home),
            total((kind == TransferKind.HISTORY) & ~to_home),
        )
        .join(Grid, Grid.id == Transfer.village_id)
        .join(credit, credit.id == Transfer.credit_id)
        .outerjoin(Goods, Goods.transfer_id == Transfer.id)
        .where(may)
        .group_by(Transfer.village_id)
    )
    if starts_on is not None:
        query = query.where(Transfer.at >= begins(starts_on))
    if ends_on is not None:
        query = query.where(Transfer.at < begins(ends_on + timedelta(days=1)))
    now, brought = {}, {}
    for village_id, issued, redeemed, goods, homes, came, went in db.session.execute(query):
        now[village_id] = Sums(issued, redeemed, goods, homes)
        brought[village_id] = Sums(came, went)
    return now, brought


def history_places(viewer: Viewer) -> list[Grid]:
    """Towns and villages whose totals of before the viewer may enter, by path."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level.in_(HISTORY_LEVELS),
                Grid.valid_to.is_(None),
                reach(viewer, Permission.SET_SCHEME, path=Grid.path),
            )
            .order_by(Grid.path)
        )
    )


def history_totals(*, viewer: Viewer) -> Sequence[tuple[HistoryTotal, str]]:
    """The totals of before that the viewer may enter, with the names of their places, newest last day first."""
    columns: tuple[Any, ...] = (HistoryTotal, Grid.name)
    rows = db.session.execute(
        select(*columns)
        .join(Grid, Grid.id == HistoryTotal.place_id)
        .where(HistoryTotal.dropped_at.is_(None), reach(viewer, Permission.SET_SCHEME, path=HistoryTotal.path))
        .order_by(HistoryTotal.until.desc(), HistoryTotal.id)
    )
    return [(row[0], row[1]) for row in rows]


def history_total(total_id: int, *, viewer: Viewer) -> HistoryTotal:
    """One total of before that the viewer may take out again; else `Missing`."""
    found = next((row for row, _ in history_totals(viewer=viewer) if row.id == total_id), None)
    if found is None:
        raise Missing
    return found


def standing_totals() -> list[HistoryTotal]:
    """Every total of before that stands, for the service's own checks."""
    return list(db.session.scalars(select(HistoryTotal).where(HistoryTotal.dropped_at.is_(None))))


def first_award(path: str) -> date | None:
    """The day of the first entry that the ledger itself counts in a place; None where there is none yet."""
    first = db.session.scalar(
        select(func.min(Transfer.at))
        .join(Grid, Grid.id == Transfer.village_id)
        .where(under(Grid.path, path), Transfer.kind == TransferKind.AWARD)
    )
    return town_day(first) if first else None
