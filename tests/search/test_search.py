"""The box at the top: groups, masked names, scope, the shortest question, and that restricted matters stay out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.search import queries as search
from gridcase.users.models import User
from tests.factories.cases import COMPLAINT, collected
from tests.factories.pages import body, statements
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]


def made(app: Flask, world: World) -> tuple[str, str]:
    """An open case and a restricted one, in a context that is closed again; their numbers."""
    with app.app_context():
        desk = viewer_from(db.session.get_one(User, world.users[Role.DISPATCHER]))
        case = collected(world, desk, title="老槐树旁边的路灯不亮", reporter_name="王小明")
        hidden = collected(world, desk, title="老槐树的路灯款去哪了", code=COMPLAINT)
        numbers = case.number, hidden.number
        db.session.remove()
    return numbers


def test_the_box_is_there_and_asks_for_two_characters(world: World, client_as: As) -> None:
    page = client_as(Role.DISPATCHER).get("/search")
    assert 'role="search"' in page.text
    assert "至少输入两个字" in body(page)
    assert "至少输入两个字" in body(client_as(Role.DISPATCHER).get("/search?q=灯"))


def test_groups_with_masked_names(app: Flask, world: World, client_as: As) -> None:
    number, hidden = made(app, world)
    desk = client_as(Role.DISPATCHER)
    words = body(desk.get("/search", query_string={"q": "路灯"}))
    assert number in words
    assert "老槐树旁边的路灯不亮" in words
    assert hidden not in words
    words = body(desk.get("/search", query_string={"q": "王小明"}))
    assert "这个人反映的事件" in words
    assert "反映人 王*明" in words
    words = body(desk.get("/search", query_string={"q": "周小"}))
    assert "人员" in words
    assert "周*一" in words
    assert "周小一" not in words
    assert "户" in body(desk.get("/search", query_string={"q": "赵大"}))
    words = body(desk.get("/search", query_string={"q": "上河"}))
    assert "网格" in words
    assert "上河村" in words


def test_a_restricted_case_answers_to_its_whole_number_without_its_title(
    app: Flask, world: World, client_as: As
) -> None:
    _number, hidden = made(app, world)
    words = body(client_as(Role.DISPATCHER).get("/search", query_string={"q": hidden}))
    assert hidden in words
    assert "限定可见" in words
    assert "路灯款" not in words
    assert "没有找到" in body(client_as(Role.VILLAGE_HEAD).get("/search", query_string={"q": hidden}))


def test_each_role_finds_what_is_its_own(app: Flask, world: World, client_as: As) -> None:
    made(app, world)
    assert "没有找到“路灯”" in body(client_as(Role.DEPT).get("/search", query_string={"q": "路灯"}))
    words = body(client_as(Role.COUNTY_MANAGER).get("/search", query_string={"q": "上河"}))
    assert "上河村" in words
    assert "没有找到“周小”" in body(client_as(Role.DEPT).get("/search", query_string={"q": "周小"}))
    for role in (Role.RESIDENT, Role.AUDITOR):
        assert client_as(role).get("/search?q=路灯").status_code == 403


@pytest.mark.parametrize("typed", ["%", "__", "'; DROP", '"" OR', "路灯*", "\x00\x00", "NEAR(路 灯)", "🙂🙂", "(" * 70])
def test_signs_are_no_language(world: World, client_as: As, typed: str) -> None:
    assert client_as(Role.DISPATCHER).get("/search", query_string={"q": typed}).status_code == 200


def test_people_by_the_beginning_of_a_name_or_initials_no_child(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk, head = viewer_of(Role.DISPATCHER), viewer_of(Role.VILLAGE_HEAD)
    day = clock.town_day(clock.now())

    def named(viewer: Viewer, typed: str, born_before: date = day) -> set[int]:
        rows = households.people_named(viewer, typed, on=day, born_before=born_before, limit=100)
        return {row.household_id for row in rows}

    assert named(desk, "周小一") == named(desk, "zxy") != set()
    assert named(head, "周小一") < named(desk, "周小一")
    assert named(desk, "小一") == set(), "from the beginning"
    assert named(desk, "周小一", date(1971, 1, 1)) == set(), "born later"
    assert households.homes_named(viewer_of(Role.DEPT), "赵大", limit=5) == []
    code = db.session.get_one(Household, world.homes["village_a"][0]).code
    assert [row.id for row in households.homes_named(desk, code.lower(), limit=5)] == [world.homes["village_a"][0]]


def test_the_statements_do_not_grow_with_what_is_found(app: Flask, world: World, client_as: As) -> None:
    made(app, world)
    desk = client_as(Role.DISPATCHER)
    desk.get("/search?q=路灯")
    few = len(statements(app, lambda: desk.get("/search?q=路灯")))
    with app.app_context():
        viewer = viewer_from(db.session.get_one(User, world.users[Role.DISPATCHER]))
        for _ in range(6):
            collected(world, viewer, title="路灯又不亮")
        assert search.find(viewer, "路灯", now=clock.now()) is not None
        db.session.remove()
    assert len(statements(app, lambda: desk.get("/search?q=路灯"))) == few


def test_the_box_suggests_while_typing_and_never_what_is_restricted(app: Flask, world: World, client_as: As) -> None:
    number, hidden = made(app, world)
    desk = client_as(Role.DISPATCHER)

    def suggested(words: str) -> list[tuple[str, str]]:
        found = desk.get("/search/suggest.json", query_string={"q": words}).json["found"]
        return [(one["words"], one["under"]) for one in found]

    assert suggested("老槐树") == [("老槐树旁边的路灯不亮", number)]
    assert suggested(hidden) == [], "not even by its whole number, which the search itself finds"
    assert hidden in body(desk.get("/search", query_string={"q": hidden}))
    assert suggested("老") == []
    assert ("上河村", "青溪镇") in suggested("上河")
    with app.app_context():
        home = db.session.get_one(Household, world.homes["circle"][0])
        name, code = home.head_name, home.code
        db.session.remove()
    assert (f"{name[0]}*{name[2:]}户", code) in suggested(name)
    assert client_as(Role.COUNTY_DEPT).get("/search/suggest.json?q=老槐树").json["found"] == []
    assert client_as(Role.RESIDENT).get("/search/suggest.json?q=老槐树").status_code == 403
