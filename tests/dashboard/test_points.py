"""What the map is told: the open cases of the viewer's place, never a restricted one, and when it moved."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from gridcase.cases.models import Case
from gridcase.cases.rules import Light, light_of
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.dashboard import queries
from gridcase.dashboard.rules import LIGHTS, Selection
from gridcase.people.rules import Role
from tests.factories.map_cases import close, put
from tests.factories.world import ORIGIN, World

ViewerOf = Callable[[Role | str], Viewer]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database inside."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def over_county(world: World) -> Viewer:
    """Nobody's post today: somebody who may look at the map of a whole county."""
    may = frozenset({Permission.SEE_MAP, Permission.SEE_CASE})
    return Viewer("staff", "x", grants=(Grant("x", may, path=f"/{world.grids['county']}/"),))


def ground_of(viewer: Viewer, chosen: Selection | None = None, now: datetime | None = None) -> queries.Ground:
    chosen = chosen or Selection()
    about = queries.about(viewer, village_id=chosen.village_id, place_id=chosen.place_id)
    return queries.ground(viewer, chosen, about, now=now or clock.now())


def points(viewer: Viewer, chosen: Selection | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(queries.points_json(ground_of(viewer, chosen)))
    return found


def test_a_point_carries_place_class_and_light(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    (late,) = put(world, {"kind": "0503", "due": -1, "spot": (112.601234, 28.456789)})
    assert points(viewer_of(Role.VILLAGE_HEAD)) == {
        "id": [late], "x": [11260123], "y": [2845679], "c": [5], "l": [2], "u": 0,
    }  # fmt: skip


def test_an_empty_map_is_empty_lists(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    assert points(viewer_of(Role.DISPATCHER)) == {"id": [], "x": [], "y": [], "c": [], "l": [], "u": 0}


def test_the_most_pressing_come_first(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    calm, none, late, soon = put(world, {"due": 90}, {"due": None}, {"due": -5}, {"due": 1})
    told = points(viewer_of(Role.DISPATCHER))
    assert told["id"] == [late, soon, calm, none]
    assert told["l"] == [2, 1, 0, 0]


def test_lights_are_those_of_the_rules(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    put(world, *({"due": due} for due in (None, -30, -0.001, 0, 0.001, 7.9, 8, 8.1, 200)))
    now = clock.now()
    told = points(viewer_of(Role.DISPATCHER))
    for case_id, code in zip(told["id"], told["l"], strict=True):
        case = db.session.get_one(Case, case_id)
        assert LIGHTS[code] is light_of(due_at=case.due_at, soon_at=case.soon_at, closed=False, now=now)


def test_closed_and_restricted_cases_are_not_on_the_map(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    seen, *_others = put(
        world,
        {},
        {"kind": "0301"},  # crime lead: restricted
        {"kind": "1004"},  # complaint about a cadre: restricted
        {"kind": "0301", "restricted": False},  # the class alone is enough
        {"restricted": True},  # so is the case alone
        {"closed_at": clock.now(), "state": "closed"},
        {"closed_at": clock.now(), "state": "voided"},
    )
    for role in (Role.DISPATCHER, Role.VILLAGE_HEAD, Role.TOWN_MANAGER):
        assert points(viewer_of(role))["id"] == [seen]


def test_everyone_sees_the_cases_of_the_own_place_only(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    cell, other_cell, other_village, other_town, far = put(
        world,
        {"section_id": world.sections["section_1"]},
        {"place": "village_a_cell_4"},
        {"place": "village_b_cell_1"},
        {"place": "other_village_cell_1"},
        {"place": "far_village_cell_1"},
    )
    sees = {role: set(points(viewer_of(role))["id"]) for role in Role if role is not Role.RESIDENT}
    assert sees[Role.GRID_LEADER] == {cell}
    assert sees[Role.SECTION_LEADER] == {cell}
    assert sees[Role.VILLAGE_HEAD] == sees[Role.VILLAGE_SUPERVISOR] == {cell, other_cell}
    assert sees[Role.DISPATCHER] == sees[Role.TOWN_MANAGER] == {cell, other_cell, other_village}
    assert points(over_county(world))["id"] == [cell, other_cell, other_village, other_town]
    assert far not in set().union(*sees.values())
    for role in (Role.LIAISON, Role.DEPT, Role.COUNTY_DISPATCHER, Role.COUNTY_MANAGER, Role.AUDITOR, Role.SYSTEM_ADMIN):
        assert sees[role] == set()


def test_filters_narrow(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    first, second, third = put(
        world, {"kind": "0401", "due": -1}, {"kind": "0503", "due": 1}, {"place": "village_b_cell_1"}
    )
    town = viewer_of(Role.DISPATCHER)
    assert points(town, Selection(village_id=world.grids["village_b"]))["id"] == [third]
    assert points(town, Selection(major="05"))["id"] == [second]
    assert points(town, Selection(light=Light.RED))["id"] == [first]
    assert points(town, Selection(light=Light.YELLOW))["id"] == [second]
    assert points(town, Selection(light=Light.GREEN))["id"] == [third]
    assert points(town, Selection(major="05", light=Light.RED))["id"] == []


def test_a_case_without_a_place_is_counted_and_listed(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    placed, unplaced = put(world, {}, {"spot": None, "place": "town"})
    town = viewer_of(Role.DISPATCHER)
    told = points(town)
    assert told["id"] == [placed]
    assert told["u"] == 1
    lines = queries.open_listed(ground_of(town)).rows
    assert {line.id: line.placed for line in lines} == {placed: True, unplaced: False}


def test_a_thousand_points_are_one_statement(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    put(world, *({"due": number, "spot": (ORIGIN[0] + number / 1e5, ORIGIN[1])} for number in range(1000)))
    viewer = viewer_of(Role.DISPATCHER)
    ground = ground_of(viewer)
    with statements() as sent:
        told = json.loads(queries.points_json(ground))
    assert len(told["id"]) == 1000
    assert len([one for one in sent if "SELECT" in one.upper()]) == 1


def test_never_more_points_than_a_browser_bears(
    ctx: Flask, world: World, viewer_of: ViewerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.dashboard.queries.points.POINTS_MOST", 3)
    ids = put(world, *({"due": due} for due in (50, 40, 30, 20, 10)))
    assert points(viewer_of(Role.DISPATCHER))["id"] == ids[:1:-1]


# --- the mark that says whether anything moved


def version(viewer: Viewer, filters: Selection | None = None) -> str:
    return queries.points_version(viewer, filters or Selection(), now=clock.now())


def test_the_mark_stands_while_nothing_happens(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    put(world, {})
    town = viewer_of(Role.DISPATCHER)
    assert version(town) == version(town)


def test_the_mark_moves_with_every_write_of_the_town(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    viewers = [viewer_of(Role.DISPATCHER), viewer_of(Role.GRID_LEADER), over_county(world)]
    before = [version(viewer) for viewer in viewers]
    (case_id,) = put(world, {})
    between = [version(viewer) for viewer in viewers]
    close(case_id, at=clock.now())
    after = [version(viewer) for viewer in viewers]
    for marks in zip(before, between, after, strict=True):
        assert len(set(marks)) == 3


def test_the_mark_of_a_town_does_not_move_with_another_town(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town, county = viewer_of(Role.DISPATCHER), over_county(world)
    before = version(town), version(county)
    put(world, {"place": "other_village_cell_1"})
    assert version(town) == before[0]
    assert version(county) != before[1]


def test_the_mark_differs_by_scope_and_filter(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.DISPATCHER)
    marks = {version(viewer_of(role)) for role in (Role.GRID_LEADER, Role.SECTION_LEADER, Role.VILLAGE_HEAD)}
    marks |= {version(town), version(town, Selection(major="05")), version(town, Selection(light=Light.RED))}
    assert len(marks) == 6


def test_the_mark_differs_by_what_may_be_opened(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    """A map shows what one may open: two people with the same map and other cases must not share an answer."""
    head = viewer_of(Role.VILLAGE_HEAD)
    blind = [dataclasses.replace(one, permissions=one.permissions - {Permission.SEE_CASE}) for one in head.grants]
    assert version(head) != version(dataclasses.replace(head, grants=tuple(blind)))


def test_a_light_that_turns_by_itself_moves_the_mark_within_five_minutes(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    town, now = viewer_of(Role.DISPATCHER), clock.now()
    marks = [queries.points_version(town, Selection(), now=now + timedelta(minutes=minute)) for minute in range(11)]
    assert 2 <= len(set(marks)) <= 4
    assert marks[0] != marks[5] != marks[10]


def test_asking_for_the_mark_reads_no_case(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.DISPATCHER)
    with statements() as sent:
        version(town)
    (asked,) = [one for one in sent if "SELECT" in one.upper()]
    assert "case" not in asked.lower().replace("case_", "")


# --- cards


def test_a_card_is_for_what_is_on_the_map(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    own, far, closed, secret = put(
        world, {}, {"place": "far_village_cell_1"}, {"closed_at": clock.now(), "state": "closed"}, {"kind": "0301"}
    )  # fmt: skip
    head = ground_of(viewer_of(Role.VILLAGE_HEAD))
    assert queries.point_card(own, head).number.startswith("GC2026")
    for case_id in (far, closed, secret, 999_999):
        with pytest.raises(Missing):
            queries.point_card(case_id, head)
    with pytest.raises(Missing):
        queries.point_card(secret, ground_of(viewer_of(Role.DISPATCHER)))
