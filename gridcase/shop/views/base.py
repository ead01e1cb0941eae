"""The blueprint, and what every page of the shop needs."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.shop import queries
from gridcase.shop.models import Shop
from gridcase.shop.rules import GoodsKind, RedemptionState, Source, TakeState, TargetGroup, in_yuan
from gridcase.web.access import viewer
from gridcase.web.formkit import BaseForm
from gridcase.web.frame import NavItem

REDEEM, KEEP, MANAGE = Permission.REDEEM_POINTS, Permission.KEEP_SHOP, Permission.MANAGE_SHOP
MERCHANTS = Permission.MANAGE_MERCHANTS
ANYBODY = (REDEEM, KEEP, MANAGE)
KEEPERS = (KEEP, MANAGE)
CONFLICT = 409

bp = Blueprint("shop", __name__, url_prefix="/shop")
bp.add_app_template_filter(in_yuan, "yuan")
for _name, _kind in (
    ("goods_words", GoodsKind), ("target_words", TargetGroup), ("source_words", Source), ("take_words", TakeState),
    ("redemption_words", RedemptionState),
):  # fmt: skip
    bp.add_app_template_filter(lambda value, kind=_kind: kind(value).label, _name)
bp.add_app_template_filter(lambda value: GoodsKind(value).mark, "goods_sign")
NAV = (
    NavItem("shop", N_("积分超市"), "shop.index", "points", frozenset(ANYBODY), 43, group="points", module="shop"),
    NavItem(
        "merchants", N_("商家"), "shop.merchants", "points", frozenset({REDEEM, MERCHANTS}), 49, group="points",
        module="merchants",
        pages=frozenset(
            {f"shop.{name}" for name in (
                "merchants", "new_merchant", "merchant", "review", "remove", "figures", "prove", "proof", "discounts",
                "past_discounts",
            )}
        ),
    ),
)  # fmt: skip


def today() -> date:
    """The town's day."""
    return clock.town_day(clock.now())


def key() -> bytes:
    """The installation's key: codes follow from it."""
    return str(current_app.secret_key).encode()


def keys() -> list[bytes]:
    """This key and the former ones, so that codes outlive a change of keys."""
    return [key(), *(str(one).encode() for one in current_app.config["SECRET_KEY_FALLBACKS"])]


def kept_shop(shop_id: int) -> Shop:
    """A shop behind whose counter one stands, or for which one answers."""
    return queries.shops.get_shop(shop_id, viewer=viewer(), permissions=KEEPERS)


def status_of(form: BaseForm) -> int:
    """What answers a form: one that was refused as a whole is a conflict, for whoever reads the number alone."""
    return CONFLICT if form.form_errors else 200
