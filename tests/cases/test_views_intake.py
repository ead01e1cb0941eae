"""Taking a case in over the pages: choosing a class, one form, solved on the spot."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people import service as people
from gridcase.people.rules import PointFacts, PointKind, Role
from gridcase.seed import reference
from tests.factories.cases import RUBBISH
from tests.factories.pages import body, statements
from tests.factories.world import MAKER, World

As = Callable[[Role], FlaskClient]


def case_in(app: Flask, case_id: int) -> Case:
    with app.app_context():
        found = db.session.get_one(Case, case_id)
        db.session.expunge_all()
        db.session.remove()
    return found


# -- the intake


def test_registering_costs_few_statements(app: Flask, world: World, client_as: As) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    place = re.search(r'<option value="(\d+)"', client.get("/cases/new/0503").text)
    assert place is not None
    data = {"title": "路坏了", "channel": "phone", "grid": place[1], "looked": "1"}
    for spot, most in (({}, 8), ({"lon": "112.6", "lat": "28.45"}, 10)):
        for _ in range(2):  # the calendar is read once a process
            sent = statements(app, lambda spot=spot: client.post("/cases/new/0503", data=data | spot))
        one_by_one = 4 if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else 0  # no statement writes two tables
        assert len(sent) <= most + one_by_one


def test_choosing_a_class_by_initials(world: World, client_as: As) -> None:
    liaison = client_as(Role.LIAISON)
    words = body(liaison.get("/cases/new"))
    assert "常用" in words
    assert "婚姻家庭纠纷" in words
    assert "路灯、广播、通信" in body(liaison.get("/cases/new?q=ld"))
    assert "没有找到这个类别" in body(liaison.get("/cases/new?q=zzzz"))
    assert "/cases/new/0504/solved" in liaison.get("/cases/new?q=ld&solved=1").text


def test_registering_needs_a_place_and_keeps_what_was_typed(world: World, client_as: As, app: Flask) -> None:
    page = client_as(Role.DISPATCHER).post(
        "/cases/new/0503", data={"title": "路坏了", "channel": "phone", "grid": "", "reporter_phone": "123"}
    )
    assert "请填 11 位手机号" in body(page)
    page = client_as(Role.DISPATCHER).post("/cases/new/0503", data={"title": "路坏了", "channel": "phone", "grid": ""})
    assert "请选是哪一户的事，或选在哪里。" in body(page)
    assert 'value="路坏了"' in page.text


def test_the_desk_finds_a_household_by_name_or_code(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    with app.app_context():
        home = db.session.get_one(Household, world.homes["village_b"][0])
        code, name = home.code, home.head_name
        db.session.remove()
    data = {"title": "路坏了", "channel": "phone", "grid": ""}
    many = desk.post("/cases/new/0503", data={**data, "household_words": name[0]})
    assert "对得上的不止一户" in body(many)
    assert f"{name[0]}*{name[-1]}" in body(many), "names unasked for stay masked: nobody has said why to look"
    assert name not in body(many)
    none = desk.post("/cases/new/0503", data={**data, "household_words": "没有这户"})
    assert "没有找到这一户" in body(none)
    one = desk.post("/cases/new/0503", data={**data, "household_words": code})
    assert case_in(app, int(one.location.rsplit("/", 1)[1])).household_id == world.homes["village_b"][0]


def test_a_liaison_cannot_name_a_foreign_home(world: World, client_as: As) -> None:
    data = {"title": "路坏了", "channel": "visit", "grid": "", "household": str(world.homes["village_b"][0])}
    assert client_as(Role.LIAISON).post("/cases/new/0503", data=data).status_code == 404
    assert client_as(Role.LIAISON).get(f"/cases/new/0503?household={world.homes['village_b'][0]}").status_code == 404


@pytest.mark.parametrize("odd", ["²", "1e3", "-1", "10" * 20])
def test_a_home_that_is_no_number_is_no_home(world: World, client_as: As, odd: str) -> None:
    assert client_as(Role.LIAISON).get("/cases/new/0503", query_string={"household": odd}).status_code in {200, 404}
    assert client_as(Role.LIAISON).get("/cases/new/05\x0003").status_code in {200, 404}


@pytest.mark.parametrize("number", [3 * 10**9, 10**19, 10**30])
def test_a_number_no_row_can_have_is_a_row_that_is_missing(world: World, client_as: As, number: int) -> None:
    """PostgreSQL's integers end where SQLite's go on: both answer as for any row that is not there."""
    liaison = client_as(Role.LIAISON)
    for page in ("/cases/{}", "/households/{}", "/visits/log/{}", "/points/household/{}"):
        assert liaison.get(page.format(number)).status_code == 404
    assert liaison.post(f"/inbox/{number}/open").status_code == 404


def test_a_link_from_a_home_fills_it_in(world: World, client_as: As) -> None:
    home = world.homes["circle"][1]
    page = client_as(Role.LIAISON).get(f"/cases/new/0503?household={home}").text
    assert re.search(rf'<option selected value="{home}"', page)


def test_self_solving_in_one_form(world: World, client_as: As, app: Flask) -> None:
    data = {
        "title": "路口有垃圾", "household": str(world.homes["circle"][0]), "channel": "visit", "grid": "",
        "result": "当场清走了。", "rating": "satisfied",
    }  # fmt: skip
    liaison = client_as(Role.LIAISON)
    assert "请选群众的答复" in body(liaison.post(f"/cases/new/{RUBBISH}/solved", data=data))
    page = liaison.post(f"/cases/new/{RUBBISH}/solved", data={**data, "answer": "solved"})
    case = case_in(app, int(page.location.rsplit("/", 1)[1]))
    assert (case.state, case.self_solved, case.answer) == ("closed", True, "solved")
    assert "已登记并办结" in body(liaison.get(page.location))
    assert client_as(Role.DISPATCHER).get(f"/cases/new/{RUBBISH}/solved").status_code == 403


def test_who_may_not_register(world: World, client_as: As) -> None:
    for role in (Role.DEPT, Role.VILLAGE_SUPERVISOR, Role.AUDITOR):
        assert client_as(role).get("/cases/new").status_code == 403
    assert client_as(Role.LIAISON).get("/cases/new/0000").status_code == 404


def test_every_class_of_the_catalogue_has_its_form(world: World, client_as: As) -> None:
    liaison = client_as(Role.LIAISON)
    codes = [row["code"] for row in reference.read_csv("catalogue.csv") if len(row["code"]) == 4]
    assert len(codes) == 56
    for code in ("0201", "0303", "1004", "1005"):
        assert liaison.get(f"/cases/new/{code}").status_code == 200


def test_the_form_says_that_one_of_home_and_place_is_needed(client_as: As, world: World) -> None:
    page = client_as(Role.VILLAGE_HEAD).get("/cases/new/0503").text
    assert page.count('<span class="optional">二选一</span>') == 2
    alone = client_as(Role.TOWN_MANAGER).get("/cases/new/0503").text  # sees no homes: the place is asked for
    assert "二选一" not in alone
    assert re.search(r'<label for="grid">在哪里</label>', alone)


# -- the window it is taken at


def test_a_refused_form_does_not_change_the_window_of_the_next(app: Flask, world: World, client_as: As) -> None:
    with app.app_context():
        with transaction():
            facts = PointFacts("便民服务站", "一楼", "工作日", "代办员", kind=PointKind.STATION)
            place = db.session.get_one(Grid, world.grids["village_a"])
            window = people.open_point(actor=MAKER, place=place, client_uuid="w", facts=facts, now=clock.now()).id
        db.session.remove()
    head, chosen = client_as(Role.VILLAGE_HEAD), f'<option selected value="{window}"'
    data = {"title": "路灯不亮", "channel": "reception", "looked": "1", "grid": str(world.grids["village_a"])}
    other = data | {"grid": str(world.grids["village_b"]), "window": ""}
    assert head.post("/cases/new/0504", data=data | {"window": str(window)}).status_code == 302
    assert head.post("/cases/new/0504", data=other).status_code == 200
    assert chosen in head.get("/cases/new/0504").text, "nothing was registered without a window"
    for channel, at_window in (("reception", True), ("proxy", True), ("phone", False), ("visit", False)):
        assert (chosen in head.get(f"/cases/new/0504?channel={channel}").text) == at_window, channel
    assert head.post("/cases/new/0504", data=data | {"window": ""}).status_code == 302
    assert chosen not in head.get("/cases/new/0504").text
