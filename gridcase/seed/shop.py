"""The points shops of the demo: goods, donations, redemptions of some weeks, and the merchants of a county."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.points import queries as points
from gridcase.points.models import Account
from gridcase.points.rules import AccountKind
from gridcase.seed.places import HOME_VILLAGE
from gridcase.seed.villages import Team
from gridcase.shop import service
from gridcase.shop.models import Goods, Shop
from gridcase.shop.rules import DonationForm, DonorKind, Source, Tier
from gridcase.shop.service.donations import Gift
from gridcase.shop.service.merchants import Review
from gridcase.shop.service.stock import Arrival

MARK = uuid.UUID("5b0c1e0e-6f52-4b8e-9a43-0d6a4f0a7c11")
# name, unit, kind, target, points, pieces, fen a piece, days it keeps (0: it does not spoil)
GOODS = (
    ("洗衣粉 1 公斤", "袋", "daily", "all", 8, 40, 850, 0),
    ("香皂", "块", "daily", "all", 4, 60, 350, 0),
    ("大米 5 公斤", "袋", "food", "all", 30, 25, 2600, 180),
    ("食用油 1.8 升", "桶", "food", "all", 25, 20, 2450, 26),
    ("复合肥 10 公斤", "袋", "farm", "middle", 40, 12, 3800, 0),
    ("菜种包", "包", "farm", "middle", 5, 30, 400, 300),
    ("作业本和铅笔", "套", "school", "young", 6, 30, 500, 0),
    ("老花镜", "副", "elder", "old", 12, 4, 1200, 0),
)
RULES = "一户一账，凭领取码领取；积分只换物，不兑现金；货品不对外售卖；每季度公示捐赠和兑换。"
MERCHANTS = (("惠民粮油店", "粮油副食", False), ("新农资服务部", "种子化肥", False), ("县供销优选", "日用百货", True))


SPONSORS = (
    ("县红十字会", "县红十字会", DonorKind.RED_CROSS), ("县妇联", "县妇联", DonorKind.WOMEN),
    ("", "县农商行", DonorKind.COMPANY),
)  # fmt: skip


@dataclass(frozen=True)
class Stand:
    """A village's shop of the demo: who sponsors it, and what a batch of it came from."""

    village: Grid
    sponsor: str
    donor: str
    donor_kind: DonorKind


def work(teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """A shop in the first village of every town, and merchants where one signs in."""
    key, first = str(current_app.secret_key).encode(), {team.town_code: team for team in reversed(teams)}
    home = next(team for team in teams if team.code == HOME_VILLAGE)
    first[home.town_code] = home
    for number, code in enumerate(sorted(first)):
        sponsor, donor, kind = SPONSORS[number % len(SPONSORS)]
        stand = Stand(db.session.get_one(Grid, first[code].id), sponsor, donor, kind)
        with transaction():
            shop = _shop(stand, actor=actor, now=now - timedelta(days=60))
            rows = _goods(shop, actor=actor, now=now - timedelta(days=50))
            _gifts(stand, rows[2], actor=actor, now=now - timedelta(days=40))
            _redeem(stand, rows, actor=actor, key=key, now=now)
    with transaction():
        village = db.session.get_one(Grid, home.id)
        for place_id, merchants in ((village.county_id, MERCHANTS[2:]), (village.town_id, MERCHANTS[:2])):
            _merchants(db.session.get_one(Grid, place_id), merchants, actor=actor, now=now)


def _mark(*parts: object) -> str:
    return str(uuid.uuid5(MARK, ":".join(map(str, parts))))


def _shop(stand: Stand, *, actor: Viewer, now: datetime) -> Shop:
    values = {
        "name": f"{stand.village.name}积分超市", "venue": "村民服务中心一楼", "hours": "每周五 9:00-11:30",
        "sponsor": stand.sponsor, "has_room": True, "has_sign": True, "has_rules": True, "has_goods": True,
        "rules": RULES, "code_days": 7, "confirm_from_fen": 10_000,
    }  # fmt: skip
    return service.shops.open_shop(stand.village, values, actor=actor, now=now)


def _goods(shop: Shop, *, actor: Viewer, now: datetime) -> list[Goods]:
    made = []
    for name, unit, kind, target, price, pieces, fen, keeps in GOODS:
        values = {
            "name": name, "unit": unit, "kind": kind, "target": target, "points": price, "low_at": 5, "on_shelf": True
        }  # fmt: skip
        goods = service.shops.add_goods(shop, values, actor=actor, now=now)
        last = town_day(now) + timedelta(days=50 + keeps) if keeps else None
        arrival = Arrival(pieces, fen, Source.PURCHASE, town_day(now), expires_on=last)
        service.stock.receive(goods, arrival, client_uuid=_mark("batch", goods.id), actor=actor, now=now)
        made.append(goods)
    return made


def _gifts(stand: Stand, rice: Goods, *, actor: Viewer, now: datetime) -> None:
    """A unit gives rice, which comes in; a worthy who stays unnamed gives money, of which some is used."""
    day, place = town_day(now), stand.village
    sack = Gift(stand.donor, stand.donor_kind, DonationForm.GOODS, 52_000, day, goods="大米 20 袋", purpose="积分超市")
    given = service.donations.give(place, sack, client_uuid=_mark("gift", place.id, 1), actor=actor, now=now)
    arrival = Arrival(20, 2600, Source.DONATION, day, expires_on=day + timedelta(days=200), donation_id=given.id)
    service.stock.receive(rice, arrival, client_uuid=_mark("given", place.id), actor=actor, now=now)
    purse = Gift("在外乡贤", DonorKind.WORTHY, DonationForm.MONEY, 300_000, day, anonymous=True)
    money = service.donations.give(place, purse, client_uuid=_mark("gift", place.id, 2), actor=actor, now=now)
    service.donations.use(
        money, amount_fen=86_000, what="重阳节走访老人", used_on=day, client_uuid=_mark("use", place.id), actor=actor,
        now=now,
    )  # fmt: skip


def _redeem(stand: Stand, rows: Sequence[Goods], *, actor: Viewer, key: bytes, now: datetime) -> None:
    """Homes with points take what they can afford: most of it has been handed over, some waits."""
    homes = db.session.execute(
        select(Household, Account.balance)
        .join(Account, Account.household_id == Household.id)
        .where(Household.village_id == stand.village.id, Account.kind == AccountKind.MERIT, Account.balance >= 4)
        .order_by(Account.balance.desc(), Household.id)
        .limit(10)
    ).all()
    left = {one.id: line[5] for one, line in zip(rows, GOODS, strict=True)}
    for turn, (home, merit) in enumerate(homes):
        at = now - timedelta(days=1 if turn % 3 == 0 else 8 + turn)
        if points.frozen_until(home.id, on=town_day(at)) or points.frozen_until(home.id, on=town_day(now)):
            continue
        goods = max((one for one in rows if one.points <= merit and left[one.id]), key=lambda one: one.points)
        left[goods.id] -= 1
        row = service.redemptions.reserve(
            goods, household=home, quantity=1, client_uuid=_mark("redeem", home.id), key=key, actor=actor, now=at
        )
        if turn % 3:
            service.redemptions.hand_over(row, actor=actor, now=at + timedelta(days=1))


def _merchants(place: Grid, merchants: Sequence[tuple[str, str, bool]], *, actor: Viewer, now: datetime) -> None:
    first = town_day(now).replace(month=1, day=1)
    for name, trade, online in merchants:
        row = service.merchants.apply(
            place, name=name, trade=trade, address="", online=online, actor=actor, now=now - timedelta(days=90)
        )
        review = Review(
            {"strength": 4, "honesty": 5, "variety": 4, "demand": 5}, "证照齐全，群众信得过。", True, first,
            first.replace(year=first.year + 2), (Tier(10, 98), Tier(50, 95), Tier(200, 90)),
        )  # fmt: skip
        service.merchants.review(row, review, actor=actor, now=now - timedelta(days=80))
