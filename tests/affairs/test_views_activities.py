"""Pages of activities: happy, refused, forbidden."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.affairs.queries import activities as queries
from gridcase.core.db import db
from gridcase.households.models import Household
from gridcase.people.rules import Role
from tests.affairs.calling import called, running, scheme
from tests.factories.world import MAKER, World

ClientAs = Callable[[Role | str], FlaskClient]
UUID = re.compile(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"')
CONFIRMED = re.compile(r'name="confirmed"[^>]*value="([0-9a-f]+)"')


def published(client: FlaskClient, world: World, **changes: object) -> str:
    """The address of a new activity."""
    mark = UUID.search(client.get("/affairs/new").text)
    assert mark
    words = {
        "client_uuid": mark[1], "kind": "work", "title": "清沟渠劳动", "starts_at": "2026-11-23T14:00", "spot": "村部",
        "hours": 4, "place": world.grids["village_a"], "item": "auto", "seats": "", "branch": "", "text": "", **changes,
    }  # fmt: skip
    answer = client.post("/affairs/new", data=words)
    assert answer.status_code == 302, re.findall(r"field-error.*?</p>", answer.text)
    return str(answer.location)


def test_from_the_call_to_the_points(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        scheme(world)
        heads = [db.session.get_one(Household, one) for one in world.homes["village_a"][:3]]
        codes = [(one.head_name, one.code[-7:]) for one in heads]
        db.session.remove()
    head, resident = client_as(Role.VILLAGE_HEAD), client_as(Role.RESIDENT)
    url = published(head, world)
    assert "清沟渠劳动" in resident.get("/affairs/").text
    assert "公益劳动" in resident.get(url).text
    joined = resident.post(f"{url}/join", data={"home": world.homes["circle"][0], "who": "0"}, follow_redirects=True)
    assert "已报名" in joined.text
    page = head.post(f"{url}/start", follow_redirects=True).text
    assert "签到已打开" in page
    assert "记下到场" in page
    text = "\n".join(f"{name} {code}" for name, code in codes) + "\n张不在"
    asked = head.post(f"{url}/sheet", data={"text": text}).text
    assert "没有对上的" in asked
    done = head.post(f"{url}/sheet", data={"text": text, "matched": "1"}, follow_redirects=True).text
    assert "记下 3 人到场" in done
    assert codes[0][0] not in done  # masked
    shown = head.post(f"{url}/end", data={"hours": 4, "confirmed": ""}).text
    assert "给 3 户申报 30 分" in shown
    mark = CONFIRMED.search(shown)
    assert mark
    ended = head.post(f"{url}/end", data={"hours": 4, "confirmed": mark[1]}, follow_redirects=True).text
    assert "给 3 户申报了 30 分" in ended
    assert "折算节省" in ended
    assert "1.5" in head.get("/affairs/work").text
    assert "办过的" in resident.get("/affairs/?state=over").text


def test_what_was_held_already_takes_no_names(app: Flask, client_as: ClientAs, world: World) -> None:
    """Typed with a time gone by, the form asks; recorded afterwards, nobody signs up and who came is entered."""
    head = client_as(Role.VILLAGE_HEAD)
    mark = UUID.search(head.get("/affairs/new").text)
    assert mark is not None
    form = {
        "client_uuid": mark[1], "kind": "work", "title": "上周清沟渠", "starts_at": "2026-11-16T14:00", "spot": "村部",
        "hours": "2", "item": "auto", "place": world.grids["village_a"],
    }  # fmt: skip
    asked = head.post("/affairs/new", data=form).text
    assert "这个时间已经过去" in asked
    assert "现在补记" in asked
    made = head.post("/affairs/new", data=form | {"afterwards": "y"}, follow_redirects=True)
    assert "已建好，请记到场的人" in made.text
    assert "报名中" not in made.text
    here = made.request.path
    villager = client_as(Role.RESIDENT)
    assert ">报名</a>" not in villager.get(here).text
    refused = villager.get(f"{here}/join", follow_redirects=True).text
    assert "不能再报名" in refused


def test_a_call_whose_time_has_passed_says_so(
    client_as: ClientAs, world: World, app: Flask, at: Callable[[str], None]
) -> None:
    with app.app_context():
        here = f"/affairs/{called(world, MAKER).id}"
        db.session.remove()
    assert "报名中" in client_as(Role.RESIDENT).get(here).text
    at("2026-11-24T10:00:00+08:00")
    villager = client_as(Role.RESIDENT)
    assert "时间已过，待签到" in villager.get(here).text
    assert "时间已过，待签到" in villager.get("/affairs/").text
    assert "不能再报名" in villager.get(f"{here}/join", follow_redirects=True).text


def test_a_table_of_names(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        one = db.session.get_one(Household, world.homes["village_a"][0])
        name = one.head_name
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    url = published(head, world)
    head.post(f"{url}/start")
    table = io.BytesIO(f"序号,姓名\n1,{name}\n".encode("utf-8-sig"))
    answer = head.post(f"{url}/sheet", data={"table": (table, "签到.csv")}, content_type="multipart/form-data")
    assert answer.status_code in (200, 302)
    assert answer.status_code == 302 or "是哪一位" in answer.text
    nothing = head.post(f"{url}/sheet", data={"text": ""}).text
    assert "没有读到姓名" in nothing
    bad = head.post(
        f"{url}/sheet", data={"table": (io.BytesIO(b"PK\x03\x04xx"), "x.xlsx")}, content_type="multipart/form-data"
    )
    assert "summary-errors" in bad.text


def test_the_door_without_an_account(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        home = db.session.get_one(Household, world.homes["village_a"][1])
        name, digits = home.head_name, home.code[-7:]
        db.session.remove()
    head, anybody = client_as(Role.VILLAGE_HEAD), app.test_client()
    url = published(head, world)
    link = re.search(r"http://localhost(/a/[\w-]+)", head.get(f"{url}/code").text)
    assert link
    assert anybody.get(link[1]).status_code == 404  # not before it runs
    head.post(f"{url}/start")
    assert "户编号最后 6 位" in anybody.get(link[1]).text
    page = anybody.post(link[1], data={"digits": digits, "name": name}).text
    assert "已签到" in page
    assert name not in page
    assert "没有对上" in anybody.post(link[1], data={"digits": digits, "name": "吴"}).text
    assert "扫码签到" in head.get(url).text


def test_ticks_and_mistakes(client_as: ClientAs, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    url = published(head, world)
    home = world.homes["circle"][1]
    liaison.post(f"{url}/join?home={home}", data={"home": home, "who": "0"})
    head.post(f"{url}/start")
    line = re.search(r'name="ids" value="(\d+)"', head.get(url).text)
    assert line
    assert "记下 1 人到场" in head.post(f"{url}/tick", data={"ids": line[1]}, follow_redirects=True).text
    assert "已经签到" in liaison.post(f"/affairs/lines/{line[1]}/leave", follow_redirects=True).text
    assert "已取消签到" in head.post(f"/affairs/lines/{line[1]}/untick", follow_redirects=True).text
    assert "已取消报名" in liaison.post(f"/affairs/lines/{line[1]}/leave", follow_redirects=True).text
    found = head.get(f"{url}/add?q=001").text
    assert "只记户" in found
    assert "记下到场" in head.post(f"{url}/add", data={"who": f"{home}-"}, follow_redirects=True).text
    assert "只列前" not in head.get(url).text
    monkeypatch.setattr(queries, "LISTED_MOST", 1)
    assert "只列前 1 人" in head.get(url).text


def test_edit_cancel_and_the_day_value(client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    url = published(head, world)
    page = head.get(f"{url}/edit").text
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', page)
    mark = UUID.search(page)
    assert seen
    assert mark
    words = {
        "client_uuid": mark[1], "kind": "work", "place": world.grids["village_a"], "item": "auto", "title": "改到明天",
        "starts_at": "2026-11-24T14:00", "spot": "村部", "hours": 3, "seen": seen[1],
    }  # fmt: skip
    assert head.post(f"{url}/edit", data=words).location == url
    assert "改到明天" in head.get("/affairs/").text
    assert "还没有到时间" in head.post(f"{url}/start", follow_redirects=True).text
    assert "下雨" in head.post(f"{url}/cancel", data={"reason": "下雨"}, follow_redirects=True).text
    saved = head.post("/affairs/work", data={"place": world.grids["village_a"], "yuan": 150}, follow_redirects=True)
    assert "150 元" in saved.text
    assert "1 到 2000" in head.post("/affairs/work", data={"place": world.grids["village_a"], "yuan": 0}).text


def test_closed_to_others(client_as: ClientAs, world: World) -> None:
    url = published(client_as(Role.VILLAGE_HEAD), world)
    assert client_as(Role.LIAISON).get("/affairs/new").status_code == 403
    assert client_as(Role.RESIDENT).post(f"{url}/start").status_code == 403
    assert client_as(Role.GRID_LEADER).post(f"{url}/start").status_code == 404  # not his cell
    assert client_as(Role.DEPT).get(url).status_code == 403


def test_wrong_tries_at_the_code_are_counted_though_refused(app: Flask, world: World) -> None:
    with app.app_context():
        url = f"/a/{running(world, MAKER).token}"
        db.session.remove()
    door = app.test_client()
    for _try in range(30):
        assert "没有对上" in door.post(url, data={"digits": "999999", "name": "吴"}).text
    assert "试得太多" in door.post(url, data={"digits": "999999", "name": "吴"}).text
