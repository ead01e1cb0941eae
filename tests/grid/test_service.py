"""The tree without gaps, and the database that finds the cell of a point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid import queries, service
from gridcase.grid.models import Grid
from gridcase.grid.rules import SIZES_KEY, GridLevel, SizeLimits
from tests.factories.world import MAKER, ORIGIN, SINCE, SIZE, START, World


@pytest.mark.parametrize(("x", "y", "cell"), [(0.25, 0.25, 1), (0.75, 0.25, 2), (0.25, 0.75, 3), (0.75, 0.75, 4)])
def test_a_point_falls_into_its_cell(ctx: Flask, world: World, x: float, y: float, cell: int) -> None:
    village = db.session.get_one(Grid, world.grids["village_a"])
    found = queries.cell_at(ORIGIN[0] + x * SIZE, ORIGIN[1] + y * SIZE, village_path=village.path)
    assert found is not None
    assert found.id == world.grids[f"village_a_cell_{cell}"]


def test_a_point_outside_of_the_village_falls_into_no_cell(ctx: Flask, world: World) -> None:
    village = db.session.get_one(Grid, world.grids["village_a"])
    assert queries.cell_at(ORIGIN[0] + 1.5 * SIZE, ORIGIN[1], village_path=village.path) is None


def test_levels_cannot_be_skipped(ctx: Flask, world: World) -> None:
    town = db.session.get_one(Grid, world.grids["town"])
    with pytest.raises(Refused), transaction():
        service.add_grid(
            actor=MAKER,
            level=GridLevel.CELL,
            code="X",
            name="跳级",
            parent=town,
            now=START,
            valid_from=SINCE,
        )
    assert queries.by_code("X") is None


def test_a_foreign_place_is_missing(ctx: Flask, world: World, viewer_of: Callable[[str], Viewer]) -> None:
    head = viewer_of("village_head")
    assert queries.get_grid(world.grids["village_a_cell_1"], viewer=head).level == GridLevel.CELL
    for key in ("village_b", "other_village", "far_village", "town"):
        with pytest.raises(Missing):
            queries.get_grid(world.grids[key], viewer=head)


def test_outlines_come_as_geojson(ctx: Flask, world: World) -> None:
    town = db.session.get_one(Grid, world.grids["town"])
    found = queries.outline_geojson(town.path, [GridLevel.VILLAGE])
    assert [grid.name for grid, _ in found] == ["上河村", "下河村"]
    assert '"MultiPolygon"' in found[0][1]


def test_the_nearest_place_above_decides_on_sizes(ctx: Flask, world: World) -> None:
    county, village = (db.session.get_one(Grid, world.grids[key]) for key in ("county", "village_a"))
    assert queries.size_limits(village.path, on=SINCE) == SizeLimits()
    own = SizeLimits(households=(50, 80), persons=(180, 320))
    with transaction():
        service.set_setting(actor=MAKER, place=county, key=SIZES_KEY, value=own.to_json(), valid_from=SINCE, now=START)
    assert queries.size_limits(village.path, on=SINCE) == own
    assert queries.size_limits(village.path, on=SINCE - timedelta(days=1)) == SizeLimits()
