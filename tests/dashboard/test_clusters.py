"""Clusters, shades and days gone by against plain counts, for random cases and every filter."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from gridcase.cases.models import Case, CasePoint
from gridcase.cases.rules import Light
from gridcase.cases.rules.spots import Box, Cells
from gridcase.cases.rules.states import Channel
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.dashboard import queries
from gridcase.dashboard.rules import Age, Selection, shades, step_of
from gridcase.people.models import Unit
from gridcase.people.rules import Role
from tests.dashboard.test_points import ground_of, over_county
from tests.factories.map_cases import put
from tests.factories.world import ORIGIN, World

ViewerOf = Callable[[Role | str], Viewer]
PLACES = ("village_a_cell_1", "village_a_cell_4", "village_b_cell_1", "other_village_cell_1", "town")
EVERYWHERE = Box(-18_000_000, -9_000_000, 18_000_000, 9_000_000)
WEST, SOUTH = round(ORIGIN[0] * 1e5), round(ORIGIN[1] * 1e5)
TOWN = Box(WEST, SOUTH, WEST + 12_500, SOUTH + 12_500)  # where the cases lie
AROUND = Box(11_000_000, 2_700_000, 11_500_000, 3_000_000)


@pytest.fixture
def scattered(ctx: Flask, world: World) -> list[int]:
    """Cases of every sort, open, ended and secret, some without a place."""
    chance, now = random.Random(36), clock.now()
    unit = db.session.scalar(select(Unit.id).order_by(Unit.id).limit(1))
    wanted: list[dict[str, Any]] = []
    for _ in range(150):
        closed = chance.random() < 0.3
        spot = (ORIGIN[0] + chance.random() / 8, ORIGIN[1] + chance.random() / 8)
        wanted.append({
            "place": chance.choice(PLACES), "kind": chance.choice(("0401", "0503", "0801", "0301", "0000")),
            "due": chance.choice([None, -200, -1, 3, 100]), "spot": spot if chance.random() < 0.9 else None,
            "channel": chance.choice(("visit", "phone")), "handler_unit_id": chance.choice((None, unit)),
            "registered_at": now - timedelta(days=chance.randrange(1, 120)),
            "section_id": chance.choice((None, world.sections["section_1"])),
            **({"state": "closed", "closed_at": now - timedelta(days=chance.randrange(40))} if closed else {}),
        })  # fmt: skip
    return put(world, *wanted)


def choices(world: World, now: Any) -> list[Selection]:
    unit = db.session.scalar(select(Unit.id).order_by(Unit.id).limit(1))
    days = [clock.town_day(now - timedelta(days=back)) for back in (1, 20, 80)]
    return [
        Selection(), Selection(village_id=world.grids["village_a"]),
        Selection(village_id=world.grids["village_a"], place_id=world.grids["village_a_cell_4"]),
        Selection(major="04"), Selection(major="05", class_code="0503"), Selection(channel=Channel.PHONE),
        Selection(unit_id=unit), *(Selection(light=light) for light in (Light.RED, Light.YELLOW, Light.GREEN)),
        *(Selection(age=age) for age in Age), *(Selection(day=day) for day in days),
        Selection(day=days[1], light=Light.RED, channel=Channel.VISIT),
    ]  # fmt: skip


def listed(ground: queries.Ground) -> dict[int, bool]:
    """Every row of the list, page by page: whether it has a place."""
    found: dict[int, bool] = {}
    after = None
    while True:
        page = queries.open_listed(ground, after=after, most=40)
        assert not found.keys() & {line.id for line in page.rows}
        found |= {line.id: line.placed for line in page.rows}
        after = page.after
        if after is None:
            return found


def told(ground: queries.Ground, zoom: int, box: Box = AROUND) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(queries.part_json(ground, Cells.over(box, zoom)))
    return found


def test_clusters_points_places_and_list_agree_for_every_filter(
    scattered: list[int], world: World, viewer_of: ViewerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.dashboard.queries.clusters.SINGLE_MOST", 0)
    town, now = viewer_of(Role.DISPATCHER), clock.now()
    some = 0
    for chosen in choices(world, now):
        ground = ground_of(town, chosen, now)
        rows, points = listed(ground), json.loads(queries.points_json(ground))
        assert set(points["id"]) == {case_id for case_id, placed in rows.items() if placed}
        assert points["u"] == len(rows) - len(points["id"])
        for zoom, box in ((7, EVERYWHERE), (12, AROUND), (15, AROUND)):
            cells = told(ground, zoom, box)
            if not points["id"]:
                assert cells == points
                continue
            assert sum(cells["n"]) == len(points["id"])
            assert sum(cells["late"]) == points["l"].count(2)
            assert sum(cells["soon"]) == points["l"].count(1)
            assert set(cells["id"]) - {0} <= set(points["id"])
        places = queries.areas(ground, queries.named(town, queries.root_of(town, chosen.village_id)))
        assert sum(place.open for place in places) == len(rows)
        some += bool(rows)
    assert some >= 15, "too many filters found nothing: little was tested"


def test_a_past_day_is_a_plain_count(scattered: list[int], world: World, viewer_of: ViewerOf) -> None:
    town, now = viewer_of(Role.DISPATCHER), clock.now()
    held = f"/{world.grids['county']}/{world.grids['town']}/"
    for back in (1, 7, 30, 84):
        day = clock.town_day(now - timedelta(days=back))
        end = Selection(day=day).moment(now)
        wanted = {
            case.id
            for case in db.session.scalars(select(Case))
            if case.path.startswith(held) and not case.restricted and not case.case_class.restricted
            and case.registered_at < end and (case.closed_at is None or case.closed_at >= end)
        }  # fmt: skip
        assert set(listed(ground_of(town, Selection(day=day), now))) == wanted


def test_clusters_keep_to_the_place_of_the_role(scattered: list[int], world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    secret = set(db.session.scalars(select(Case.id).where(Case.restricted.is_(True))))
    for role in Role:
        if role is Role.RESIDENT:
            continue
        ground = ground_of(viewer_of(role), now=now)
        seen = set(json.loads(queries.points_json(ground))["id"])
        cells = told(ground, 18)
        assert set(cells["id"]) == seen
        assert not seen & secret
    whole = told(ground_of(over_county(world), now=now), 18)["id"]
    assert len(whole) > len(told(ground_of(viewer_of(Role.DISPATCHER), now=now), 18)["id"])


def test_many_are_counted_and_few_are_single(
    scattered: list[int], world: World, viewer_of: ViewerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = ground_of(viewer_of(Role.DISPATCHER))
    assert "l" in told(ground, 12)
    assert not queries.are_many(ground)
    monkeypatch.setattr("gridcase.dashboard.queries.points.POINTS_MOST", 10)
    monkeypatch.setattr("gridcase.dashboard.queries.clusters.SINGLE_MOST", 10)
    assert queries.are_many(ground)
    many = told(ground, 13, TOWN)
    assert len(many["n"]) <= 300
    assert max(many["n"]) > 1
    case_id, x, y = next((i, x, y) for i, x, y in zip(many["id"], many["x"], many["y"], strict=True) if i)
    alone = told(ground, 19, Box(x - 5, y - 5, x + 5, y + 5))
    assert (alone["id"], alone["x"], alone["y"]) == ([case_id], [x], [y])


def test_a_light_turns_with_the_clock_and_no_write(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    put(world, *({"due": 10, "soon": 4, "spot": (ORIGIN[0] + n / 1000, ORIGIN[1])} for n in range(3)))
    town, now = viewer_of(Role.DISPATCHER), clock.now()
    lights = [
        json.loads(queries.points_json(ground_of(town, now=now + timedelta(hours=hours))))["l"] for hours in (0, 7, 11)
    ]
    assert lights == [[0] * 3, [1] * 3, [2] * 3]


def test_a_moved_case_is_counted_where_it_is_now(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    (case_id,) = put(world, {"kind": "0503"})
    town = viewer_of(Role.DISPATCHER)
    before = json.loads(queries.points_json(ground_of(town)))
    db.session.rollback()
    with db.engine.connect().execution_options(gridcase_write=True) as connection, connection.begin():
        connection.execute(update(CasePoint).where(CasePoint.case_id == case_id).values(geom="SRID=4326;POINT(113 29)"))
    assert json.loads(queries.points_json(ground_of(town))) == before | {"x": [11_300_000], "y": [2_900_000]}


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [
        ([], []),
        ([0, 0], []),
        ([3], [(1, None)]),
        ([1, 1, 2], [(1, 1), (2, None)]),
        ([0, 4, 9, 17, 30, 41], [(1, 9), (10, 17), (18, 30), (31, None)]),
        ([120, 1456, 3890, 7777], [(1, 1400), (1401, 3800), (3801, 7700), (7701, None)]),
    ],
)
def test_shades_hold_every_count_once(counts: list[int], bounds: list[tuple[int, int | None]]) -> None:
    steps = shades(counts)
    assert [(shade.least, shade.most) for shade in steps] == bounds
    for count in counts:
        step = step_of(count, steps)
        assert (step == 0) == (count == 0)
        if step:
            shade = steps[step - 1]
            assert shade.least <= count <= (shade.most or count)
