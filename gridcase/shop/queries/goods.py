"""The shelf, the stock by batch, what runs low or out of date, stock-takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.shop.models import Batch, Goods, GoodsPhoto, Redemption, Shop, StockMove, StockTake, StockTakeLine
from gridcase.shop.queries import shops
from gridcase.shop.rules.goods import EFFECTS, MoveKind, Part, TakeState, parts_from

SOON = timedelta(days=30)  # what goes out of date within is told to the keeper


@dataclass(frozen=True)
class OnShelf:
    """One kind of goods, how many pieces can be reserved, and what it looks like where somebody took a photo."""

    goods: Goods
    free: int
    photo: GoodsPhoto | None


def in_date(on: date) -> ColumnElement[bool]:
    """Batches that may be handed out on a day."""
    return or_(Batch.expires_on.is_(None), Batch.expires_on >= on)


def shelf(shop: Shop, *, on: date) -> list[OnShelf]:
    """What stands on the shelf, what is there first, the cheapest first."""
    free = (
        select(func.coalesce(func.sum(Batch.free), 0))
        .where(Batch.goods_id == Goods.id, in_date(on))
        .correlate(Goods)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Goods, free, GoodsPhoto)
        .select_from(Goods)
        .outerjoin(GoodsPhoto, GoodsPhoto.goods_id == Goods.id)
        .where(Goods.shop_id == shop.id, Goods.on_shelf)
        .order_by(case((free > 0, 0), else_=1), Goods.points, Goods.name)
    )
    return [OnShelf(row[0], row[1], row[2]) for row in rows]


def photo_of(goods: Goods) -> GoodsPhoto | None:
    """What goods look like; None where nobody took a photo."""
    return db.session.get(GoodsPhoto, goods.id)


def get_goods(goods_id: int, *, viewer: Viewer, permissions: Sequence[Permission]) -> Goods:
    """Goods of a shop that the viewer reaches, else `Missing`."""
    found = db.session.scalar(
        select(Goods).join(Shop, Shop.id == Goods.shop_id).where(
            Goods.id == goods_id, shops.reached(viewer, *permissions)
        )
    )  # fmt: skip
    if found is None:
        raise Missing
    return found


def free_of(goods: Goods, *, on: date) -> int:
    """How many pieces can be reserved."""
    found: int | None = db.session.scalar(select(func.sum(Batch.free)).where(Batch.goods_id == goods.id, in_date(on)))
    return found or 0


def parts_for(goods: Goods, wanted: int, *, on: date) -> tuple[Part, ...] | None:
    """From which batches so many pieces are taken, what spoils first first; the batches are locked, in one order for
    everybody, until the transaction ends. None: there are fewer."""
    rows = db.session.execute(
        select(Batch.id, Batch.free, Batch.expires_on)
        .where(Batch.goods_id == goods.id, Batch.free > 0, in_date(on))
        .order_by(Batch.id)
        .with_for_update()
    ).all()
    ordered = sorted(rows, key=lambda row: (row.expires_on or date.max, row.id))
    return parts_from([(row.id, row.free) for row in ordered], wanted)


def goods_of(shop: Shop) -> Sequence[Goods]:
    """All goods of a shop, those on the shelf first."""
    return db.session.scalars(
        select(Goods).where(Goods.shop_id == shop.id).order_by(Goods.on_shelf.desc(), Goods.name)
    ).all()


def stock(shop: Shop) -> Sequence[Any]:
    """(goods, batch) of what lies in the shop, by goods, what spoils first first."""
    return db.session.execute(
        select(Goods, Batch)
        .join(Batch, Batch.goods_id == Goods.id)
        .where(Goods.shop_id == shop.id, Batch.free + Batch.held > 0)
        .order_by(Goods.name, Goods.id, Batch.expires_on.is_(None), Batch.expires_on, Batch.id)
    ).all()


def totals(shop: Shop) -> dict[int, tuple[int, int]]:
    """(free, held) pieces by goods."""
    rows = db.session.execute(
        select(Batch.goods_id, func.sum(Batch.free), func.sum(Batch.held))
        .join(Goods, Goods.id == Batch.goods_id)
        .where(Goods.shop_id == shop.id)
        .group_by(Batch.goods_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def low(shop: Shop, *, on: date) -> Sequence[Any]:
    """(goods, free) of what stands on the shelf with fewer pieces than wanted."""
    free = func.coalesce(func.sum(case((in_date(on), Batch.free), else_=0)), 0)
    return db.session.execute(
        select(Goods.id, Goods.name, Goods.unit, free.label("free"))
        .outerjoin(Batch, Batch.goods_id == Goods.id)
        .where(Goods.shop_id == shop.id, Goods.on_shelf)
        .group_by(Goods.id, Goods.name, Goods.unit, Goods.low_at)
        .having(free < Goods.low_at)
        .order_by(free, Goods.name)
    ).all()


def expiring(shop: Shop, *, on: date) -> Sequence[Any]:
    """(goods, batch) of what is out of date or will be within 30 days, soonest first."""
    return db.session.execute(
        select(Goods, Batch)
        .join(Batch, Batch.goods_id == Goods.id)
        .where(Goods.shop_id == shop.id, Batch.free + Batch.held > 0, Batch.expires_on <= on + SOON)
        .order_by(Batch.expires_on, Batch.id)
    ).all()


def batches(shop: Shop, ids: Collection[int]) -> dict[int, Batch]:
    """Batches of this shop by id, locked."""
    rows = db.session.scalars(
        select(Batch)
        .join(Goods, Goods.id == Batch.goods_id)
        .where(Goods.shop_id == shop.id, Batch.id.in_(ids))
        .order_by(Batch.id)
        .with_for_update(of=Batch)
        .execution_options(populate_existing=True)
    )
    return {batch.id: batch for batch in rows}


def batch_by_uuid(client_uuid: str) -> Batch | None:
    """The batch that this very form has brought in already."""
    return db.session.scalar(select(Batch).where(Batch.client_uuid == client_uuid))


def parts_of(redemption: Redemption) -> tuple[tuple[Part, date | None], ...]:
    """What was set aside for a reservation, and the last day of each batch."""
    rows = db.session.execute(
        select(StockMove.batch_id, StockMove.quantity, Batch.expires_on)
        .join(Batch, Batch.id == StockMove.batch_id)
        .where(StockMove.redemption_id == redemption.id, StockMove.kind == MoveKind.RESERVE)
        .order_by(StockMove.batch_id)
    )
    return tuple((Part(row.batch_id, row.quantity), row.expires_on) for row in rows)


def worth_of(redemption: Redemption) -> int:
    """What the goods set aside for a reservation cost or are worth, in fen."""
    found: int | None = db.session.scalar(
        select(func.sum(StockMove.quantity * Batch.unit_fen))
        .join(Batch, Batch.id == StockMove.batch_id)
        .where(StockMove.redemption_id == redemption.id, StockMove.kind == MoveKind.RESERVE)
    )
    return found or 0


# --- stock-takes


def takes(shop: Shop, *, limit: int = 20) -> Sequence[StockTake]:
    """The stock-takes of a shop, newest first."""
    return db.session.scalars(
        select(StockTake).where(StockTake.shop_id == shop.id).order_by(StockTake.id.desc()).limit(limit)
    ).all()


def waiting_takes(shop: Shop) -> int:
    """How many wait for a second person."""
    found: int | None = db.session.scalar(
        select(func.count(StockTake.id)).where(StockTake.shop_id == shop.id, StockTake.state == TakeState.WAITING)
    )
    return found or 0


def get_take(take_id: int, *, viewer: Viewer, permissions: Sequence[Permission]) -> StockTake:
    """One stock-take of a shop that the viewer reaches, else `Missing`."""
    found = db.session.scalar(
        select(StockTake).join(Shop, Shop.id == StockTake.shop_id).where(
            StockTake.id == take_id, shops.reached(viewer, *permissions)
        )
    )  # fmt: skip
    if found is None:
        raise Missing
    return found


def counted_elsewhere(batch_ids: Collection[int]) -> int | None:
    """One of these batches that is in a stock-take which waits for a second person."""
    return db.session.scalar(
        select(StockTakeLine.batch_id)
        .join(StockTake, StockTake.id == StockTakeLine.take_id)
        .where(StockTakeLine.batch_id.in_(batch_ids), StockTake.state == TakeState.WAITING)
        .order_by(StockTakeLine.batch_id)
        .limit(1)
    )


def put_right_alone(shop: Shop, *, since: datetime) -> tuple[int, int]:
    """Differences of a shop that whoever counted booked without a second person: (fen, pieces without a price)."""
    pieces = func.abs(StockTakeLine.counted - StockTakeLine.booked)
    row = db.session.execute(
        select(
            func.coalesce(func.sum(pieces * Batch.unit_fen), 0).label("fen"),
            func.coalesce(func.sum(pieces).filter(Batch.unit_fen == 0), 0).label("unpriced"),
        )
        .select_from(StockTake)
        .join(StockTakeLine, StockTakeLine.take_id == StockTake.id)
        .join(Batch, Batch.id == StockTakeLine.batch_id)
        .where(StockTake.shop_id == shop.id, StockTake.state == TakeState.CONFIRMED, StockTake.settled_at >= since)
        .where(StockTake.settled_by_user_id == StockTake.counted_by_user_id)
    ).one()
    return int(row.fen), int(row.unpriced)


def take_by_uuid(client_uuid: str) -> StockTake | None:
    """The stock-take that this very form has written already."""
    return db.session.scalar(select(StockTake).where(StockTake.client_uuid == client_uuid))


def take_lines(take: StockTake) -> Sequence[Any]:
    """(line, goods, batch) of a stock-take, what differs first."""
    return db.session.execute(
        select(StockTakeLine, Goods, Batch)
        .join(Batch, Batch.id == StockTakeLine.batch_id)
        .join(Goods, Goods.id == Batch.goods_id)
        .where(StockTakeLine.take_id == take.id)
        .order_by(case((StockTakeLine.booked != StockTakeLine.counted, 0), else_=1), Goods.name, Batch.id)
    ).all()


# --- the replay


def replay_differs() -> Sequence[Any]:
    """(id, free, held) of batches whose numbers are not the sums of their moves, as these say; none is right."""
    free = func.sum(
        case(*[(StockMove.kind == kind, StockMove.quantity * effect[0]) for kind, effect in EFFECTS.items()])
    )
    held = func.sum(
        case(*[(StockMove.kind == kind, StockMove.quantity * effect[1]) for kind, effect in EFFECTS.items()])
    )
    moved = select(StockMove.batch_id, free.label("free"), held.label("held")).group_by(StockMove.batch_id).subquery()
    free_now, held_now = func.coalesce(moved.c.free, 0), func.coalesce(moved.c.held, 0)
    return db.session.execute(
        select(Batch.id, free_now.label("free"), held_now.label("held"))
        .outerjoin(moved, moved.c.batch_id == Batch.id)
        .where(or_(Batch.free != free_now, Batch.held != held_now))
        .order_by(Batch.id)
    ).all()
