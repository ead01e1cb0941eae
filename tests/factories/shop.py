"""A small points shop: goods on the shelf, homes with merit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.files.service import Prepared
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.points import service as points
from gridcase.shop import service
from gridcase.shop.models import Goods, Redemption, Shop
from gridcase.shop.rules import Source
from gridcase.shop.service.stock import Arrival
from tests.factories.world import MAKER

KEY = b"test"
RICE = {
    "name": "大米 5 公斤", "unit": "袋", "kind": "food", "target": "all", "points": 30, "low_at": 3, "on_shelf": True,
}  # fmt: skip
SHOP = {
    "name": "上河村积分超市", "venue": "村民服务中心一楼", "hours": "每周五 9:00-11:30", "sponsor": "县红十字会",
    "has_room": True, "has_sign": True, "has_rules": True, "has_goods": False, "rules": "凭码领取，不兑现金。",
    "code_days": 7, "confirm_from_fen": 10_000,
}  # fmt: skip


def merit(home: int, amount: int, *, now: datetime) -> None:
    """So many points that can be spent, brought from before."""
    with transaction():
        points.post_history(
            household_id=home, points=amount, redeemed=0, on=town_day(now) - timedelta(days=1), actor=MAKER, now=now
        )


def open_shop(place_id: int, *, now: datetime, **changes: object) -> Shop:
    """A shop of a village or town."""
    with transaction():
        return service.shops.open_shop(db.session.get_one(Grid, place_id), SHOP | changes, actor=MAKER, now=now)


def shelve(
    shop: Shop,
    pieces: int,
    *,
    now: datetime,
    expires_on: date | None = None,
    photo: Prepared | None = None,
    **changes: object,
) -> Goods:
    """Goods on the shelf, a batch of so many pieces taken in (none for 0)."""
    with transaction():
        goods = service.shops.add_goods(shop, RICE | changes, photo=photo, actor=MAKER, now=now)
    if pieces:
        fill(goods, pieces, now=now, expires_on=expires_on)
    return goods


def fill(goods: Goods, pieces: int, *, now: datetime, unit_fen: int = 2500, expires_on: date | None = None) -> int:
    """One more batch; returns its id."""
    arrival = Arrival(pieces, unit_fen, Source.PURCHASE, town_day(now), expires_on=expires_on)
    with transaction():
        batch = service.stock.receive(goods, arrival, client_uuid=str(uuid4()), actor=MAKER, now=now)
        return batch.id


def reserve(
    goods: Goods,
    home: int,
    *,
    now: datetime,
    quantity: int = 1,
    actor: Viewer = MAKER,
    mark: str = "",
    key: bytes = KEY,
) -> Redemption:
    """A reservation for a home."""
    with transaction():
        return service.redemptions.reserve(
            goods, household=db.session.get_one(Household, home), quantity=quantity,
            client_uuid=mark or str(uuid4()), key=key, actor=actor, now=now,
        )  # fmt: skip
