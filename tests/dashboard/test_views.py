"""The pages and their data as a signed-in user gets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.users.models import UserSession
from tests.dashboard.test_points import statements
from tests.factories.map_cases import close, put
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
SLY = "${window.x=1}</script><b>"


def put_in(app: Flask, world: World, *wanted: dict[str, object]) -> list[int]:
    with app.app_context():
        ids = put(world, *wanted)
        db.session.remove()
    return ids


def test_the_map_page_holds_no_text_of_a_person(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {"title": SLY, "reporter_name": "王小明", "reporter_phone": "13900001111"})
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Grid).where(Grid.id == world.grids["village_a"]).values(name=SLY))
    for url in ("/map/", "/map/points.json", "/dashboard/", "/dashboard/list"):
        page = client_as(Role.DISPATCHER).get(url)
        assert page.status_code == 200
        scripts = re.findall(r"<script.*?</script>", page.text, flags=re.DOTALL)
        assert not any("window.x" in script for script in scripts)
        assert "王小明" not in page.text
        assert "13900001111" not in page.text
    assert client_as(Role.DISPATCHER).get("/map/places.json").json["name"][0] == SLY


def test_no_page_reaches_for_another_host(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {})
    for url in ("/map/", "/dashboard/", "/dashboard/list"):
        page = client_as(Role.DISPATCHER).get(url).text
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*nonce)", page)


def test_the_selection_is_in_the_link(app: Flask, world: World, client_as: ClientAs) -> None:
    village = world.grids["village_b"]
    put_in(app, world, {"kind": "0503", "place": "village_b_cell_1"}, {"kind": "0401"})
    page = client_as(Role.DISPATCHER).get(f"/map/?village={village}&major=05&light=green").text
    assert "下河村未办结事件" in page
    assert f'<option value="{village}" selected>' in page
    assert '<option value="05" selected>' in page
    assert '<option value="green" selected>' in page
    assert f"/map/points.json?village={village}&amp;major=05&amp;light=green" in page
    assert "村道、桥涵损坏" in page
    assert "暴露垃圾" not in page


def test_a_polled_map_costs_nothing_while_nothing_moved(app: Flask, world: World, client_as: ClientAs) -> None:
    (case_id,) = put_in(app, world, {})
    client = client_as(Role.DISPATCHER)
    first = client.get("/map/points.json")
    assert first.json["id"] == [case_id]
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/map/points.json", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context():
        close(case_id, at=clock.now())
        db.session.remove()
    moved = client.get("/map/points.json", headers=tag)
    assert moved.status_code == 200
    assert moved.json["id"] == []


def test_one_viewers_mark_is_no_good_for_another(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {}, {"place": "village_b_cell_1"})
    tag = client_as(Role.DISPATCHER).get("/map/points.json").headers["ETag"]
    other = client_as(Role.VILLAGE_HEAD).get("/map/points.json", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert len(other.json["id"]) == 1


def test_a_map_left_open_does_not_keep_the_session_alive(
    app: Flask, world: World, client_as: ClientAs, at: Callable[[str], None]
) -> None:
    client = client_as(Role.DISPATCHER)
    tag = client.get("/map/points.json").headers["ETag"]

    def seen_at() -> object:
        with app.app_context():
            found = db.session.scalar(select(UserSession.seen_at).order_by(UserSession.id.desc()).limit(1))
            db.session.remove()
        return found

    before = seen_at()
    at("2026-11-23T10:20:00+08:00")
    client.get("/map/points.json", headers={"If-None-Match": tag})
    assert seen_at() == before
    client.get("/map/")
    assert seen_at() == before + timedelta(minutes=20)  # type: ignore[operator]


def test_a_card_says_what_a_pin_is(app: Flask, world: World, client_as: ClientAs) -> None:
    (case_id,) = put_in(app, world, {"kind": "0503", "title": SLY, "handler_unit_id": world.units["water"]})
    card = client_as(Role.VILLAGE_HEAD).get(f"/map/cases/{case_id}.json").json
    assert card["kind"] == "村道、桥涵损坏"
    assert card["place"] == "上河村 第1网格"
    assert card["state"] == "已受理"
    assert card["light"] == "green"
    assert card["handler"] == "青溪镇水利站"
    assert card["url"] == f"/cases/{case_id}"
    assert SLY not in str(card)


@pytest.mark.parametrize("url", ["/map/cases/999999.json", "/map/?village=999999", "/map/points.json?village=999999"])
def test_missing_and_foreign_answer_alike(app: Flask, world: World, client_as: ClientAs, url: str) -> None:
    (far,) = put_in(app, world, {"place": "far_village_cell_1"})
    client = client_as(Role.DISPATCHER)
    foreign = url.replace("cases/999999", f"cases/{far}").replace("=999999", f"={world.grids['far_village']}")
    answers = [client.get(each) for each in (url, foreign)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_who_has_no_map_is_turned_away(app: Flask, world: World, client_as: ClientAs) -> None:
    for url in ("/map/", "/map/points.json", "/map/places.json", "/map/cases/1.json", "/dashboard/", "/dashboard/list"):
        assert client_as(Role.LIAISON).get(url).status_code == 403


def test_pages_cost_the_same_for_any_number_of_cases(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.DISPATCHER)
    costs: dict[str, list[int]] = {}
    for amount in (1, 40):
        put_in(app, world, *({"due": number} for number in range(amount)))
        for url in ("/map/", "/dashboard/", "/dashboard/list", "/map/points.json"):
            client.get(url)  # the outlines are drawn once
            with app.app_context(), statements() as sent:
                client.get(url)
            costs.setdefault(url, []).append(len([one for one in sent if one.startswith("SELECT")]))
    assert all(one == many for one, many in costs.values()), costs
    assert all(many <= 15 for _one, many in costs.values()), costs


def test_the_sketch_says_that_it_is_one(app: Flask, world: World, client_as: ClientAs) -> None:
    assert "网格轮廓是示意图" in client_as(Role.VILLAGE_HEAD).get("/map/").text
