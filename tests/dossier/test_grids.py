"""The register of places and a place's page: who sees what, as of which day; closing; a home's pin."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.dossier.rules import hide_few, hide_small
from gridcase.grid import service as grid_service
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridKind, Line, SizeLimits
from gridcase.households import service as household_service
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, ROAD, collected
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, SINCE, World

ClientAs = Callable[[Role | str], FlaskClient]
TODAY = "2026-11-23"


def within(app: Flask, deed: Callable[[], Any]) -> Any:
    """Do something in a context and a transaction of its own."""
    with app.app_context():
        with transaction():
            found = deed()
        db.session.remove()
    return found


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"<[^>]+>", " ", answer.text)


def facts_in(html: str) -> dict[str, str]:
    """The facts of a page: {word: value}."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html, re.S)
    return {name: re.sub(r"<[^>]+>", "", value).strip() for name, value in pairs}


# --- small numbers


def test_small_counts_are_hidden() -> None:
    assert [hide_few(count) for count in (0, 1, 4, 5)] == [0, None, None, 5]
    assert hide_small({"green": 20, "yellow": 9, "red": 6}) == {"green": 20, "yellow": 9, "red": 6}
    assert hide_small({"green": 20, "yellow": 9, "red": 2}) == {"green": 20, "yellow": None, "red": None}
    assert hide_small({"green": 20, "yellow": 3, "red": 2}) == {"green": 20, "yellow": None, "red": None}
    assert hide_small({"green": 3}) == {"green": None}


# --- the register


def test_one_walks_down_the_tree(client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    text = text_of(manager, "/grids/")
    assert "上河村" in text
    assert "下河村" in text
    assert "石门村" not in text
    assert "1组" not in text
    below = manager.get(f"/grids/?at={world.grids['village_a']}").text
    assert "1组" in below
    assert f"at={world.grids['village_a_group_1']}" in below


def test_homes_and_persons_are_counted_for_every_level(client_as: ClientAs, world: World) -> None:
    rows = client_as(Role.TOWN_MANAGER).get("/grids/").text
    found = re.search(r"上河村.*?户数[^>]*>\s*(\d+).*?人数[^>]*>\s*(\d+)", rows.split("<tbody")[1], re.S)
    assert found is not None
    assert found.groups() == ("16", "32")


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=上河", "上河村", "下河村"),
        ("q=xhc", "下河村", "上河村"),
        ("q=990101100202", "下河村", "上河村"),
        ("level=cell&q=第4", "第4网格", "第3网格"),
        ("line=party", "第2网格", "第3网格"),
    ],
)
def test_the_register_is_searched(
    app: Flask, client_as: ClientAs, world: World, query: str, there: str, gone: str
) -> None:
    def tag() -> None:
        cell = db.session.get_one(Grid, world.grids["village_a_cell_2"])
        grid_service.set_lines(cell, actor=MAKER, lines=[Line.PARTY], on=SINCE, now=clock.now())

    within(app, tag)
    rows = client_as(Role.TOWN_MANAGER).get(f"/grids/?{query}").text.split("<tbody")[1]
    assert there in rows
    assert gone not in rows


def test_one_character_finds_nothing_and_says_so(client_as: ClientAs) -> None:
    assert "至少输入两个字" in text_of(client_as(Role.TOWN_MANAGER), "/grids/?q=河")


def test_what_is_foreign_is_not_in_the_register(client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    assert "下河村" not in text_of(head, "/grids/?q=河村")
    assert head.get(f"/grids/?at={world.grids['village_b']}").status_code == 404
    assert head.get(f"/grids/{world.grids['village_b']}").status_code == 404
    assert client_as(Role.LIAISON).get("/grids/").status_code == 403


def test_the_register_of_an_earlier_day(app: Flask, client_as: ClientAs, world: World) -> None:
    """A home moved and a group was added in November; in June things stood otherwise."""

    def change() -> None:
        now, village = clock.now(), db.session.get_one(Grid, world.grids["village_a"])
        other = db.session.get_one(Grid, world.grids["village_a_cell_2"])
        grid_service.add_place(
            actor=MAKER, parent=village, code="990101100201Z03", name="新立组", kind=GridKind.GENERAL,
            external_code=None, lon=None, lat=None, valid_from=date(2026, 11, 1), now=now,
        )  # fmt: skip
        household_service.move_homes(
            actor=MAKER, place=village.path, homes={world.homes["village_a"][0]: other}, start=date(2026, 11, 1),
            reason="换格", now=now,
        )  # fmt: skip

    within(app, change)
    manager, village = client_as(Role.TOWN_MANAGER), world.grids["village_a"]
    assert "新立组" in manager.get(f"/grids/?at={village}").text
    assert "新立组" not in manager.get(f"/grids/?at={village}&on=2026-06-01").text
    cell = f"/grids/{world.grids['village_a_cell_2']}"
    assert facts_in(manager.get(cell).text)["户数"] == "5"
    assert facts_in(manager.get(f"{cell}?on=2026-06-01").text)["户数"] == "4"


def test_a_longer_list_asks_no_more(app: Flask, client_as: ClientAs, world: World) -> None:
    """The number of statements does not grow with the places shown."""

    def grow() -> None:
        village = db.session.get_one(Grid, world.grids["village_a"])
        for number in range(10, 25):
            grid_service.add_place(
                actor=MAKER, parent=village, code=f"990101100201Z{number}", name=f"{number}组", kind=GridKind.GENERAL,
                external_code=None, lon=None, lat=None, valid_from=SINCE, now=clock.now(),
            )  # fmt: skip

    manager, path = client_as(Role.TOWN_MANAGER), f"/grids/?at={world.grids['village_a']}"
    manager.get(path)
    before = statements(app, manager, path)
    within(app, grow)
    assert statements(app, manager, path) == before <= 25


def statements(app: Flask, client: FlaskClient, path: str) -> int:
    """How many statements a page asks."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


# --- a place's page


def test_a_place_has_facts_people_and_children(client_as: ClientAs, world: World) -> None:
    html = client_as(Role.VILLAGE_HEAD).get(f"/grids/{world.grids['village_a']}").text
    facts = facts_in(html)
    assert facts["编码"] == "990101100201"
    assert facts["户数"] == "16"
    assert facts["总网格长"] == "测试总网格长"
    assert facts["片"] == "第1片、第2片"
    assert "测试总网格长" in html
    assert "1组" in html
    assert '<path class="whole"' in html
    assert "修改" not in facts, "a village head looks, the town manages"
    assert "/edit" not in html


def test_tiers_are_for_those_who_may_see_them(app: Flask, client_as: ClientAs, world: World) -> None:
    def confirm() -> None:
        for home in world.homes["village_a"][:7]:
            household = db.session.get_one(Household, home)
            household_service.confirm_tier(
                household, actor=MAKER, tier=CareTier.CONCERNED, reason="体弱", now=clock.now()
            )

    within(app, confirm)
    path = f"/grids/{world.grids['village_a']}"
    head = facts_in(client_as(Role.VILLAGE_HEAD).get(path).text)
    assert head["关心户"] == "7"
    assert head["放心户"] == "9"
    for role in (Role.TOWN_MANAGER, Role.DEPUTY, Role.VILLAGE_SUPERVISOR, Role.SECTION_LEADER):
        assert "关心户" not in facts_in(client_as(role).get(path).text)
    cell = facts_in(client_as(Role.VILLAGE_HEAD).get(f"/grids/{world.grids['village_a_cell_1']}").text)
    assert cell["关心户"] == "少于 5"
    assert "关心户" not in facts_in(client_as(Role.VILLAGE_HEAD).get(f"{path}?on=2026-06-01").text)


def test_open_cases_are_counted_without_restricted_ones(app: Flask, client_as: ClientAs, world: World) -> None:
    home = world.homes["circle"][0]
    with app.app_context():
        liaison = viewer_from(db.session.get_one(User, world.users[Role.LIAISON]))
        collected(world, liaison, code=ROAD, home=home, title="门前路灯不亮")
        collected(world, liaison, code=MISSING_PERSON, home=home, title="老人走失")
        db.session.remove()
    for role in (Role.VILLAGE_HEAD, Role.DISPATCHER):
        html = client_as(role).get(f"/grids/{world.grids['village_a']}").text
        found = re.search(r"在办的事</span>\s*<span class=\"value[^>]*>(?:<span[^>]*>[^<]*</span>)?(\d+)", html)
        assert found is not None
        assert found.group(1) == "1"
    assert "在办的事" not in client_as(Role.COUNTY_MANAGER).get(f"/grids/{world.grids['village_a']}").text


def test_a_leader_of_no_line_is_reported_where_the_county_wants_it(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    cell, head = f"/grids/{world.grids['village_a_cell_1']}", client_as(Role.VILLAGE_HEAD)
    assert "三线人员" not in head.get(cell).text

    def want() -> None:
        county = db.session.get_one(Grid, world.grids["county"])
        grid_service.set_sizes(
            actor=MAKER, place=county, limits=SizeLimits(three_lines=True), on=SINCE, now=clock.now()
        )

    within(app, want)
    assert "三线人员" in head.get(cell).text

    def join() -> None:
        deputy = db.session.get_one(Post, world.posts[Role.DEPUTY])
        leader = db.session.get_one(User, world.users[Role.GRID_LEADER])
        people.appoint(actor=MAKER, post=deputy, person_id=leader.person_id or 0, valid_from=SINCE, now=clock.now())

    within(app, join)
    assert "三线人员" not in head.get(cell).text


def test_an_edit_is_in_the_history_and_an_earlier_day_has_the_old_name(
    client_as: ClientAs, world: World, at: Callable[[str], None]
) -> None:
    manager, path = client_as(Role.TOWN_MANAGER), f"/grids/{world.grids['village_a_cell_1']}"
    form = manager.get(f"{path}/edit").text
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', form)
    assert seen is not None
    sent = {"seen": seen.group(1), "name": "集市网格", "kind": "special", "lon": "112.6050", "lat": "28.4550"}
    assert manager.post(f"{path}/edit", data=sent).status_code == 302
    page = text_of(manager, path)
    assert "集市网格" in page
    assert "第1网格 → 集市网格" in page
    assert "第1网格" in text_of(manager, f"{path}?on=2026-11-01").split("变更记录")[0]
    late = manager.post(f"{path}/edit", data={**sent, "name": "另一个"})
    assert "别人已经改过" in late.text
    assert "另一个" in late.text, "what was typed is not lost"


def test_the_page_prints(client_as: ClientAs, world: World) -> None:
    paper = text_of(client_as(Role.VILLAGE_HEAD), f"/grids/{world.grids['village_a']}/print")
    assert "上河村网格情况" in paper
    assert "盖章处" in paper


# --- adding, closing, settings, sections, resources through the pages


def test_a_town_adds_a_group_and_not_a_town(client_as: ClientAs, world: World) -> None:
    manager, village = client_as(Role.TOWN_MANAGER), world.grids["village_a"]
    assert "990101100201Z03" in manager.get(f"/grids/{village}/add").text
    sent = {"name": "新立组", "code": "990101100201Z03", "kind": "general", "valid_from": TODAY}
    assert manager.post(f"/grids/{village}/add", data=sent).status_code == 302
    again = manager.post(f"/grids/{village}/add", data={**sent, "code": "990101100201Z04"})
    assert "同名" in again.text
    assert manager.post(f"/grids/{world.grids['county']}/add", data=sent).status_code == 404
    assert client_as(Role.VILLAGE_HEAD).post(f"/grids/{village}/add", data=sent).status_code == 403
    county = client_as(Role.COUNTY_MANAGER)
    town = {"name": "新镇", "code": "990101102000", "kind": "general", "valid_from": TODAY}
    assert county.post(f"/grids/{world.grids['county']}/add", data=town).status_code == 302


def test_a_place_that_holds_something_stays(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, cell = client_as(Role.TOWN_MANAGER), world.grids["village_a_cell_4"]
    assert "4 户住户" in text_of(manager, f"/grids/{cell}/close")
    refused = manager.post(f"/grids/{cell}/close", data={"on": TODAY})
    assert "还不能撤销" in refused.text
    group = {"name": "空组", "code": "990101100201Z07", "kind": "general", "valid_from": "2026-06-01"}
    made = manager.post(f"/grids/{world.grids['village_a']}/add", data=group).location
    assert manager.post(f"{made}/close", data={"on": TODAY}).status_code == 302
    assert "空组" not in manager.get(f"/grids/?at={world.grids['village_a']}").text.split("<tbody")[1]
    assert "空组" in manager.get(f"/grids/?at={world.grids['village_a']}&on=2026-07-01").text
    assert "已于" in text_of(manager, made)


def test_sizes_and_names_are_set_on_their_pages(client_as: ClientAs, world: World) -> None:
    manager, village = client_as(Role.TOWN_MANAGER), world.grids["village_a"]
    sizes = {
        "households_low": 3, "households_high": 6, "persons_low": 5, "persons_high": 20, "circle_target": 12,
        "circle_few": 6, "circle_many": 18,
    }  # fmt: skip
    cell = f"/grids/{world.grids['village_a_cell_1']}"
    assert "在标准外" in text_of(manager, cell)
    assert manager.post(f"/grids/{village}/sizes", data=sizes).status_code == 302
    assert "在标准外" not in text_of(manager, cell)
    wrong = manager.post(f"/grids/{village}/sizes", data={**sizes, "households_low": 9})
    assert "上限不能小于下限" in wrong.text
    manager.post(f"/grids/{village}/naming", data={"village": "大网格", "group": "小网格", "cell": ""})
    assert facts_in(manager.get(f"/grids/{village}").text)["层级"] == "大网格"
    assert facts_in(manager.get(f"/grids/{world.grids['village_b']}").text)["层级"] == "村（一级网格）"


def test_sections_through_their_pages(client_as: ClientAs, world: World) -> None:
    manager, village = client_as(Role.TOWN_MANAGER), world.grids["village_a"]
    assert manager.post(f"/grids/{village}/sections/add", data={"code": "P3", "name": "河西片"}).status_code == 302
    assert "河西片" in text_of(manager, "/grids/sections")
    assert "编号 P3" in manager.post(f"/grids/{village}/sections/add", data={"code": "P3", "name": "别片"}).text
    held = f"/grids/sections/{world.sections['section_1']}/close"
    assert "个岗位" in text_of(manager, held)
    assert "还不能撤销" in manager.post(held, data={"on": TODAY}).text
    free = f"/grids/sections/{world.sections['section_2']}"
    assert manager.post(free, data={"name": "河东片"}).status_code == 302
    assert manager.post(f"{free}/close", data={"on": TODAY}).status_code == 302
    assert "<td>河东片" not in manager.get("/grids/sections").text
    assert "/sections/" not in client_as(Role.VILLAGE_HEAD).get("/grids/sections").text


def test_resources_and_lines_stand_on_the_page(client_as: ClientAs, world: World) -> None:
    manager, path = client_as(Role.TOWN_MANAGER), f"/grids/{world.grids['village_a']}"
    sent = {"kind": "equipment", "name": "抽水泵", "quantity": 2, "contact": world.posts["village_head"]}
    assert manager.post(f"{path}/resources/add", data=sent).status_code == 302
    assert manager.post(f"{path}/lines", data={"lines": ["party", "petition"]}).status_code == 302
    page = client_as(Role.VILLAGE_HEAD).get(path).text
    assert "抽水泵" in page
    assert "总网格长 测试总网格长" in page
    assert facts_in(page)["条线"].split() == ["党建", "信访"]
    end = re.search(r'action="(/grids/resources/\d+/end)"', manager.get(path).text)
    assert end is not None
    assert manager.post(end.group(1)).status_code == 302
    assert "抽水泵" not in client_as(Role.VILLAGE_HEAD).get(path).text
    wrong = manager.post(f"{path}/resources/add", data={**sent, "quantity": "x"})
    assert re.search(r'class="field-error"[^>]*>.*?整数', wrong.text), "the message is Chinese"


def test_an_open_case_keeps_a_place(app: Flask, client_as: ClientAs, world: World) -> None:
    """Homes and posts moved away, one case still open: the page says so."""
    with app.app_context():
        liaison = viewer_from(db.session.get_one(User, world.users[Role.LIAISON]))
        collected(world, liaison, code=ROAD, home=world.homes["circle"][0], title="门前路灯不亮")
        case = db.session.scalars(select(Case)).one()
        cell = case.grid_id
        db.session.remove()
    assert "1 件未办结事件" in text_of(client_as(Role.TOWN_MANAGER), f"/grids/{cell}/close")


def test_a_restricted_case_keeps_a_place_without_being_counted(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        desk = viewer_from(db.session.get_one(User, world.users[Role.DISPATCHER]))
        collected(world, desk, code=MISSING_PERSON, home=world.homes["circle"][0], title="老人走失")
        cell = db.session.scalars(select(Case)).one().grid_id
        db.session.remove()
    page = text_of(client_as(Role.TOWN_MANAGER), f"/grids/{cell}/close")
    assert "须由镇综治中心移交的事件" in page
    assert "件未办结事件" not in page
