"""The list beside the map, and what a map is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.dashboard import queries
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.rules import Role
from tests.factories.world import MAKER, ORIGIN, World

ViewerOf = Callable[[Role | str], Viewer]
PLACES = ("village_a_cell_1", "village_a_cell_4", "village_b_cell_1", "other_village_cell_1", "town")


# --- what the map is about


def root(viewer: Viewer, village_id: int | None = None) -> tuple[str, GridLevel | None]:
    found = queries.root_of(viewer, village_id)
    return found.name, found.level


def test_the_root_is_the_town_of_a_town_and_the_village_of_a_cell(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    assert root(viewer_of(Role.DISPATCHER)) == ("青溪镇", GridLevel.TOWN)
    for role in (Role.GRID_LEADER, Role.SECTION_LEADER, Role.VILLAGE_HEAD):
        assert root(viewer_of(role)) == ("上河村", GridLevel.VILLAGE)
    assert root(viewer_of(Role.DISPATCHER), world.grids["village_b"]) == ("下河村", GridLevel.VILLAGE)


def test_a_foreign_village_is_not_there(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    for role, place in (
        (Role.DISPATCHER, "other_village"),
        (Role.VILLAGE_HEAD, "village_b"),
        (Role.DISPATCHER, "town"),
    ):
        with pytest.raises(Missing):
            queries.root_of(viewer_of(role), world.grids[place])
    with pytest.raises(Missing):
        queries.root_of(viewer_of(Role.DISPATCHER), 999_999)


def test_two_villages_are_shown_without_the_third(ctx: Flask, world: World) -> None:
    paths = [db.session.get_one(Grid, world.grids[name]).path for name in ("village_a", "other_village")]
    grants = tuple(Grant("x", frozenset({Permission.SEE_MAP}), path=path) for path in paths)
    both = Viewer("staff", "x", grants=grants)
    about = queries.root_of(both)
    assert (about.name, about.level) == ("试点县", GridLevel.COUNTY)
    shown = {key for shapes in queries.outlines(both, about).values() for key, _shape in shapes}
    assert shown == {world.grids["village_a"], world.grids["other_village"]}


def test_outlines_and_names_are_of_the_own_place(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.DISPATCHER)
    about = queries.root_of(town)
    shapes = queries.outlines(town, about)
    assert [key for key, _shape in shapes[GridLevel.VILLAGE]] == [world.grids["village_a"], world.grids["village_b"]]
    assert [(one.id, one.name) for one in queries.named(town, about)] == [
        (world.grids["village_a"], "上河村"),
        (world.grids["village_b"], "下河村"),
    ]
    head = viewer_of(Role.VILLAGE_HEAD)
    # the groups have no outline: the cells carry the names
    assert [one.name for one in queries.named(head, queries.root_of(head))] == [
        f"第{number}网格" for number in range(1, 5)
    ]
    cells = queries.outlines(head, queries.root_of(head))[GridLevel.CELL]
    assert {key for key, _shape in cells} == {world.grids[f"village_a_cell_{number}"] for number in range(1, 5)}


def test_a_drawing_is_kept_until_a_shape_changes(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.DISPATCHER)
    about = queries.root_of(town)
    before = queries.drawing_of(town, about)
    assert before.synthetic
    assert queries.drawing_of(town, about) == before
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_b"])
        west, south = ORIGIN
        ring = [(west, south), (west + 0.01, south), (west + 0.01, south + 0.02)]
        grids.draw_outline(actor=MAKER, grid=village, rings=[ring], source="test", synthetic=True, now=clock.now())
    assert queries.drawing_of(town, about).version != before.version


def test_outlines_lose_what_no_screen_shows(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_b"])
        west, south = ORIGIN
        edge = [(west + 0.0001 * step, south + 0.000_001 * (step % 2)) for step in range(100)]
        grids.draw_outline(
            actor=MAKER, grid=village, rings=[[*edge, (west + 0.01, south + 0.02)]], source="test", synthetic=True,
            now=clock.now(),
        )  # fmt: skip
    town = viewer_of(Role.DISPATCHER)
    shapes = dict(queries.outlines(town, queries.root_of(town))[GridLevel.VILLAGE])
    assert shapes[village.id].count("],[") <= 5
