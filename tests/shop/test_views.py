"""The pages of the shop, as each role meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.shop import queries
from gridcase.shop.models import Batch, Donation, Goods, Redemption, Shop
from tests.factories import shop as factory
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ClientAs = Callable[[Role | str], FlaskClient]
CODE = re.compile(r'class="code">([A-Z2-9]{4})-([A-Z2-9]{4})<')


@dataclass
class Made:
    """Ids of a shop with rice, and the villager's home."""

    shop: int
    rice: int
    home: int


@pytest.fixture
def made(app: Flask, world: World) -> Made:
    """A shop of village A with three bags of rice at 30 points; the villager's home holds 50."""
    home = world.homes["circle"][0]
    with app.app_context():
        shop = factory.open_shop(world.grids["village_a"], now=NOW)
        rice = factory.shelve(shop, 3, now=NOW)
        factory.shelve(shop, 2, now=NOW, name="毛毯", unit="条", kind="elder", target="old", points=62)
        factory.merit(home, 50, now=NOW)
        ids = Made(shop.id, rice.id, home)
        db.session.remove()
    return ids


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 200, url
    return answer.text


def reserve(client: FlaskClient, made: Made, *, home: int | None = None, quantity: int = 1, status: int = 302) -> str:
    """Reserve rice; returns the address of the reservation, or the page of the refusal."""
    link = f"/shop/goods/{made.rice}/reserve" + (f"?home={home}" if home else "")
    answer = client.post(link, data={"client_uuid": str(uuid4()), "quantity": quantity})
    assert answer.status_code == status, answer.text[-3000:]
    return answer.location if status == 302 else answer.text


def code_on(client: FlaskClient, url: str) -> str:
    found = CODE.search(page(client, url))
    assert found is not None
    return "".join(found.groups())


def test_the_shelf_says_what_is_missing(client_as: ClientAs, made: Made) -> None:
    shelf = page(client_as(Role.RESIDENT), "/shop/")
    assert "上河村积分超市" in shelf
    assert "大米 5 公斤" in shelf
    assert "还差 12 分" in shelf
    assert "只剩 3袋" in shelf
    assert f"/shop/goods/{made.rice}/reserve" in shelf
    assert "老年人" in shelf
    assert "去柜台" not in shelf


def test_from_the_shelf_to_the_counter(client_as: ClientAs, made: Made) -> None:
    villager, keeper = client_as(Role.RESIDENT), client_as(Role.SHOP_KEEPER)
    url = reserve(villager, made)
    code = code_on(villager, url)
    assert "待领取" in page(villager, "/shop/mine")
    counter = keeper.post(f"/shop/{made.shop}/counter", data={"code": code.lower()})
    assert "大米 5 公斤 × 1袋" in counter.text
    assert "货品交到手里了" in counter.text
    assert "大三" not in counter.text, "the head's given name is hidden"
    done = keeper.post(f"/shop/{made.shop}/hand-over", data={"code": code}, follow_redirects=True)
    assert "已交付：大米 5 公斤 1袋，30 分。" in done.text
    assert done.request.path == f"/shop/{made.shop}/counter", "opened again it only looks"
    assert keeper.get(f"/shop/{made.shop}/hand-over").location == f"/shop/{made.shop}/counter"
    assert "已领取" in page(villager, "/shop/mine")
    again = keeper.post(f"/shop/{made.shop}/hand-over", data={"code": code})
    assert again.status_code == 409
    assert "这个码已经用过，货品在 2026年11月23日 10:00 交付了。" in again.text
    assert CODE.search(page(villager, url)) is None


def test_a_wrong_code_says_what_to_do(client_as: ClientAs, made: Made) -> None:
    keeper = client_as(Role.SHOP_KEEPER)
    assert "没有这个领取码" in keeper.post(f"/shop/{made.shop}/counter", data={"code": "22222222"}).text
    assert "请输入领取码" in keeper.post(f"/shop/{made.shop}/counter", data={"code": ""}).text
    assert keeper.post(f"/shop/{made.shop}/hand-over", data={"code": "22222222"}).status_code == 409


def test_who_comes_second_reads_a_plain_sentence(client_as: ClientAs, made: Made) -> None:
    villager = client_as(Role.RESIDENT)
    refused = reserve(villager, made, quantity=2, status=200)
    assert "积分不够，还差 10 分。" in refused
    assert "请填 1 到 20 件" in reserve(villager, made, quantity=0, status=200)
    with villager.application.app_context():
        factory.merit(made.home + 1, 90, now=NOW)
        factory.reserve(db.session.get_one(Goods, made.rice), made.home + 1, now=NOW, quantity=3)
        db.session.remove()
    assert "这件货品现在没有货" in reserve(villager, made, status=409)


def test_a_villager_cancels(client_as: ClientAs, made: Made) -> None:
    villager = client_as(Role.RESIDENT)
    url = reserve(villager, made)
    after = villager.post(f"{url}/cancel", follow_redirects=True).text
    assert "已取消，积分退回" in after
    assert "50" in page(villager, "/shop/")
    again = villager.post(f"{url}/cancel", follow_redirects=True).text
    assert "已经取消或过期" in again


def test_whoever_helps_finds_the_home_first(client_as: ClientAs, made: Made, world: World) -> None:
    liaison = client_as(Role.LIAISON)
    shelf = page(liaison, "/shop/")
    assert "替哪一户兑换" in shelf
    assert "/reserve" not in shelf
    assert f"home={made.home}" in shelf, "the homes of the own circle stand there without looking for them"
    found = page(liaison, f"/shop/{made.shop}?q=大三")
    assert f"home={made.home}" in found
    code_on(liaison, reserve(liaison, made, home=made.home))
    foreign = world.homes["village_a"][15]
    assert liaison.get(f"/shop/{made.shop}?home={foreign}").status_code == 404
    assert liaison.get(f"/shop/goods/{made.rice}/reserve?home={foreign}").status_code == 404


def test_who_may_not_stand_behind_the_counter(client_as: ClientAs, made: Made) -> None:
    for role in (Role.RESIDENT, Role.LIAISON, Role.DISPATCHER):
        assert client_as(role).get(f"/shop/{made.shop}/counter").status_code == 403
        assert client_as(role).post(f"/shop/{made.shop}/hand-over", data={"code": "x"}).status_code == 403
    assert client_as(Role.SHOP_KEEPER).get("/shop/reports").status_code == 403
    assert client_as(Role.SHOP_KEEPER).get("/shop/donations").status_code == 403


def test_the_list_on_paper_and_its_entry(client_as: ClientAs, made: Made, app: Flask) -> None:
    villager, keeper = client_as(Role.RESIDENT), client_as(Role.SHOP_KEEPER)
    code = code_on(villager, reserve(villager, made))
    sheet = page(keeper, f"/shop/{made.shop}/list")
    assert f'data-label="码尾">{code[-2:]}</td>' in sheet
    assert code not in sheet
    assert "领取人签字" in sheet
    with app.app_context():
        number = db.session.query(Redemption.id).scalar()
        db.session.remove()
    entry = f"/shop/{made.shop}/list/enter"
    assert "请勾选已签字领取的" in keeper.post(entry, data={"handed_on": "2026-11-23"}).text
    wrong = keeper.post(entry, data={"handed_on": "2026-11-20", "rows": [number]})
    assert "领取日期填预约那天到今天之间" in wrong.text
    done = keeper.post(entry, data={"handed_on": "2026-11-23", "rows": [number]}, follow_redirects=True)
    assert "已补录 1 份" in done.text
    assert "按纸质清单补录" in done.text


def test_goods_are_added_and_received(client_as: ClientAs, made: Made, app: Flask) -> None:
    keeper = client_as(Role.SHOP_KEEPER)
    form = {"name": "洗衣粉", "unit": "袋", "kind": "daily", "target": "all", "points": 8, "low_at": 5, "on_shelf": "y"}
    answer = keeper.post(f"/shop/{made.shop}/goods/new", data=form)
    assert answer.status_code == 302
    assert "已有同名货品" in keeper.post(f"/shop/{made.shop}/goods/new", data=form).text
    goods = int(answer.location.rpartition("=")[2])
    assert f'<option selected value="{goods}">' in page(keeper, answer.location), "what was just added comes in"
    batch = {
        "client_uuid": str(uuid4()), "goods": goods, "quantity": 20, "unit_price": "6.50", "source": "purchase",
        "donation": 0, "received_on": "2026-11-23", "expires_on": "2026-12-10",
    }  # fmt: skip
    assert "已入库：洗衣粉 20袋" in keeper.post(f"/shop/{made.shop}/receive", data=batch, follow_redirects=True).text
    counter = page(keeper, f"/shop/{made.shop}/counter")
    assert "2026年12月10日 到期" in counter
    late = batch | {"client_uuid": str(uuid4()), "expires_on": "2026-11-01"}
    assert "已经过期，不能入库" in keeper.post(f"/shop/{made.shop}/receive", data=late).text
    with app.app_context():
        assert (db.session.query(Batch).filter_by(goods_id=goods).one().unit_fen) == 650
        db.session.remove()
    edited = form | {"points": 9, "name": "洗衣粉 1 公斤"}
    keeper.post(f"/shop/goods/{goods}/edit", data=edited)
    assert "洗衣粉 1 公斤" in page(keeper, f"/shop/{made.shop}/stock")


def test_a_large_difference_waits_for_a_second_person(client_as: ClientAs, made: Made, app: Flask) -> None:
    keeper, head = client_as(Role.SHOP_KEEPER), client_as(Role.VILLAGE_HEAD)
    with app.app_context():
        rice = db.session.get_one(Goods, made.rice)
        batch = factory.fill(rice, 50, now=NOW)
        db.session.remove()
    form = {"client_uuid": str(uuid4()), f"counted_{batch}": 40}
    assert "请写明原因" in keeper.post(f"/shop/{made.shop}/count", data=form).text
    answer = keeper.post(f"/shop/{made.shop}/count", data=form | {f"reason_{batch}": "受潮报损"})
    assert answer.status_code == 302
    waiting = page(keeper, answer.location)
    assert "请另一位管理员或村负责人" in waiting
    assert "250 元" in waiting
    assert keeper.post(f"{answer.location}/confirm").status_code == 409
    assert "1 次盘点等第二人确认" in page(head, f"/shop/{made.shop}/counter")
    assert "差异已入账" in head.post(f"{answer.location}/confirm", follow_redirects=True).text
    with app.app_context():
        assert queries.goods.free_of(db.session.get_one(Goods, made.rice), on=NOW.date()) == 43
        assert not queries.goods.replay_differs()
        db.session.remove()
    assert head.post(f"{answer.location}/send-back").status_code == 409


def test_a_small_difference_is_booked_at_once(client_as: ClientAs, made: Made, app: Flask) -> None:
    keeper = client_as(Role.SHOP_KEEPER)
    with app.app_context():
        batch = queries.goods.stock(db.session.get_one(Shop, made.shop))[0].Batch.id
        db.session.remove()
    form = {"client_uuid": str(uuid4()), f"counted_{batch}": 2, f"reason_{batch}": "破袋"}
    answer = keeper.post(f"/shop/{made.shop}/count", data=form, follow_redirects=True)
    assert "已入账" in answer.text
    assert "-1" in answer.text


def test_small_differences_become_large_together(client_as: ClientAs, made: Made, app: Flask) -> None:
    keeper = client_as(Role.SHOP_KEEPER)
    with app.app_context():
        batch = queries.goods.stock(db.session.get_one(Shop, made.shop))[0].Batch.id
        factory.fill(db.session.get_one(Goods, made.rice), 9, now=NOW)
        db.session.remove()

    def count(pieces: int) -> str:
        form = {"client_uuid": str(uuid4()), f"counted_{batch}": pieces, f"reason_{batch}": "破袋"}
        return keeper.post(f"/shop/{made.shop}/count", data=form, follow_redirects=True).text

    assert "已入账" in count(1), "50 yuan"
    assert "请另一位管理员或村负责人" in count(3), "50 more: a hundred within a month"


def test_goods_as_good_as_cash_are_refused(client_as: ClientAs, made: Made) -> None:
    form = {"unit": "张", "kind": "other", "target": "all", "points": 8, "low_at": 5, "on_shelf": "y"}
    for name in ("现金红包", "购 物 卡100元", "手机话费"):
        answer = client_as(Role.SHOP_KEEPER).post(f"/shop/{made.shop}/goods/new", data=form | {"name": name})
        assert "积分只换实物和服务" in answer.text, name


def test_an_expired_code_gives_back_alone(client_as: ClientAs, made: Made, at: Callable[[str], None]) -> None:
    villager, keeper = client_as(Role.RESIDENT), client_as(Role.SHOP_KEEPER)
    url = reserve(villager, made)
    code = code_on(villager, url)
    at("2026-12-01T10:00:00+08:00")
    villager, keeper = client_as(Role.RESIDENT), client_as(Role.SHOP_KEEPER)
    late = page(villager, url)
    assert "已经过期。30 分在 2026年12月4日 自动退回" in late
    assert CODE.search(late) is None
    assert "已过期" in page(villager, "/shop/mine")
    counter = keeper.post(f"/shop/{made.shop}/counter", data={"code": code}).text
    assert "已经过期，不能交付了" in counter
    assert "货品交到手里了" not in counter
    back = keeper.post(f"/shop/{made.shop}/give-back", data={"code": code}, follow_redirects=True)
    assert "已取消，积分退回" in back.text


def test_without_a_price_the_pieces_count_and_a_batch_waits_once(client_as: ClientAs, made: Made, app: Flask) -> None:
    keeper, head = client_as(Role.SHOP_KEEPER), client_as(Role.VILLAGE_HEAD)
    with app.app_context():
        batch = factory.fill(db.session.get_one(Goods, made.rice), 50, now=NOW, unit_fen=0)
        db.session.remove()

    def count(pieces: int) -> str:
        form = {"client_uuid": str(uuid4()), f"counted_{batch}": pieces, f"reason_{batch}": "受潮报损"}
        return keeper.post(f"/shop/{made.shop}/count", data=form, follow_redirects=True).text

    assert "已入账" in count(47)
    assert "请另一位管理员或村负责人" in count(43)
    assert "还在等另一位管理员确认" in count(46)
    assert "1 次盘点等第二人确认" in page(head, f"/shop/{made.shop}/counter")


def test_a_shop_is_opened_and_edited(client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    form = {
        "place": world.grids["village_a"], "name": "上河村积分超市", "venue": "村民服务中心", "hours": "每周五",
        "sponsor": "县红十字会", "has_room": "y", "has_rules": "y", "rules": "凭码领取", "code_days": 7,
        "confirm_from": "100",
    }  # fmt: skip
    answer = head.post("/shop/new", data=form)
    assert answer.status_code == 302
    assert "已经有同名的积分超市" in head.post("/shop/new", data=form).text
    listed = page(head, "/shop/")
    assert "县红十字会" in listed
    assert "2/4" in listed
    shop = re.search(r"/shop/(\d+)/goods/new", answer.location)
    assert shop is not None
    assert "请填 1 到" not in head.post(f"/shop/{shop.group(1)}/edit", data=form | {"code_days": 40}).text
    foreign = form | {"place": world.grids["village_b"]}
    assert head.post("/shop/new", data=foreign).status_code == 200, "no such choice"
    assert "填 1 到 30 天" in head.post(f"/shop/{shop.group(1)}/edit", data=form | {"code_days": 40}).text


def give(client: FlaskClient, world: World, **changes: object) -> str:
    form = {
        "client_uuid": str(uuid4()), "place": world.grids["village_a"], "donor": "李大善", "donor_kind": "worthy",
        "given": "money", "amount": "1000", "given_on": "2026-11-01", "purpose": "买米",
    }  # fmt: skip
    answer = client.post("/shop/donations/new", data=form | changes)
    assert answer.status_code == 302, answer.text[-2000:]
    return answer.location


def test_what_is_given_is_used_within_and_published(client_as: ClientAs, made: Made, world: World, app: Flask) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    money = give(head, world, anonymous="y")
    goods = give(head, world, donor="县妇联", donor_kind="women", given="goods", goods="毛巾 10 条", amount="80")
    use = {"client_uuid": str(uuid4()), "amount": "300", "what": "老人节慰问", "used_on": "2026-11-10"}
    assert "已记下用途" in head.post(money, data=use, follow_redirects=True).text
    over = use | {"client_uuid": str(uuid4()), "amount": "701"}
    assert "没有这么多" in head.post(money, data=over).text
    with app.app_context():
        ids = {row.donor: row.id for row in db.session.query(Donation)}
        db.session.remove()
    batch = {
        "client_uuid": str(uuid4()), "goods": made.rice, "quantity": 10, "unit_price": "8", "source": "donation",
        "donation": ids["县妇联"], "received_on": "2026-11-23",
    }  # fmt: skip
    assert head.post(f"/shop/{made.shop}/receive", data=batch).status_code == 302
    more = head.post(f"/shop/{made.shop}/receive", data=batch | {"client_uuid": str(uuid4()), "quantity": 1})
    assert "登记价值 80 元，已入库 80 元，这一批超出了余下的" in more.text
    free = head.post(f"/shop/{made.shop}/receive", data=batch | {"client_uuid": str(uuid4()), "unit_price": "0"})
    assert "也要估个单价" in free.text
    paid = batch | {"client_uuid": str(uuid4()), "source": "purchase", "donation": ids["李大善"], "unit_price": "20"}
    assert head.post(f"/shop/{made.shop}/receive", data=paid).status_code == 302
    shelf = f"/shop/{made.shop}/receive"
    assert "李大善" in page(head, shelf)
    keeper = page(client_as(Role.SHOP_KEEPER), shelf)
    assert "县妇联" in keeper
    assert "李大善" not in keeper, "what given money is used for is said by whoever keeps the donations"
    mixed = batch | {"client_uuid": str(uuid4()), "donation": ids["李大善"]}
    assert "捐的资金选“采购”入库" in head.post(f"/shop/{made.shop}/receive", data=mixed).text
    assert "大米 5 公斤 10袋，200 元" in page(head, money)
    assert "入库 10袋" in page(head, goods)
    sheet = page(head, f"/shop/donations/print/{world.grids['village_a']}")
    assert "2026年第4季度" in sheet
    assert "李大善" not in sheet
    assert "（匿名）" in sheet
    assert "县妇联" in sheet
    assert "入库 10 件，已兑出 0 件" in sheet
    assert "本季度没有捐赠" in page(head, f"/shop/donations/print/{world.grids['village_a']}?quarter=2026-03-01")


def test_totals_tie_to_the_ledger(client_as: ClientAs, made: Made, world: World, app: Flask) -> None:
    villager, keeper = client_as(Role.RESIDENT), client_as(Role.SHOP_KEEPER)
    code = code_on(villager, reserve(villager, made))
    keeper.post(f"/shop/{made.shop}/hand-over", data={"code": code})
    village = world.grids["village_a"]
    with app.app_context():
        begins, ends = queries.reports.period(NOW.date(), NOW.date())
        assert db.session.scalars(select(Redemption.points).where(Redemption.state == "handed")).all() == [30]
        assert queries.reports.times_in([village], begins, ends) == {village: 1}
        db.session.remove()
    report = page(client_as(Role.VILLAGE_HEAD), "/shop/reports")
    for words in ("每分合 0.83 元", "县红十字会", "125"):  # 3 + 2 pieces at 25 yuan were bought
        assert words in report
    assert client_as(Role.VILLAGE_HEAD).get("/shop/reports?since=x&until=y").status_code == 200


def test_in_english(client_as: ClientAs, made: Made) -> None:
    client = client_as(Role.RESIDENT)
    client.post("/preferences/locale", data={"locale": "en"})
    shelf = page(client, "/shop/")
    assert "12 more points needed" in shelf
    assert "积分价" not in shelf
