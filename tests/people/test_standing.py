"""Partners and titles of a village: recorded, ended or removed, counted; who reads and who keeps them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from gridcase.people.rules import Role
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]


@pytest.fixture
def head(client_as: ClientAs) -> FlaskClient:
    return client_as(Role.VILLAGE_HEAD)


def test_a_task_force_comes_and_goes(head: FlaskClient, client_as: ClientAs, world: World) -> None:
    assert "还没有登记" in head.get("/people/partners").text
    assert "请填写名称" in head.post("/people/partners/new", data={}).text
    data = {"place": str(world.grids["village_a"]), "kind": "task_force", "name": "县农业局驻村工作队", "members": "3",
            "contact": "周队长 13900001111", "duty": "发展油茶", "start": "2026-03-01"}  # fmt: skip
    foreign = {**data, "place": str(world.grids["village_b"])}
    assert "县农业局驻村工作队”" not in head.post("/people/partners/new", data=foreign, follow_redirects=True).text
    page = head.post("/people/partners/new", data=data, follow_redirects=True).text
    assert "3 人驻村" in page
    number = page.split('/end"')[0].rsplit("/", 1)[1]
    end = f"/people/partners/{number}/end"
    assert "要晚于开始的日期" in head.post(end, data={"start": "2026-03-01"}).text
    assert "2026年11月23日为止" in head.post(end, data={"start": "2026-11-23"}, follow_redirects=True).text
    assert "县农业局驻村工作队" in head.get("/people/partners?show=ended").text
    assert "已经登记过结束" in head.post(end, data={"start": "2026-11-23"}).text
    assert client_as(Role.RESIDENT).get("/people/partners").status_code == 403
    assert client_as(Role.VILLAGE_SUPERVISOR).get(end).status_code == 403


def test_titles_are_counted_and_read_by_everybody(head: FlaskClient, client_as: ClientAs, world: World) -> None:
    town = client_as(Role.TOWN_MANAGER)
    data = {"name": "民主法治示范村", "level": "province", "year": "2025", "giver": "省司法厅"}
    for village in ("village_a", "village_b"):
        answer = town.post("/people/honours/new", data={**data, "place": str(world.grids[village])})
        assert answer.status_code == 302
    assert "民主法治示范村 2" in town.get("/people/honours").text
    assert "民主法治示范村 1" in client_as(Role.RESIDENT).get("/people/honours").text
    own = {**data, "place": str(world.grids["village_a"])}
    assert "年份还没有到" in head.post("/people/honours/new", data={**own, "year": "2027"}).text
    page = head.get("/people/honours").text
    number = page.split("/people/honours/")[-1].split("/remove")[0]
    assert "已去掉" in head.post(f"/people/honours/{number}/remove", follow_redirects=True).text
    assert "还没有登记荣誉" in client_as(Role.RESIDENT).get("/people/honours").text
    assert client_as(Role.VILLAGE_SUPERVISOR).get("/people/honours/new").status_code == 403
    assert head.post("/people/honours/987654/remove").status_code == 404
