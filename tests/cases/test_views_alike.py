"""The intake beside what is alike: the endpoint, the question after sending, another class, the catalogue's search."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.factories.cases import COMPLAINT, ROAD
from tests.factories.pages import body
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
ALIKE = f"/cases/new/{ROAD}/alike.json"
FIRST = {"title": "老槐树旁边的路塌了", "text": "下雨以后塌了一块。", "channel": "phone"}


def filled(world: World, place: str = "village_a", **more: str) -> dict[str, str]:
    return {**FIRST, "grid": str(world.grids[place]), **more}


def registered(client: FlaskClient, data: dict[str, str], code: str = ROAD) -> int:
    answer = client.post(f"/cases/new/{code}", data=data)
    assert answer.status_code == 302, body(answer)
    return int(answer.location.rsplit("/", 1)[1])


def row(app: Flask, case_id: int) -> tuple[str, str]:
    with app.app_context():
        found = db.session.execute(select(Case.number, Case.state).where(Case.id == case_id)).one()
        db.session.remove()
    return found.number, found.state


def how_many(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Case))
        db.session.remove()
    return int(count or 0)


def test_the_endpoint_says_which_and_why(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    number, _state = row(app, registered(desk, filled(world)))
    found = desk.post(ALIKE, data=filled(world, title="老槐树那里路塌了")).get_json()
    (one,) = found["same"]
    assert (one["number"], one["title"], one["state"], one["open"]) == (number, FIRST["title"], "已登记", True)
    assert one["why"][0] == "同村"
    assert "老槐树" in one["why"][1]
    assert found["classes"] == [], "the class chosen is among the likely ones: no need to speak"
    assert how_many(app) == 1, "nothing is written"


def test_the_endpoint_names_classes_the_words_sound_like(world: World, client_as: As) -> None:
    desk = client_as(Role.DISPATCHER)
    found = desk.post("/cases/new/0901/alike.json", data=filled(world, title="村口的路灯又不亮了", text="")).get_json()
    first = found["classes"][0]
    assert (first["code"], first["url"]) == ("0504", "/cases/new/0504")
    assert any("路灯" in word for word in first["words"])


def test_the_endpoint_stays_inside_the_scope(world: World, client_as: As) -> None:
    registered(client_as(Role.DISPATCHER), filled(world, "village_b"))
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    assert head.post(ALIKE, data=filled(world, "village_b")).get_json()["same"] == []
    foreign = filled(world, household=str(world.homes["village_b"][0]))
    assert liaison.post(ALIKE, data=foreign).status_code == 404


@pytest.mark.parametrize("grid", ["", "²", "-1", "1e3", "99999999999999999999", "x"])
def test_a_place_that_is_none_is_where_one_works(world: World, client_as: As, grid: str) -> None:
    desk = client_as(Role.DISPATCHER)
    registered(desk, filled(world))
    answer = desk.post(ALIKE, data={**filled(world), "grid": grid})
    assert answer.status_code == 200
    assert len(answer.get_json()["same"]) == 1


def test_a_restricted_matter_is_compared_with_nothing(world: World, client_as: As) -> None:
    desk = client_as(Role.DISPATCHER)
    registered(desk, filled(world))
    registered(desk, filled(world), COMPLAINT)
    registered(desk, filled(world), COMPLAINT)
    answer = desk.post(f"/cases/new/{COMPLAINT}/alike.json", data=filled(world))
    assert answer.get_json() == {"same": [], "classes": []}
    assert "data-alike" not in desk.get(f"/cases/new/{COMPLAINT}").text
    assert "data-alike" in desk.get(f"/cases/new/{ROAD}").text
    assert "data-alike" not in client_as(Role.LIAISON).get(f"/cases/new/{ROAD}/solved").text


def test_who_may_not_register_may_not_ask(world: World, client_as: As) -> None:
    assert client_as(Role.AUDITOR).post(ALIKE, data=filled(world)).status_code == 403
    assert client_as(Role.DISPATCHER).post("/cases/new/0000/alike.json", data=filled(world)).status_code == 404
    assert client_as(Role.DISPATCHER).get(ALIKE).status_code == 405


def test_without_a_script_the_page_asks_after_sending(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    number, _state = row(app, registered(desk, filled(world)))
    page = desk.post(f"/cases/new/{ROAD}", data=filled(world, title="老槐树的路塌了"))
    assert page.status_code == 200
    assert how_many(app) == 1
    words = body(page)
    assert "是不是下面这件事？" in words
    assert "都不是，照样登记" in words
    assert "同村" in words
    assert f'value="{number}"' in page.text
    assert 'value="老槐树的路塌了"' in page.text, "what was typed is there"
    assert 'name="looked" value="1"' in page.text
    registered(desk, filled(world, title="老槐树的路塌了", looked="1", same_as=""))
    assert how_many(app) == 2


def test_choosing_one_merges_at_the_desk(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    number, _state = row(app, registered(desk, filled(world)))
    answer = desk.post(f"/cases/new/{ROAD}", data=filled(world, looked="1", same_as=number), follow_redirects=True)
    assert "并入同一件事一起办" in answer.text
    assert number in body(answer)


def test_choosing_one_by_a_head_who_sees_it_not_is_refused(world: World, client_as: As, app: Flask) -> None:
    number, _state = row(app, registered(client_as(Role.DISPATCHER), filled(world, "village_b")))
    page = client_as(Role.VILLAGE_HEAD).post(f"/cases/new/{ROAD}", data=filled(world, looked="1", same_as=number))
    assert "没有找到首件" in body(page)
    assert how_many(app) == 1, "nothing is kept of a refused intake"


def test_another_class_keeps_what_was_typed_and_registers_nothing(world: World, client_as: As, app: Flask) -> None:
    page = client_as(Role.DISPATCHER).post("/cases/new/0504", data=filled(world, title="路灯不亮", another_class="1"))
    assert page.status_code == 200
    assert 'value="路灯不亮"' in page.text
    assert how_many(app) == 0


def test_the_catalogue_is_found_by_a_sentence(world: World, client_as: As) -> None:
    desk = client_as(Role.DISPATCHER)
    words = body(desk.get("/cases/new", query_string={"q": "村口的路灯又不亮了"}))
    assert "听起来像" in words
    assert "因为说到：" in words
    assert "/cases/new/0504" in desk.get("/cases/new", query_string={"q": "村口的路灯又不亮了"}).text
    assert "没有找到这个类别" not in words
    assert "听起来像" not in body(desk.get("/cases/new?q=ld"))
    assert "没有找到这个类别" in body(desk.get("/cases/new", query_string={"q": "鑫淼焱磊"}))
