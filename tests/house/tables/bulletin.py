"""Routes and objects of this part: announcements and the ticks at the homes, weekly sheets of paper."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from gridcase.bulletin import service as bulletin
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import GRID, Row, names

SPEAKS = names("grid_leader fulltime_grid village_head dispatcher town_manager")
PASSES_ON = GRID
# A cell's announcement reaches whoever visits a home of it; the section's homes lie in cells 1 and 2.
CELLS = {
    "own": "village_a_cell_1", "paired": "village_a_cell_3", "sibling village": "village_b_cell_1",
    "other town": "other_village_cell_1", "other county": "far_village_cell_1",
}  # fmt: skip

TABLE: tuple[Row, ...] = (
    Row("visits.sheet", PASSES_ON),
    Row("visits.enter_sheet", PASSES_ON),
    Row("bulletin.index", PASSES_ON | SPEAKS),
    Row("bulletin.new", SPEAKS),
    Row("bulletin.show", PASSES_ON | SPEAKS, "announcement"),
    Row("bulletin.edit", SPEAKS, "announcement"),
    Row("bulletin.end", SPEAKS, "announcement"),
    Row("bulletin.tell", PASSES_ON, "announcement"),
    Row("bulletin.take_back", PASSES_ON, "announcement"),
)


def things(world: World) -> list[Thing]:
    """An announcement for a cell of every place."""
    return [_at(world, name, cell) for name, cell in CELLS.items()]


def _at(world: World, name: str, cell: str) -> Thing:
    now, mark = clock.now(), f"记号（{name}）的通知"
    with transaction():
        one = bulletin.announce(
            actor=MAKER, place=db.session.get_one(Grid, world.grids[cell]), client_uuid=str(uuid4()), title=mark,
            text=mark, until=clock.town_day(now) + timedelta(days=7), now=now,
        )  # fmt: skip
        number = one.id
    spot = next(spot for spot in SPOTS if spot.name == name)
    section = "section_1" if name == "own" else ""
    return Thing(
        "announcement", name, number, mark, village=spot.village, cell=cell, section=section, homes_of=spot.homes_of
    )
