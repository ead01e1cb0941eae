"""Routes and objects of this part: the duty list of a town, views kept of the work list."""

from __future__ import annotations

from gridcase.cases import service as cases
from gridcase.cases.rules import DutyKind
from gridcase.cases.service import Entry
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from tests.factories.objects import Thing
from tests.factories.world import MAKER, World
from tests.house.roles import SEES_CASES, WORKING, Row, names

KEEPS = names("town_manager")

TABLE: tuple[Row, ...] = (
    Row("cases.duties", WORKING),
    Row("cases.duties_file", WORKING),
    Row("cases.import_duties", KEEPS),
    Row("cases.new_duty", KEEPS),
    Row("cases.edit_duty", KEEPS, "duty"),
    Row("cases.remove_duty", KEEPS, "duty"),
    Row("cases.views", SEES_CASES),
    # a view is its owner's alone: none of these is anybody's here (tests/cases/test_views_routing.py tries the owner)
    Row("cases.rename_view", SEES_CASES, "view"),
    Row("cases.open_with_view", SEES_CASES, "view"),
    Row("cases.drop_view", SEES_CASES, "view"),
)


def things(world: World) -> list[Thing]:
    """A row in the list of every town, with the village it is tried from."""
    made = []
    for name, town, village in (
        ("own", "town", "village_a"),
        ("other town", "other_town", "other_village"),
        ("other county", "far_town", "far_village"),
    ):
        place = db.session.get_one(Grid, _town(world, town))
        with transaction():
            row = cases.keep_duty(place, Entry("记号之事", DutyKind.BASIC), actor=MAKER, now=clock.now())
            made.append(Thing("duty", name, row.id, village=village))
    return [*made, Thing("view", "missing", 999_999)]


def _town(world: World, key: str) -> int:
    if key in world.grids:
        return world.grids[key]
    village = db.session.get_one(Grid, world.grids["far_village"])
    return village.town_id or 0
