"""Service points of all kinds: kept by who keeps the place, read by staff and villagers, open by the calendar."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import ServicePoint
from gridcase.people.rules import PointFacts, PointKind, Role
from gridcase.resident import service as resident
from tests.factories.pages import body, statements
from tests.factories.world import MAKER, World
from tests.reception.test_views import filled, rows

ClientAs = Callable[[Role | str], FlaskClient]
At = Callable[[str], None]
STATION = {
    "kind": "station",
    "name": "上河便民服务站",
    "address": "村部一楼",
    "opening": "工作日 8:30-12:00，14:00-17:30\n周六 9:00-11:30",
    "hours": "中午有人轮值",
    "does": "医保缴费\n\n残疾证代办",
    "duty": "代办员",
    "phone": "0000-1234567",
}


def opened(app: Flask, client: FlaskClient, place: int, **values: str) -> int:
    url = f"/reception/{place}/legal/new"
    answer = client.post(url, data=filled(client, url, **(STATION | values)))
    assert answer.status_code == 302
    return int(rows(app, ServicePoint)[-1].id)


def code_of(app: Flask, world: World, village: str = "village_a") -> str:
    with app.app_context(), transaction():
        place = db.session.get_one(Grid, world.grids[village])
        return str(resident.make_sheet(place, actor=MAKER, now=clock.now()).token)


def in_english(client: FlaskClient) -> FlaskClient:
    client.post("/preferences/locale", data={"locale": "en"})
    return client


def test_a_point_is_kept_in_one_form_and_says_whether_it_is_open(
    app: Flask, client_as: ClientAs, world: World, at: At
) -> None:
    at("2026-11-23T09:00:00+08:00")
    head = client_as(Role.VILLAGE_HEAD)
    point = opened(app, head, world.grids["village_a"])
    (row,) = rows(app, ServicePoint)
    assert (row.kind, row.opening) == ("station", "周一至周五 8:30-12:00、14:00-17:30\n周六 9:00-11:30")
    page = body(head.get(f"/reception/legal/{point}"))
    for words in ("村便民服务站", "正开着，到 12:00", "周六 9:00-11:30", "中午有人轮值", "医保缴费、残疾证代办"):
        assert words in page
    at("2026-11-23T12:30:00+08:00")
    head = client_as(Role.VILLAGE_HEAD)
    assert "没开，今天 14:00 开" in body(head.get("/reception/legal/"))
    at("2026-11-28T12:30:00+08:00")
    head = client_as(Role.VILLAGE_HEAD)
    assert "没开，2026年11月30日（周一）8:30 开" in body(head.get("/reception/legal/"))
    assert "上河便民服务站" not in body(head.get("/reception/legal/?kind=legal"))
    assert "上河便民服务站" in body(head.get("/reception/legal/?kind=station"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"opening": "周一 8:00-12:00、11:00-13:00"}, "周一的 8:00-12:00 和 11:00-13:00 重叠了，请核对。"),
        ({"opening": "周一 12:00-8:00"}, "“12:00-8:00”结束要晚于开始"),
        ({"opening": "有空就开"}, "“有空就开”看不懂。请一行写一种"),
        ({"opening": "", "hours": ""}, "请写什么时候有人"),
        ({"does": "很长" * 20}, "每行最多 30 个字"),
        ({"kind": "shop"}, "不是有效的选择"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_lost(
    app: Flask, client_as: ClientAs, world: World, wrong: dict[str, str], why: str
) -> None:
    head, url = client_as(Role.VILLAGE_HEAD), f"/reception/{world.grids['village_a']}/legal/new"
    sent = filled(head, url, **(STATION | wrong))
    page = head.post(url, data=sent)
    assert why in body(page)
    for kept in (STATION["name"], STATION["duty"], sent["opening"], STATION["phone"]):
        assert str(kept) in page.text
    assert not rows(app, ServicePoint)
    point = opened(app, head, world.grids["village_a"])
    edit = f"/reception/legal/{point}/edit"
    assert why in body(head.post(edit, data=filled(head, edit, **(STATION | wrong))))
    assert rows(app, ServicePoint)[0].opening.startswith("周一至周五"), "what stood still stands"


def test_english_hours_are_read_back_as_they_are_shown(app: Flask, client_as: ClientAs, world: World, at: At) -> None:
    at("2026-11-23T09:00:00+08:00")
    head = in_english(client_as(Role.VILLAGE_HEAD))
    point = opened(app, head, world.grids["village_a"])
    page = body(head.get(f"/reception/legal/{point}"))
    assert "Open now until 12:00" in page
    assert "Mon to Fri 8:30-12:00, 14:00-17:30" in page
    edit = f"/reception/legal/{point}/edit"
    shown = re.search(r'<textarea[^>]*name="opening"[^>]*>\s*(.*?)</textarea>', head.get(edit).text, re.S)
    assert shown
    before = rows(app, ServicePoint)[0].opening
    assert head.post(edit, data=filled(head, edit, **(STATION | {"opening": shown[1]}))).status_code == 302
    assert rows(app, ServicePoint)[0].opening == before
    wrong = head.post(edit, data=filled(head, edit, **(STATION | {"opening": "Mon 9:00-8:00"})))
    assert "ends before it begins" in body(wrong)


def test_a_town_keeps_all_of_its_own_and_a_village_its_own(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, head = client_as(Role.TOWN_MANAGER), client_as(Role.VILLAGE_HEAD)
    hall = opened(app, manager, world.grids["town"], kind="hall", name="镇便民服务大厅")
    other = opened(app, manager, world.grids["village_b"], name="下河便民服务站")
    own = opened(app, head, world.grids["village_a"])
    for point, status in ((own, 200), (hall, 404), (other, 404)):
        assert head.get(f"/reception/legal/{point}/edit").status_code == status
        assert manager.get(f"/reception/legal/{point}/edit").status_code == 200
    assert client_as(Role.FULLTIME_GRID).get(f"/reception/legal/{own}/edit").status_code == 403
    assert "镇便民服务大厅" in body(head.get("/reception/legal/"))
    with app.app_context():
        place, viewer = db.session.get_one(Grid, world.grids["village_a_cell_1"]), MAKER
        facts = PointFacts("窗口", "屋边", "早上", "值班员", kind=PointKind.WINDOW)
        with pytest.raises(Missing), transaction():
            people.open_point(actor=viewer, place=place, client_uuid="a", facts=facts, now=clock.now())


def test_a_kind_of_which_there_is_none_is_told_from_no_points(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, head = client_as(Role.TOWN_MANAGER), client_as(Role.VILLAGE_HEAD)
    opened(app, manager, world.grids["town"], kind="window", name="镇代办点")
    opened(app, head, world.grids["village_a"])
    page = head.get("/reception/legal/?kind=hall").text
    assert "还没有登记服务点" not in page, "others stand"
    assert "还没有登记这一种服务点" in page
    assert "上级的服务点" not in page, "none of this kind"
    assert "上级的服务点" in head.get("/reception/legal/?kind=window").text
    (link,) = re.findall(r'href="([^"]*)">看已撤销的服务点', page)
    page = head.get(link.replace("&amp;", "&")).text
    assert "没有撤销过这一种服务点" in page
    (link,) = re.findall(r'href="([^"]*)">看现有的服务点', page)
    assert "还没有登记这一种服务点" in head.get(link.replace("&amp;", "&")).text


def test_the_history_is_in_the_readers_language(app: Flask, client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    point = opened(app, head, world.grids["village_a"])
    url = f"/reception/legal/{point}/edit"
    head.post(url, data=filled(head, url, **(STATION | {"opening": "周一 8:00-9:00"})))
    page = f"/reception/legal/{point}"
    assert "14:00-17:30；周六 9:00-11:30 → 周一 8:00-9:00" in body(head.get(page))
    assert "14:00-17:30; Sat 9:00-11:30 → Mon 8:00-9:00" in body(in_english(head).get(page))


def test_what_was_counted_is_shown_also_under_another_kind(app: Flask, client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    point = opened(app, head, village)
    page, edit = f"/reception/legal/{point}", f"/reception/legal/{point}/edit"
    assert "今年在这里收的事件 0" in body(head.get(page))
    assert "今年法律咨询人次" not in body(head.get(page))
    case = {"title": "桥边路灯不亮", "channel": "reception", "looked": "1", "grid": str(village), "window": str(point)}
    assert head.post("/cases/new/0504", data=case).status_code == 302
    assert head.post(edit, data=filled(head, edit, **(STATION | {"kind": "legal"}))).status_code == 302
    assert "今年在这里收的事件 1" in body(head.get(page))
    asked = {"question": "合同怎么写", "reply": "写清年限和租金", "case_class": "1001", "point": str(point)}
    quick = filled(head, "/reception/quick", **asked)
    assert head.post("/reception/quick", data=quick).status_code == 302
    assert head.post(edit, data=filled(head, edit, **STATION)).status_code == 302
    said = body(head.get(page))
    assert "今年法律咨询人次 1" in said
    assert "今年在这里收的事件 1" in said
    row = f'<a href="/reception/legal/answers?place={village}&amp;point={point}">1<'
    assert row in head.get("/reception/legal/").text, "as in the total above it"


def test_who_reads_no_cases_asks_for_none(app: Flask, client_as: ClientAs, world: World) -> None:
    point = opened(app, client_as(Role.VILLAGE_HEAD), world.grids["village_a"])
    county, page = client_as(Role.COUNTY_MANAGER), f"/reception/legal/{point}"
    assert "今年在这里收的事件" not in body(county.get(page))
    assert not [one for one in statements(app, lambda: county.get(page)) if "case_window" in one]


def test_villagers_find_the_nearest_and_whether_it_is_open(
    app: Flask, client_as: ClientAs, world: World, at: At
) -> None:
    at("2026-11-23T18:00:00+08:00")
    manager = client_as(Role.TOWN_MANAGER)
    opened(app, manager, world.grids["town"], kind="hall", name="镇便民服务大厅", opening="每天 0:00-24:00")
    opened(app, manager, world.grids["village_b"], name="下河便民服务站")
    opened(app, manager, world.grids["village_a"])
    opened(app, manager, world.grids["village_a"], kind="legal", name="上河法律服务点", opening="")
    token, villager = code_of(app, world), app.test_client()
    assert f"/v/{token}/services" in villager.get(f"/v/{token}").text
    page = villager.get(f"/v/{token}/services")
    order = [body(page).index(words) for words in ("上河便民服务站", "镇便民服务大厅", "镇里其他村", "下河便民服务站")]
    assert order == sorted(order)
    assert "没开，明天 8:30 开" in body(page)
    assert 'href="tel:0000-1234567"' in page.text
    assert "上河法律服务点" in body(page)
    legal = body(villager.get(f"/v/{token}/legal"))
    assert "上河法律服务点" in legal
    assert "中午有人轮值" in legal, "without hours that can be read, what is said of them"
    assert "上河便民服务站" not in legal
    assert "Closed, opens tomorrow 8:30" in body(in_english(villager).get(f"/v/{token}/services"))
    assert villager.get("/v/no-such-code/services").status_code == 404


def test_the_pages_cost_the_same_for_one_point_and_for_many(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, village = client_as(Role.TOWN_MANAGER), world.grids["village_a"]
    token, villager = code_of(app, world), app.test_client()
    sizes = []
    for names in (["一组"], ["二组", "三组", "四组"]):
        for name in names:
            opened(app, manager, village, name=f"{name}代办点", kind="window")
        for page, client in ((f"/v/{token}/services", villager), ("/reception/legal/", manager)):
            client.get(page)
            sizes.append(len(statements(app, lambda client=client, page=page: client.get(page))))
    assert sizes[:2] == sizes[2:]
    assert sizes[0] <= 5
