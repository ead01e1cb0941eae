"""The merchants' alliance: four ratings, tiers by points held, a code for one purchase."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core.db import db
from gridcase.core.permissions import job
from gridcase.people.rules import Role
from gridcase.points import queries as points
from gridcase.shop.models import Merchant
from tests.factories import shop as factory
from tests.factories.world import World
from tests.shop.test_views import NOW, page

ClientAs = Callable[[Role | str], FlaskClient]
CODE = re.compile(r'class="code">([A-Z2-9]{4})-([A-Z2-9]{4})<')
FOUR = {"strength": 4, "honesty": 5, "variety": 3, "demand": 4}
REVIEW = FOUR | {
    "words": "证照齐全", "admitted": "yes", "since": "2026-11-01", "until": "2027-10-31", "points_1": 100,
    "percent_1": 95, "points_2": 300, "percent_2": 90,
}  # fmt: skip


def apply(client: FlaskClient, place: int, **changes: object) -> str:
    """Register a merchant; returns the address of its review."""
    form = {"place": place, "name": "惠民粮油店", "trade": "粮油", "address": "老街 3 号"} | changes
    answer = client.post("/shop/merchants/new", data=form)
    assert answer.status_code == 302, answer.text[-2000:]
    return answer.location


@pytest.fixture
def member(client_as: ClientAs, world: World, app: Flask) -> int:
    """A member of the own town; the villager's home holds 120 points."""
    manager = client_as(Role.TOWN_MANAGER)
    review = apply(manager, world.grids["town"])
    assert manager.post(review, data=REVIEW).status_code == 302
    with app.app_context():
        factory.merit(world.homes["circle"][0], 120, now=NOW)
        found = db.session.query(Merchant.id).scalar()
        db.session.remove()
    return int(found)


def prove(client: FlaskClient, merchant: int) -> str:
    """Ask for a code; returns it."""
    answer = client.post(f"/shop/merchants/{merchant}/prove", data={"client_uuid": str(uuid4())}, follow_redirects=True)
    found = CODE.search(answer.text)
    assert found is not None, answer.text[-2000:]
    return "".join(found.groups())


def test_admitted_by_four_ratings(client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    review = apply(manager, world.grids["town"])
    assert (
        "已经登记过同名"
        in manager.post(
            "/shop/merchants/new", data={"place": world.grids["town"], "name": "惠民粮油店", "trade": "粮油"}
        ).text
    )
    assert "四项都在 3 分以上" in manager.post(review, data=REVIEW | {"honesty": 2}).text
    assert "请至少填一档" in manager.post(review, data=FOUR | {
        "words": "好", "admitted": "yes", "since": "2026-11-01", "until": "2027-10-31",
    }).text  # fmt: skip
    assert "请评 1 到 5 分" in manager.post(review, data={"words": "好"}).text
    assert manager.post(review, data=REVIEW | {"admitted": "no", "honesty": 2}).status_code == 302
    assert "未通过" in page(manager, "/shop/merchants?state=declined")
    assert manager.post(review, data=REVIEW).status_code == 302
    assert "联盟商家" in page(manager, "/shop/merchants?state=member")
    assert "已经在联盟里" in manager.post(review, data=REVIEW).text


def test_a_villager_sees_members_alone_and_what_he_gets(client_as: ClientAs, world: World, member: int) -> None:
    apply(client_as(Role.TOWN_MANAGER), world.grids["town"], name="没评审的店")
    listed = page(client_as(Role.RESIDENT), "/shop/merchants")
    assert "惠民粮油店" in listed
    assert "没评审的店" not in listed
    assert "您享 9.5 折" in listed
    one = page(client_as(Role.RESIDENT), f"/shop/merchants/{member}")
    assert "出示优惠码，享 9.5 折" in one
    assert "证照齐全" not in one, "the review is for who manages"


def test_a_code_is_good_for_one_purchase_and_spends_nothing(
    client_as: ClientAs, world: World, member: int, app: Flask
) -> None:
    villager, cashier = client_as(Role.RESIDENT), app.test_client()
    code = prove(villager, member)
    looked = cashier.post("/shop/merchants/check", data={"code": f"{code[:4]}-{code[4:]}".lower()}).text
    assert "9.5 折" in looked
    assert "上河村村民" in looked
    assert "大三" not in looked
    assert "*三" not in looked
    assert cashier.post("/shop/merchants/check/use", data={"code": code}).status_code == 409
    done = cashier.post("/shop/merchants/check/use", data={"code": code, "amount": "200"})
    assert "少收 10 元" in done.text
    again = cashier.post("/shop/merchants/check/use", data={"code": code, "amount": "200"})
    assert again.status_code == 409
    assert "上河村村民" not in again.text, "of a code that is used up nothing more is shown"
    assert "2026年11月23日 10:00 用过了" in again.text
    assert "用过了" in cashier.post("/shop/merchants/check", data={"code": code}).text
    with app.app_context():
        assert points.balances_of(world.homes["circle"][0], viewer=job("test")).merit == 120
        db.session.remove()
    log = page(client_as(Role.TOWN_MANAGER), "/shop/discounts")
    assert "200" in log
    assert "上河村" in log
    assert "大三" not in log


def test_a_code_lasts_half_an_hour(client_as: ClientAs, member: int, app: Flask, at: Callable[[str], None]) -> None:
    code = prove(client_as(Role.RESIDENT), member)
    at("2026-11-23T10:31:00+08:00")
    cashier = app.test_client()
    assert "过了 30 分钟" in cashier.post("/shop/merchants/check", data={"code": code}).text
    used = cashier.post("/shop/merchants/check/use", data={"code": code, "amount": "5"})
    assert used.status_code == 409
    assert "过了 30 分钟" in used.text


@pytest.mark.parametrize("door", ["check", "check/use"])
def test_guessing_is_counted(app: Flask, member: int, door: str) -> None:
    guesser, typed = app.test_client(), {"code": "22222222", "amount": "5"}
    for _ in range(30):
        assert "没有这个码" in guesser.post(f"/shop/merchants/{door}", data=typed).text
    assert "错的次数太多" in guesser.post(f"/shop/merchants/{door}", data=typed).text


def test_too_few_points(client_as: ClientAs, member: int, world: World) -> None:
    liaison, home = client_as(Role.LIAISON), world.homes["circle"][1]
    assert "还差 100 分才能享受优惠" in page(liaison, f"/shop/merchants/{member}?home={home}")
    answer = liaison.post(
        f"/shop/merchants/{member}/prove?home={home}", data={"client_uuid": str(uuid4())}, follow_redirects=True
    )
    assert "还差 100 分才能享受优惠" in answer.text
    assert CODE.search(answer.text) is None


def test_removed_and_what_a_merchant_says_himself(client_as: ClientAs, member: int) -> None:
    manager, villager = client_as(Role.TOWN_MANAGER), client_as(Role.RESIDENT)
    said = manager.post(
        f"/shop/merchants/{member}/figures", data={"year": 2026, "growth_percent": 15, "profit": "35000"},
        follow_redirects=True,
    )  # fmt: skip
    assert "营业额增长 15%" in said.text
    assert "35,000" in page(manager, "/shop/discounts")
    assert "请写明退出原因" in manager.post(f"/shop/merchants/{member}/remove", data={}, follow_redirects=True).text
    assert (
        "已退出联盟"
        in manager.post(f"/shop/merchants/{member}/remove", data={"why": "以次充好"}, follow_redirects=True).text
    )
    assert villager.get(f"/shop/merchants/{member}").status_code == 404
    assert "以次充好" in page(manager, f"/shop/merchants/{member}")


def test_the_county_has_its_own_and_the_discounts_of_before(client_as: ClientAs, world: World, member: int) -> None:
    county = client_as(Role.COUNTY_MANAGER)
    review = apply(county, world.grids["county"], name="县城商城", online="y")
    county.post(review, data=REVIEW)
    listed = page(county, "/shop/merchants")
    assert "县级线上" in listed
    assert "惠民粮油店" in listed
    past = {"place": world.grids["county"], "until": "2025-12-31", "saved": "1080000", "source": "原系统"}
    assert county.post("/shop/discounts/past", data=past).status_code == 302
    assert "已经登记过" in county.post("/shop/discounts/past", data=past).text
    assert "累计 1,080,000 元" in page(county, "/shop/discounts")
    assert client_as(Role.TOWN_MANAGER).get(review).status_code == 404
    assert client_as(Role.RESIDENT).get("/shop/discounts").status_code == 403
