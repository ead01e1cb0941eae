"""The screen on the wall: counts of the place, nothing of anybody; its link opens that and ends when it should."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.dashboard.models import WallScreen
from gridcase.dashboard.queries import wall as queries
from gridcase.dashboard.rules.wall import HIGH, WIDE, Area, Lasts, areas, fullness, words_on
from gridcase.dashboard.service import wall as service
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Person
from gridcase.people.rules import Role
from tests.factories.map_cases import close, put
from tests.factories.world import World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
HERE, THERE = "village_a_cell_1", "village_b_cell_1"


def grid(world: World, name: str) -> Grid:
    return db.session.get_one(Grid, world.grids[name])


def hung(world: World, actor: Viewer, place: str = "town", lasts: Lasts = Lasts.MONTH) -> str:
    with transaction():
        return service.hang(actor=actor, place=grid(world, place), name="便民大厅", lasts=lasts, now=clock.now())


def test_it_counts_what_is_open_and_tells_good_news_without_restricted_classes(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    now = clock.now()
    made = put(
        world, {"place": HERE, "kind": "0401", "due": -5}, {"place": HERE, "kind": "0503", "due": 100},
        {"place": THERE, "kind": "0801", "due": 100}, {"place": HERE, "kind": "0301", "due": -5},
        {"place": HERE, "kind": "0401"}, {"place": HERE, "kind": "0101"}, {"place": HERE, "kind": "1004"},
        {"place": "other_village_cell_1", "kind": "0401"}, {"place": THERE, "kind": "0802"},
    )  # fmt: skip
    for closed in [*made[4:7], made[8]]:
        close(closed, at=now - timedelta(minutes=5))
    found = queries.wall(queries.screen_of(viewer_of(Role.DISPATCHER)), now=now)
    assert found.root.name == "青溪镇"
    assert (found.live.numbers["cases.open"], found.live.numbers["cases.late"]) == (3, 1)
    assert [(part.name, part.open, part.late) for part in found.parts] == [("上河村", 2, 1), ("下河村", 1, 0)]
    assert {(one.count, str(getattr(one.what, "zh", one.what))) for one in found.good} == {
        (1, "暴露垃圾与乱堆乱放"), (1, "矛盾纠纷"), (1, "代办事项"),
    }  # fmt: skip
    assert {area.id for area in found.areas} == {world.grids["village_a"], world.grids["village_b"]}


def test_a_screen_may_count_and_no_more(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    screen = queries.screen_of(viewer_of(Role.VILLAGE_HEAD))
    assert screen.permissions == {Permission.SEE_DASHBOARD, Permission.SEE_MAP}
    assert [grant.path for grant in screen.grants] == [grid(world, "village_a").path]
    with pytest.raises(Missing):
        queries.screen_of(viewer_of(Role.LIAISON))


def test_a_link_opens_the_place_until_it_is_ended(
    app: Flask, world: World, client_as: ClientAs, at: Callable[[str], None]
) -> None:
    manager, hall = client_as(Role.TOWN_MANAGER), app.test_client()
    data = {"name": "便民大厅", "place": world.grids["village_a"], "lasts": 30}
    made = manager.post("/dashboard/wall/screens", data=data).get_data(as_text=True)
    link = re.search(r'value="http://[^/]+(/wall/[\w-]+)"', made)
    assert link is not None
    assert link[1] not in manager.get("/dashboard/wall/screens").get_data(as_text=True)  # told once
    shown = hall.get(link[1])
    assert shown.status_code == 200
    assert "Set-Cookie" not in shown.headers
    text = shown.get_data(as_text=True)
    assert "上河村" in text
    assert 'href="/cases' not in text
    again = hall.get(f"{link[1]}/now")
    assert again.headers["Gridcase-At"] == "10:00"
    at("2026-11-23T10:01:00+08:00")
    same = hall.get(f"{link[1]}/now", headers={"If-None-Match": again.headers["ETag"]})
    assert (same.status_code, same.headers["Gridcase-At"]) == (304, "10:01")
    with app.app_context():
        screen = db.session.scalar(select(WallScreen.id))
    assert client_as(Role.DISPATCHER).post(f"/dashboard/wall/screens/{screen}/end").status_code == 403
    assert manager.post(f"/dashboard/wall/screens/{screen}/end").status_code == 302
    assert hall.get(link[1]).status_code == 404
    assert hall.get(f"{link[1]}/now").status_code == 404
    assert hall.get("/wall/guessed/now").status_code == 404


def test_a_link_runs_out_and_only_a_towns_manager_makes_one(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    secret, now = hung(world, manager), clock.now()
    assert queries.at_secret(secret, now=now)[1].permissions == queries.COUNTS
    with pytest.raises(Missing):
        queries.at_secret(secret, now=now + timedelta(days=30))
    row = db.session.scalars(select(WallScreen)).one()
    assert secret not in row.digest
    for actor, place in ((viewer_of(Role.VILLAGE_HEAD), "village_a"), (manager, "other_town"), (manager, "county")):
        with pytest.raises(Missing):
            hung(world, actor, place)
    with pytest.raises(Refused), transaction():
        service.hang(actor=manager, place=grid(world, "town"), name=" ", lasts=Lasts.YEAR, now=now)


def test_no_name_and_no_text_stands_on_it(app: Flask, world: World, client_as: ClientAs) -> None:
    with app.app_context():
        put(world, *({"place": HERE, "kind": "0401", "due": hours} for hours in (-5, 5, 50)))
        titles = set(db.session.scalars(select(Case.title)))
        people = set(db.session.scalars(select(Person.name)))
        homes = set(db.session.scalars(select(Household.code)))
    text = client_as(Role.DISPATCHER).get("/dashboard/wall/").get_data(as_text=True)
    assert [word for word in titles | people | homes if word and word in text] == []
    assert not re.search(r"GC\d{8}", text)


def test_asking_for_figures_does_not_keep_a_session_alive(client_as: ClientAs, at: Callable[[str], None]) -> None:
    client = client_as(Role.DISPATCHER)
    at("2026-11-23T10:20:00+08:00")
    assert client.get("/dashboard/wall/now").status_code == 200
    at("2026-11-23T10:40:00+08:00")
    assert client.get("/dashboard/wall/now").status_code == 302


@given(st.lists(st.tuples(st.floats(100, 120), st.floats(20, 40)), min_size=3, max_size=12, unique=True))
def test_outlines_stay_inside_the_drawing_with_north_above(ring: list[tuple[float, float]]) -> None:
    shape = json.dumps({"type": "Polygon", "coordinates": [ring]})
    (area,) = areas([(7, shape)])
    points = [tuple(map(float, pair.split())) for pair in re.findall(r"[\d.]+ [\d.]+", area.path)]
    assert all(-0.1 <= x <= WIDE + 0.1 and -0.1 <= y <= HIGH + 0.1 for x, y in points)
    north = max(range(len(ring)), key=lambda number: ring[number][1])
    assert points[north][1] == min(y for _x, y in points)
    assert areas([]) == []


def test_words_on_the_map_never_lie_on_one_another() -> None:
    beside = [
        Area(1, "", 100, 100, 90),
        Area(2, "", 130, 110, 90),
        Area(3, "", 300, 100, 200),
        Area(4, "", 500, 100, 90),
    ]
    told = words_on(
        beside, {1: (30, 0), 2: (33, 11), 3: (5, 0)}, {1: "上河村", 2: "下河村", 3: "大桥村", 4: "东团村社区"}
    )
    assert [(word.kind, word.text) for word in told] == [
        ("count", "33"), ("late", "■11"), ("name", "大桥村"), ("count", "5"),
    ]  # fmt: skip
    assert told[0].y < told[1].y


def test_fullness_has_four_steps() -> None:
    assert [fullness(count) for count in (0, 1, 4, 5, 9, 10, 500)] == [0, 1, 1, 2, 2, 3, 3]
