"""Shops and what stands on their shelves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.grid.models import Grid
from gridcase.shop import queries
from gridcase.shop.models import Goods, GoodsPhoto, Shop
from gridcase.shop.rules.goods import as_cash
from gridcase.shop.service.rights import over
from gridcase.shop.service.stock import KEEPERS

SHOP_FIELDS = (
    "name", "venue", "hours", "sponsor", "has_room", "has_sign", "has_rules", "has_goods", "rules", "code_days",
    "confirm_from_fen",
)  # fmt: skip
GOODS_FIELDS = ("name", "unit", "kind", "target", "points", "low_at", "on_shelf")
FEWEST_DAYS, MOST_DAYS = 1, 30


def open_shop(place: Grid, values: Mapping[str, Any], *, actor: Viewer, now: datetime) -> Shop:
    """A new shop of a village or a town."""
    grant = over(actor, place.path, Permission.MANAGE_SHOP)
    if place.level not in queries.shops.SHOP_LEVELS:
        raise Refused(N_("积分超市设在村或镇。"), field="place")
    _check_shop(place.id, values)
    shop = Shop(place_id=place.id, path=place.path, opened_on=town_day(now), **_kept(values, SHOP_FIELDS))
    db.session.add(shop)
    db.session.flush()
    _note("shop.open", shop, grant.post_id, actor, now)
    return shop


def edit_shop(
    shop: Shop, values: Mapping[str, Any], *, closed: bool, seen: str | None, actor: Viewer, now: datetime
) -> None:
    """Change what is told of a shop, close it or open it again. What is reserved can still be fetched or cancelled."""
    grant = over(actor, shop.path, Permission.MANAGE_SHOP)
    db.session.refresh(shop, with_for_update={"of": Shop})
    check_seen(shop, SHOP_FIELDS, seen)
    _check_shop(shop.place_id, values, but=shop.id)
    wanted = _kept(values, SHOP_FIELDS)
    wanted["closed_on"] = (shop.closed_on or town_day(now)) if closed else None
    changes = change(shop, wanted)
    if changes:
        _note("shop.edit", shop, grant.post_id, actor, now, fields=sorted(changes))


def _check_shop(place_id: int, values: Mapping[str, Any], *, but: int = 0) -> None:
    taken = select(Shop.id).where(Shop.place_id == place_id, Shop.name == values["name"], Shop.id != but)
    if db.session.scalar(taken) is not None:
        raise Refused(N_("这里已经有同名的积分超市。"), field="name")
    if not FEWEST_DAYS <= values["code_days"] <= MOST_DAYS:
        raise Refused(N_("填 %(low)s 到 %(high)s 天。", low=FEWEST_DAYS, high=MOST_DAYS), field="code_days")


def add_goods(
    shop: Shop, values: Mapping[str, Any], *, photo: Prepared | None = None, actor: Viewer, now: datetime
) -> Goods:
    """A new kind of goods with its price in points, and what it looks like."""
    grant = over(actor, shop.path, *KEEPERS)
    _check_goods(shop.id, values)
    goods = Goods(shop_id=shop.id, **_kept(values, GOODS_FIELDS))
    db.session.add(goods)
    db.session.flush()
    _note("shop.goods", shop, grant.post_id, actor, now, goods=goods.id, points=goods.points)
    if photo is not None:
        _hang(goods, photo, grant.post_id, actor=actor, now=now)
    return goods


def edit_goods(
    goods: Goods, values: Mapping[str, Any], *, seen: str | None, photo: Prepared | None = None, no_photo: bool = False,
    actor: Viewer, now: datetime,
) -> None:  # fmt: skip
    """Change goods; a new price holds for what is reserved from now on. A photo takes the place of the one before."""
    shop = goods.shop
    grant = over(actor, shop.path, *KEEPERS)
    db.session.refresh(goods, with_for_update={"of": Goods})
    check_seen(goods, GOODS_FIELDS, seen)
    _check_goods(shop.id, values, but=goods.id)
    changes = change(goods, _kept(values, GOODS_FIELDS))
    if changes:
        _note("shop.goods_edit", shop, grant.post_id, actor, now, goods=goods.id, changes=changes)
    if photo is not None or no_photo:
        _hang(goods, photo, grant.post_id, actor=actor, now=now)


def _hang(goods: Goods, photo: Prepared | None, post_id: int | None, *, actor: Viewer, now: datetime) -> None:
    """Another photo in the place of the one before; None: the one before is taken away."""
    row = queries.goods.photo_of(goods)
    kept = files.keep(photo, now=now).id if photo is not None else None
    if kept is None:
        if row is None:
            return
        db.session.delete(row)
    elif row is None:
        db.session.add(GoodsPhoto(goods_id=goods.id, file_id=kept, user_id=actor.user_id, at=now))
    else:
        row.file_id, row.user_id, row.at = kept, actor.user_id, now
    _note("shop.goods_photo", goods.shop, post_id, actor, now, goods=goods.id, file=kept)


def _check_goods(shop_id: int, values: Mapping[str, Any], *, but: int = 0) -> None:
    taken = select(Goods.id).where(Goods.shop_id == shop_id, Goods.name == values["name"], Goods.id != but)
    if db.session.scalar(taken) is not None:
        raise Refused(N_("货架上已有同名货品，直接给它入库即可。"), field="name")
    if word := as_cash(values["name"]):
        raise Refused(N_("积分只换实物和服务，不兑现金和能当钱用的（“%(word)s”），请换一样。", word=word), field="name")
    if values["points"] < 1:
        raise Refused(N_("积分价至少 1 分。"), field="points")


def _kept(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _note(action: str, shop: Shop, post_id: int | None, actor: Viewer, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="shop", subject_id=shop.id, place_path=shop.path, post_id=post_id,
        now=now, detail=dict(detail),
    )  # fmt: skip
    db.session.flush()
