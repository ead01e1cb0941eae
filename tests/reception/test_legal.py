"""Points of public legal service: kept by who keeps the doors, counted by quick answers, found by villagers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people.models import ServicePoint
from gridcase.people.rules import Role
from gridcase.reception.models import QuickAnswer
from gridcase.resident import service as resident
from tests.factories.world import MAKER, World
from tests.reception.test_views import filled, rows

ClientAs = Callable[[Role | str], FlaskClient]
POINT = {
    "kind": "legal",
    "name": "上河法律服务点",
    "address": "村部一楼",
    "hours": "工作日上午",
    "duty": "村法律顾问",
    "phone": "0000-1234567",
}


def opened(app: Flask, client: FlaskClient, place: int, **values: str) -> int:
    url = f"/reception/{place}/legal/new"
    answer = client.post(url, data=filled(client, url, **(POINT | values)))
    assert answer.status_code == 302
    return int(rows(app, ServicePoint)[-1].id)


def tiles(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'class="value">(\d+)', page)]


def test_a_point_is_registered_put_right_and_closed(app: Flask, client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    assert "还没有登记服务点" in head.get("/reception/legal/").text
    url = f"/reception/{village}/legal/new"
    form = filled(head, url, **POINT)
    assert "请写谁值班" in head.post(url, data=form | {"duty": ""}).text
    assert "请填电话号码" in head.post(url, data=form | {"phone": "问小王"}).text
    assert [head.post(url, data=form).status_code for _ in range(2)] == [302, 302], "sent twice"
    assert "已经有同名" in head.post(url, data=filled(head, url, **POINT)).text
    (point,) = rows(app, ServicePoint)
    edit = f"/reception/legal/{point.id}/edit"
    sent = filled(head, edit, **(POINT | {"hours": "周一至周五"}))
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', head.get(edit).text)
    assert seen
    assert head.post(edit, data=sent | {"seen": seen[1]}).status_code == 302
    assert "别人已经改过" in head.post(edit, data=sent | {"seen": seen[1], "hours": "周末"}).text
    page = head.get(f"/reception/legal/{point.id}").text
    assert "工作日上午 → 周一至周五" in page
    assert head.post(f"/reception/legal/{point.id}/close").status_code == 302
    assert tiles(head.get("/reception/legal/").text) == [0, 0]
    assert POINT["name"] in head.get("/reception/legal/?closed=1").text
    assert "已经撤销" in head.post(f"/reception/legal/{point.id}/close").text
    for role in (Role.LIAISON, Role.DEPUTY):
        assert client_as(role).get(url).status_code == 403
    assert head.get(f"/reception/{world.grids['village_b']}/legal/new").status_code == 404


def test_every_person_time_is_an_answer_given_there(app: Flask, client_as: ClientAs, world: World, at: Any) -> None:
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    assert "法律服务点答的" not in liaison.get("/reception/quick").text, "asked only where there is one"
    village = world.grids["village_a"]
    first, other = opened(app, head, village), opened(app, head, village, name="二组服务点")
    asked = {"question": "土地流转合同怎么写", "reply": "要写清年限和租金", "case_class": "1001", "point": str(first)}
    for number in range(3):
        form = filled(liaison, "/reception/quick", **(asked | {"question": f"第{number}问"}))
        assert [liaison.post("/reception/quick", data=form).status_code for _ in range(2)] == [302, 302]
    form = filled(liaison, "/reception/quick", **asked)
    assert "服务点只计" in liaison.post("/reception/quick", data=form | {"case_class": "0801"}).text
    assert liaison.post("/reception/quick", data=form | {"point": ""}).status_code == 302
    assert len(rows(app, QuickAnswer)) == 4
    page = head.get("/reception/legal/").text
    assert tiles(page) == [2, 3]
    links = [one.replace("&amp;", "&") for one in re.findall(r'href="(/reception/legal/answers\?[^"]*)"', page)]
    said = {link: (head.get(link).text.count("<strong>第"), head.get(link).text) for link in links}
    assert {link: count for link, (count, _text) in said.items()} == {
        f"/reception/legal/answers?place={village}": 3,
        f"/reception/legal/answers?place={village}&point={first}": 3,
        f"/reception/legal/answers?place={village}&point={other}": 0,
    }
    assert "共 3 人次" in said[links[0]][1]
    assert "共 0 人次" in head.get(f"/reception/legal/answers?place={village}&year=2025").text
    assert client_as(Role.COUNTY_MANAGER).get("/reception/legal/answers").status_code == 403


def test_the_town_reads_all_and_a_village_its_own_and_the_towns(app: Flask, client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    opened(app, manager, world.grids["village_b"], name="下河服务点")
    opened(app, manager, world.grids["town"], name="镇服务站")
    far = opened(app, manager, world.grids["village_a"])
    page = manager.get(f"/reception/legal/?place={world.grids['town']}").text
    assert tiles(page)[0] == 3
    page = client_as(Role.LIAISON).get("/reception/legal/").text
    assert tiles(page)[0] == 1
    assert "镇服务站" in page
    assert "下河服务点" not in page
    assert "/legal/new" not in page
    with app.app_context():
        village = db.session.get_one(Grid, world.grids["village_a"])
        with transaction():
            token = resident.make_sheet(village, actor=MAKER, now=clock.now()).token
    villager = app.test_client()
    assert f"/v/{token}/legal" in villager.get(f"/v/{token}").text
    page = villager.get(f"/v/{token}/legal").text
    order = [page.index(words) for words in (POINT["name"], "镇服务站", "镇里其他村", "下河服务点")]
    assert order == sorted(order)
    assert "12348" in page
    manager.post(f"/reception/legal/{far}/close")
    assert POINT["name"] not in villager.get(f"/v/{token}/legal").text
    assert villager.get("/v/no-such-code/legal").status_code == 404
