"""Routes and objects of this part: the shop, its counter, donations, the merchants' alliance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.files import service as files
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.shop import queries, service
from gridcase.shop.rules import DonationForm, DonorKind, Tier
from gridcase.shop.service.donations import Gift
from gridcase.shop.service.merchants import Review
from gridcase.shop.service.stock import Counted
from tests.factories import shop as factory
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.files.corpus import jpeg
from tests.house.roles import CELL, CIRCLE, VILLAGE, Row, names

REDEEMS = CIRCLE | CELL | VILLAGE | names("resident")
KEEPS = names("shop_keeper village_head town_manager")
MANAGES = names("village_head town_manager")
ALLIANCE = names("town_manager county_manager")
# Whoever redeems for one home of a village uses its shop; the reservation itself is that home's.
SPOT = {spot.name: spot for spot in SPOTS if spot.name in {"own", "sibling village", "other town", "other county"}}
BEFORE = timedelta(days=2)  # other parts freeze the points of these homes today
TOWN = {"own": "town", "other town": "other_town", "other county": "far_town"}

TABLE: tuple[Row, ...] = (
    Row("shop.index", REDEEMS | KEEPS),
    Row("shop.shelf", REDEEMS | KEEPS, "shop"),
    Row("shop.reserve", REDEEMS, "goods"),
    Row("shop.mine", REDEEMS),
    Row("shop.redemption", REDEEMS, "redemption"),
    Row("shop.cancel", REDEEMS, "redemption"),
    *(
        Row(f"shop.{page}", KEEPS, "shop")
        for page in (
            "counter", "hand_over", "give_back", "back_to_counter", "day_list", "enter_list", "stock", "new_goods",
            "receive", "count",
        )
    ),
    Row("shop.edit_goods", KEEPS, "goods"),
    *(Row(f"shop.{page}", REDEEMS | KEEPS, "goods") for page in ("goods_photo", "goods_photo_small")),
    *(Row(f"shop.{page}", KEEPS, "take") for page in ("take", "confirm_take", "send_back_take")),
    Row("shop.new_shop", MANAGES),
    Row("shop.edit_shop", MANAGES, "shop"),
    *(Row(f"shop.{page}", MANAGES) for page in ("reports", "donations", "new_donation")),
    Row("shop.donation", MANAGES, "donation"),
    Row("shop.print_donations", MANAGES, "village"),
    Row("shop.merchants", REDEEMS | ALLIANCE),
    Row("shop.merchant", REDEEMS | ALLIANCE, "merchant"),
    Row("shop.prove", REDEEMS, "merchant"),
    Row("shop.proof", REDEEMS, "proof"),
    *(Row(f"shop.{page}", ALLIANCE, "merchant") for page in ("review", "remove", "figures")),
    *(Row(f"shop.{page}", ALLIANCE) for page in ("new_merchant", "discounts", "past_discounts")),
)  # fmt: skip


def things(world: World) -> list[Thing]:
    """A shop with goods, a reservation, a stock-take and a donation at every place; a merchant of its town."""
    return [thing for name in SPOT for thing in (*_shop(world, name), *_merchant(world, name))]


def _shop(world: World, name: str) -> list[Thing]:
    spot, now = SPOT[name], clock.now() - BEFORE
    shop = factory.open_shop(world.grids[spot.village], now=now, name=f"记号（{name}）超市")
    goods = factory.shelve(shop, 5, now=now, photo=files.prepare(jpeg()))
    home = world.homes[spot.homes][spot.index]
    factory.merit(home, 500, now=now)
    row = factory.reserve(goods, home, now=now)
    batch = queries.goods.stock(shop)[0].Batch
    place = db.session.get_one(Grid, world.grids[spot.village])
    with transaction():
        take = service.stock.take(
            shop, [Counted(batch.id, 1, "破损")], client_uuid=str(uuid4()), actor=MAKER, now=now
        )  # fmt: skip
        gift = Gift(f"记号（{name}）", DonorKind.WORTHY, DonationForm.MONEY, 100_00, clock.town_day(now))
        given = service.donations.give(place, gift, client_uuid=str(uuid4()), actor=MAKER, now=now)
        ids = {"take": take.id, "donation": given.id}
    ids |= {"shop": shop.id, "goods": goods.id}
    everywhere = Thing("", name, 0, village=spot.village, homes_of=REDEEMS - CELL - VILLAGE, cell=spot.cell)
    if name == "own":
        everywhere = replace(everywhere, section="section_1")
    made = [replace(everywhere, kind=kind, id=row_id) for kind, row_id in ids.items()]
    if name != "own":
        made = [replace(thing, homes_of=frozenset()) for thing in made]
    own = Thing(
        "redemption", name, row.id, village=spot.village, cell=spot.cell, section=spot.section, homes_of=spot.homes_of
    )
    return [*made, own]


def _merchant(world: World, name: str) -> list[Thing]:
    """The two villages of the own town share its merchant."""
    if name not in TOWN:
        return []
    spot, now = SPOT[name], clock.now() - BEFORE
    today = clock.town_day(now)
    place = db.session.get_one(Grid, world.grids[TOWN[name]])
    home = db.session.get_one(Household, world.homes[spot.homes][spot.index])
    review = Review(
        dict.fromkeys(("strength", "honesty", "variety", "demand"), 4),
        "好",
        True,
        today,
        today + 2 * BEFORE,
        [Tier(10, 95)],
    )
    with transaction():
        row = service.merchants.apply(
            place, name=f"记号（{name}）粮油店", trade="粮油", address="", online=False, actor=MAKER, now=now
        )
        service.merchants.review(row, review, actor=MAKER, now=now)
        proof = service.merchants.prove(
            row, household=home, client_uuid=str(uuid4()), key=factory.KEY, actor=MAKER, now=now
        )
        ids = row.id, proof.id
    merchant = Thing(
        "merchant", name, ids[0], village=spot.village, cell=spot.cell, section="section_1" if name == "own" else "",
        homes_of=REDEEMS if name == "own" else frozenset(),
    )  # fmt: skip
    return [
        merchant,
        Thing(
            "proof", name, ids[1], village=spot.village, cell=spot.cell, section=spot.section, homes_of=spot.homes_of
        ),
    ]
