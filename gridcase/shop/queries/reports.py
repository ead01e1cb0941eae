"""What was issued, redeemed and what it was worth, by village; what a shop took in and gave out, by its stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.points import queries as points
from gridcase.points.queries import ReportRow
from gridcase.shop.models import Batch, Goods, Redemption, Shop, StockMove
from gridcase.shop.rules import MoveKind, Source


@dataclass(frozen=True)
class VillageLine:
    """One village or town in a period, as the report of points has it, and how often goods were handed over."""

    row: ReportRow
    times: int


@dataclass(frozen=True)
class ShopLine:
    """One shop in a period: what it took in and gave out, and what lies there now, in fen."""

    shop: Shop
    bought_fen: int
    given_fen: int
    handed_fen: int
    stock_fen: int


def period(since: date, until: date) -> tuple[datetime, datetime]:
    """The moments between the first day and the end of the last."""
    return (
        datetime.combine(since, time(), TOWN_ZONE),
        datetime.combine(until + timedelta(days=1), time(), TOWN_ZONE),
    )


def villages(viewer: Viewer, *, since: date, until: date) -> tuple[list[VillageLine], ReportRow]:
    """The places the viewer answers for, by code, and their sum. The figures are those of the report of points, totals
    of the time before included, so that both pages always say the same."""
    begins, ends = period(since, until)
    found = points.report(viewer=viewer, starts_on=since, ends_on=until).rows
    mine = set(
        db.session.scalars(
            select(Grid.id).where(
                Grid.id.in_([row.place_id for row in found]), reach(viewer, Permission.MANAGE_SHOP, path=Grid.path)
            )
        )
    )
    known = points.Report([row for row in found if row.place_id in mine])
    times = times_in([row.place_id for row in known.rows], begins, ends)
    return [VillageLine(row, times.get(row.place_id, 0)) for row in known.rows], known.total


def times_in(village_ids: Sequence[int], begins: datetime, ends: datetime) -> dict[int, int]:
    """How many reservations were handed over, by the home's village."""
    rows = db.session.execute(
        select(Redemption.village_id, func.count(Redemption.id.distinct()))
        .join(StockMove, StockMove.redemption_id == Redemption.id)
        .where(
            Redemption.village_id.in_(village_ids), StockMove.kind == MoveKind.HAND_OVER, StockMove.at >= begins,
            StockMove.at < ends,
        )
        .group_by(Redemption.village_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def shops(viewer: Viewer, *, since: date, until: date) -> list[ShopLine]:
    """The shops the viewer answers for, with their sponsors, by the code of their place."""
    begins, ends = period(since, until)
    mine = db.session.scalars(
        select(Shop)
        .join(Grid, Grid.id == Shop.place_id)
        .where(reach(viewer, Permission.MANAGE_SHOP, path=Shop.path))
        .order_by(Grid.code, Shop.name)
    ).all()
    ids = [shop.id for shop in mine]
    worth = Batch.quantity * Batch.unit_fen
    came_now = (Batch.received_on >= since) & (Batch.received_on <= until)
    rows: Any = db.session.execute(
        select(
            Goods.shop_id,
            func.coalesce(func.sum(worth).filter(came_now, Batch.source == Source.PURCHASE), 0),
            func.coalesce(func.sum(worth).filter(came_now, Batch.source == Source.DONATION), 0),
            func.coalesce(func.sum((Batch.free + Batch.held) * Batch.unit_fen), 0),
        )
        .join(Batch, Batch.goods_id == Goods.id)
        .where(Goods.shop_id.in_(ids))
        .group_by(Goods.shop_id)
    )
    came: dict[int, tuple[int, int, int]] = {row[0]: (row[1], row[2], row[3]) for row in rows}
    handed: Any = db.session.execute(
        select(Goods.shop_id, func.sum(StockMove.quantity * Batch.unit_fen))
        .join(Batch, Batch.goods_id == Goods.id)
        .join(StockMove, StockMove.batch_id == Batch.id)
        .where(
            Goods.shop_id.in_(ids), StockMove.kind == MoveKind.HAND_OVER, StockMove.at >= begins, StockMove.at < ends
        )
        .group_by(Goods.shop_id)
    )
    left = {row[0]: row[1] for row in handed}
    return [_line(shop, came.get(shop.id, (0, 0, 0)), left.get(shop.id, 0)) for shop in mine]


def _line(shop: Shop, came: tuple[int, int, int], handed_fen: int) -> ShopLine:
    bought, given, stock = came
    return ShopLine(shop, bought, given, handed_fen, stock)
