"""The areas of a county's work: changed on a page, counted so by the figures, each number exactly its rows."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.audit.models import AuditRow
from gridcase.core.db import db
from gridcase.core.words import Both
from gridcase.dashboard.rules import areas as rules
from gridcase.dashboard.rules.presets import presets
from gridcase.measures.rules import Narrow
from gridcase.people.rules import Role
from tests.dashboard.test_office import LINK, number_of
from tests.dashboard.test_views import put_in
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
PAGE = "/dashboard/areas/"


def version_of(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def save(client: FlaskClient, key: int | None = None, **typed: Any) -> Any:
    url = f"{PAGE}edit?area={key}" if key else f"{PAGE}edit"
    return client.post(url, data={"version": version_of(client.get(url).text), **typed}, follow_redirects=True)


def press(client: FlaskClient, act: str, key: int | None = None, version: str | None = None) -> Any:
    data = {"act": act, "version": version or version_of(client.get(PAGE).text), "area": str(key or "")}
    return client.post(f"{PAGE}change", data=data, follow_redirects=True)


def names_on(page: str) -> list[str]:
    return re.findall(r'<h2><a href="/dashboard/areas/edit[^>]*>([^<]*)</a>', page)


def figures(client_as: ClientAs) -> str:
    """The 321 page of the town's desk."""
    return client_as(Role.DISPATCHER).get("/dashboard/preset/").text


def choose_321(world: World, client_as: ClientAs) -> None:
    chosen = {"place": str(world.grids["town"]), "preset": "321"}
    assert client_as(Role.TOWN_MANAGER).post("/dashboard/preset/choose", data=chosen).status_code == 302


def test_the_example_are_the_seven_of_the_file_and_says_what_counts_nowhere(world: World, client_as: ClientAs) -> None:
    page = client_as(Role.COUNTY_MANAGER).get(PAGE).text
    assert names_on(page) == [
        "党建", "脱贫和救助", "综治维稳", "环境卫生", "基础设施", "产业发展", "便民服务和乡风",
    ]  # fmt: skip
    assert "现在用的是示例" in page
    rest = page[page.index('id="none"') :]
    assert "志愿服务" in rest
    assert "主题党日" not in rest


def test_a_changed_list_counts_so_and_every_number_is_its_rows(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {"kind": "0401"}, {"kind": "0101"}, {"kind": "0501"}, {"kind": "0801"})
    choose_321(world, client_as)
    assert number_of(figures(client_as), "环境卫生") == "1"
    client = client_as(Role.COUNTY_MANAGER)
    page = save(client, 4, zh="美丽乡村", en="Fair villages", majors=["04", "05"], kinds=["volunteer"]).text
    assert "美丽乡村" in names_on(page)
    shown = figures(client_as)
    assert number_of(shown, "美丽乡村：事件") == "2"
    assert number_of(shown, "美丽乡村：活动") == "0"
    assert "环境卫生" not in shown
    assert "基础设施" not in shown, "what was taken from an area leaves it, and of nothing there is no number"
    desk = client_as(Role.DISPATCHER)
    links = {html.unescape(link) for link in LINK.findall(shown)}
    wanted = next(link for link in links if "major=04%2B05" in link or "major=04+05" in link)
    assert desk.get(wanted).text.count(" data-row-link>") == 2
    for link in links:
        assert desk.get(link).status_code == 200


def test_all_kinds_in_one_area_are_still_a_link() -> None:
    """Everything ticked makes the longest link there is."""
    whole = rules.Area(1, Both("全部", "All"), tuple(rules.MAJORS), tuple(rules.KINDS))
    for part in whole.parts:
        assert Narrow.read(part.narrow.link()) == part.narrow
        assert part.narrow.link()


def test_each_class_and_kind_counts_in_one_area_at_most() -> None:
    areas = rules.example()
    for area in (
        rules.Area(99, Both("新", "New"), ("01", "04"), ("meeting",)),
        rules.Area(1, Both("一", "One"), ("07",)),
    ):
        areas = rules.placed(areas, area)
        placed = [one for each in areas for one in (*each.majors, *each.kinds)]
        assert len(placed) == len(set(placed))
    assert areas[-1].majors == ("01", "04")
    assert areas[2].majors == ("02",)
    assert rules.KINDS["meeting"] not in rules.left_out(areas)
    assert rules.KINDS["party_day"] in rules.left_out(areas), "the first area let it go"


def test_areas_are_added_moved_removed_and_restored(app: Flask, world: World, client_as: ClientAs) -> None:
    choose_321(world, client_as)
    client = client_as(Role.COUNTY_MANAGER)
    page = save(client, zh="平安志愿", en="", majors=[], kinds=["patrol"]).text
    assert names_on(page)[-1] == "平安志愿"
    assert "<h2>各个方面</h2>" in figures(client_as), "eight are not called seven"
    assert names_on(press(client, "up", 8).text)[-2] == "平安志愿"
    assert names_on(press(client, "up", 1).text)[0] == "党建", "the first stays the first"
    page = press(client, "remove", 8).text
    assert "平安志愿" not in names_on(page)
    assert "治安巡逻" in page[page.index('id="none"') :]
    save(client, 2, zh="民生", majors=["07"])
    page = press(client, "reset").text
    assert names_on(page)[1] == "脱贫和救助"
    assert "现在用的是示例" in page
    assert "<h2>七个方面</h2>" in figures(client_as)
    with app.app_context():
        actions = db.session.query(AuditRow).filter_by(action="setting.change").all()
        assert [row.detail["version"] for row in actions if row.detail["key"] == rules.AREAS_KEY] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("typed", "said"), [({"zh": ""}, "请写这个方面叫什么"), ({"zh": "党建"}, "已经有叫这个名字")])
def test_a_wrong_name_is_said_and_keeps_what_was_typed(
    world: World, client_as: ClientAs, typed: dict[str, str], said: str
) -> None:
    page = save(client_as(Role.COUNTY_MANAGER), 4, en="Kept words", majors=["09"], **typed).text
    assert said in page
    assert "Kept words" in page
    assert re.search(r'<input[^>]*checked[^>]*value="09"', page)


def test_who_changed_it_first_is_not_overwritten(world: World, client_as: ClientAs) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    old = version_of(client.get(PAGE).text)
    save(client, 4, zh="美丽乡村", majors=["04"])
    page = press(client, "remove", 4, version=old).text
    assert "别人刚改过" in page
    assert "美丽乡村" in names_on(page)
    assert client.get(f"{PAGE}edit?area=77").status_code == 404


def test_only_the_county_changes_them_and_only_its_own(world: World, client_as: ClientAs) -> None:
    for role in (Role.TOWN_MANAGER, Role.DISPATCHER, Role.VILLAGE_HEAD):
        assert client_as(role).get(PAGE).status_code == 403
    client = client_as(Role.COUNTY_MANAGER)
    assert client.get(f"{PAGE}?place={world.grids['town']}").status_code == 404
    assert f"place={world.grids['county']}" in client.get(PAGE).text


def test_the_other_heads_are_as_they_were() -> None:
    for code, preset in presets().items():
        changed = rules.with_areas(preset, rules.example())
        assert rules.has_areas(preset) == (code == "321")
        assert [head.label for head in changed.heads] == [head.label for head in preset.heads]
        assert changed.heads == preset.heads, "the example is the file"
