"""The map's pages and data as a signed-in user gets them: the choices, the days, the homes, the base map, the paper."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.dashboard import queries
from gridcase.households.models import CirclePlace, Household
from gridcase.people.rules import Role
from tests.core.test_pmtiles import write
from tests.dashboard.test_points import ground_of
from tests.dashboard.test_views import put_in
from tests.factories.map_cases import put
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
ViewerOf = Callable[[Role | str], Viewer]
SLY = "</script>${window.x=1}"
DATA = ("points", "clusters", "homes", "places")


def test_every_choice_is_said_kept_and_can_be_taken_back(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {"kind": "0503", "channel": "phone"}, {"kind": "0401"})
    cell, village = world.grids["village_a_cell_1"], world.grids["village_a"]
    link = f"village={village}&place={cell}&major=05&class=0503&source=phone&light=green&age=new&view=heat"
    page = client_as(Role.DISPATCHER).get(f"/map/?{link}").text
    for words in ("上河村", "第1网格", "基础设施", "村道、桥涵损坏", "电话", "正常", "登记7 天以内"):
        assert f'aria-label="取消 {words}"' in page
    assert f'data-points="/map/points.json?{link.removesuffix("&view=heat").replace("&", "&amp;")}"' in page
    assert "leaflet-heat" in page
    without_village = re.search(r'href="(/map/\?[^"]*)" aria-label="取消 上河村"', page)
    assert without_village is not None
    assert "village" not in without_village[1]
    assert "place" not in without_village[1]
    assert "view=heat" in without_village[1]
    assert page.count(" data-row-link>") == 1


def test_the_paper_says_the_same(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {"kind": "0503", "due": -1}, {"kind": "0401", "place": "village_b_cell_1"})
    client = client_as(Role.DISPATCHER)
    whole = client.get("/map/print").text
    assert "未办结 2 件，其中超期 1 件" in whole
    assert whole.count(" data-row-link>") == 2
    part = client.get("/map/print?major=05").text
    assert "条件：基础设施" in part
    assert part.count(" data-row-link>") == 1


def test_a_day_gone_by_shows_what_was_open_then(app: Flask, world: World, client_as: ClientAs) -> None:
    now = clock.now()
    span = {"registered_at": now - timedelta(days=9), "closed_at": now - timedelta(days=2)}
    old, _void, _same = put_in(app, world, *({**span, "state": state} for state in ("closed", "voided", "duplicate")))
    client = client_as(Role.DISPATCHER)
    day = clock.town_day(now - timedelta(days=5))
    assert client.get("/map/points.json").get_json()["id"] == []
    assert client.get(f"/map/points.json?day={day}").get_json()["id"] == [old]
    assert client.get(f"/map/cases/{old}.json").status_code == 404
    assert client.get(f"/map/cases/{old}.json?day={day}").get_json()["due"].endswith("办结")
    page = client.get(f"/map/?day={day}").text
    assert "那天结束时还没有办结的事件" in page
    for odd in ("2020-01-01", str(clock.town_day(now)), "2031-01-01", "x"):
        assert client.get(f"/map/points.json?day={odd}").get_json()["id"] == []


def test_every_answer_of_a_polled_map_has_a_mark_of_its_scope(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {}, {"place": "village_b_cell_1"})
    town = client_as(Role.DISPATCHER)
    marks = {url: town.get(f"/map/{url}").headers["ETag"] for url in ("points.json", "clusters.json")}
    part = "clusters.json?box=112,28,113,29&z=12"
    marks[part] = town.get(f"/map/{part}").headers["ETag"]
    assert len(set(marks.values())) == 3
    for url, mark in marks.items():
        assert town.get(f"/map/{url}", headers={"If-None-Match": mark}).status_code == 304
        other = client_as(Role.VILLAGE_HEAD).get(f"/map/{url}", headers={"If-None-Match": mark})
        assert other.status_code == 200


def test_foreign_places_are_missing_in_every_answer(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    for part in DATA:
        for name in ("village_b_cell_1", "far_village_cell_1"):
            assert client.get(f"/map/{part}.json?place={world.grids[name]}").status_code == 404
        assert client.get(f"/map/{part}.json?village={world.grids['village_b']}").status_code == 404
        assert client_as(Role.LIAISON).get(f"/map/{part}.json").status_code == 403
    assert client_as(Role.LIAISON).get("/map/print").status_code == 403


def test_what_people_wrote_goes_nowhere(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {"title": SLY, "address": SLY, "reporter_name": "王小明"})
    client = client_as(Role.DISPATCHER)
    for url in ("/map/", "/map/print", *(f"/map/{part}.json" for part in DATA)):
        told = client.get(url).text
        assert "window.x" not in told
        assert "王小明" not in told


# --- homes of the circles


def test_homes_are_places_without_names_for_those_who_see_homes(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    today = clock.town_day(clock.now())
    head = viewer_of(Role.VILLAGE_HEAD)
    about = queries.root_of(head)
    found = queries.circles(head, about, on=today)
    held = select(CirclePlace.household_id).where(CirclePlace.valid_to.is_(None), CirclePlace.role == Role.LIAISON)
    homes = select(Household.id).where(Household.id.in_(held), Household.path.startswith(about.path))
    assert len(found) == len(db.session.scalars(homes).all()) > 0
    assert all(isinstance(value, int) for row in found for value in row)
    leader = queries.circles(viewer_of(Role.GRID_LEADER), about, on=today)
    assert {row[1:3] for row in leader} <= {row[1:3] for row in found}
    blind = [dataclasses.replace(one, permissions=one.permissions - {Permission.SEE_HOUSEHOLD}) for one in head.grants]
    assert queries.circles(dataclasses.replace(head, grants=tuple(blind)), about, on=today) == []
    town = viewer_of(Role.DISPATCHER)
    assert queries.circles(town, queries.root_of(town), on=today) == []  # a town asks village by village


def test_homes_are_never_on_the_map_unasked(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    assert "data-homes" not in client.get("/map/").text
    assert "联户连线" in client.get("/map/").text
    assert 'data-homes="/map/homes.json"' in client.get("/map/?homes=1").text
    told = client.get("/map/homes.json").get_json()
    assert set(told) == {"p", "x", "y", "own"}
    assert len(told["p"]) > 0
    put_in(app, world, {})
    assert set(client.get("/map/points.json").get_json()) == {"id", "x", "y", "c", "l", "u"}


# --- the base map


def policy(client: FlaskClient, url: str) -> str:
    found = re.search(r"img-src ([^;]*);", client.get(url).headers["Content-Security-Policy"])
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({}, ""),
        ({"tile_url": "https://tiles.example:8443/a/{z}/{x}/{y}.png"}, " https://tiles.example:8443"),
        (
            {"tianditu_key": "0123456789abcdef0123456789abcdef"},
            "".join(f" https://t{n}.tianditu.gov.cn" for n in range(8)),
        ),
    ],
)
def test_another_host_is_named_only_where_it_is_set_and_drawn(
    app: Flask, world: World, client_as: ClientAs, settings: dict[str, str], allowed: str
) -> None:
    app.extensions["gridcase"] = dataclasses.replace(app.extensions["gridcase"], **settings)
    client = client_as(Role.DISPATCHER)
    own = "'self' data: blob:"
    assert policy(client, "/map/") == own + allowed
    for url in ("/map/?base=none", "/map/print", "/dashboard/", "/cases/"):
        assert policy(client, url) == own
    page = client.get("/map/").text
    assert ("对方能看到您在看哪一带" in page) == bool(allowed)
    assert "connect-src 'self';" in client.get("/map/").headers["Content-Security-Policy"]


def test_a_file_of_ones_own_is_served_by_this_site(
    app: Flask, world: World, client_as: ClientAs, tmp_path: Path
) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    assert client.get("/map/tiles/0/0/0").status_code == 204
    file = write(tmp_path / "town.pmtiles")
    app.extensions["gridcase"] = dataclasses.replace(
        app.extensions["gridcase"], map_file=str(file), tile_credit="某测绘院"
    )
    page = client.get("/map/").text
    assert "/map/tiles/{z}/{x}/{y}" in page
    assert "某测绘院" in page
    assert "对方能看到" not in page
    assert policy(client, "/map/") == "'self' data: blob:"
    tile = client.get("/map/tiles/1/1/0")
    assert (tile.data, tile.mimetype) == (b"one", "image/png")
    assert tile.headers["Cache-Control"] == "private, max-age=86400"
    assert client.get("/map/tiles/9/1/0").status_code == 204
    assert client_as(Role.LIAISON).get("/map/tiles/1/1/0").status_code == 403


def test_the_list_beside_the_map_costs_the_same_for_any_number(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    put(world, *({"due": due} for due in range(60)))
    page = queries.open_listed(ground_of(viewer_of(Role.DISPATCHER)))
    assert (len(page.rows), page.after is not None) == (25, True)
