"""What was issued, redeemed and what it was worth. Points come from the ledger, goods from the moves of stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.points.models import Account, Transfer
from gridcase.points.queries.history import given_back
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.shop.models import Batch, Goods, Redemption, Shop, StockMove
from gridcase.shop.rules import MoveKind, Source

SOURCE = "shop"


@dataclass(frozen=True)
class VillageLine:
    """One village in a period: points given and redeemed by the ledger, and what the goods handed over were worth."""

    id: int
    name: str
    issued: int
    redeemed: int
    times: int
    goods_fen: int


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


def villages(viewer: Viewer, *, since: date, until: date) -> list[VillageLine]:
    """The villages the viewer answers for, by code."""
    begins, ends = period(since, until)
    rows = db.session.execute(
        select(Grid.id, Grid.name)
        .where(
            Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None),
            reach(viewer, Permission.MANAGE_SHOP, path=Grid.path),
        )
        .order_by(Grid.code)
    ).all()  # fmt: skip
    ids = [row.id for row in rows]
    issued, redeemed = issued_in(ids, begins, ends), redeemed_in(ids, begins, ends)
    goods = handed_in(ids, begins, ends)
    return [
        VillageLine(row.id, row.name, issued.get(row.id, 0), redeemed.get(row.id, 0), *goods.get(row.id, (0, 0)))
        for row in rows
    ]


def issued_in(village_ids: Sequence[int], begins: datetime, ends: datetime) -> dict[int, int]:
    """Points given, less what was taken back in the same time, by village."""
    credit = aliased(Account)
    given = Transfer.kind == TransferKind.AWARD
    total = func.coalesce(func.sum(Transfer.amount).filter(given), 0) - func.coalesce(
        func.sum(Transfer.amount).filter(given_back(credit)), 0
    )
    rows = db.session.execute(
        select(Transfer.village_id, total)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Transfer.village_id.in_(village_ids), Transfer.at >= begins, Transfer.at < ends)
        .group_by(Transfer.village_id)
    )
    return {row[0]: row[1] for row in rows}


def redeemed_in(village_ids: Sequence[int], begins: datetime, ends: datetime) -> dict[int, int]:
    """Points spent in shops by the ledger, by village."""
    debit, credit = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(Transfer.village_id, func.sum(Transfer.amount))
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(
            Transfer.village_id.in_(village_ids), Transfer.source_kind == SOURCE, Transfer.at >= begins,
            Transfer.at < ends, debit.kind == AccountKind.HELD, credit.kind == AccountKind.ISSUE,
        )
        .group_by(Transfer.village_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def handed_in(village_ids: Sequence[int], begins: datetime, ends: datetime) -> dict[int, tuple[int, int]]:
    """(reservations handed over, worth of their goods in fen) by the home's village."""
    rows = db.session.execute(
        select(
            Redemption.village_id,
            func.count(Redemption.id.distinct()),
            func.sum(StockMove.quantity * Batch.unit_fen),
        )
        .join(StockMove, StockMove.redemption_id == Redemption.id)
        .join(Batch, Batch.id == StockMove.batch_id)
        .where(
            Redemption.village_id.in_(village_ids), StockMove.kind == MoveKind.HAND_OVER, StockMove.at >= begins,
            StockMove.at < ends,
        )
        .group_by(Redemption.village_id)
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


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
