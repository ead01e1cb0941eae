"""Routes and objects of this part: the printed codes of places, and the slip with a query code."""

from __future__ import annotations

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.resident import service
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import Row, names

KEEPS_CODES = names("village_head town_manager county_manager")
KNOWS_REPORTERS = names(
    "liaison party_contact grid_leader section_leader fulltime_grid parttime_grid village_head dispatcher dept"
    " unit_lead county_dispatcher county_dept"
)

TABLE: tuple[Row, ...] = (
    Row("resident.sheets", KEEPS_CODES),
    Row("resident.poster", KEEPS_CODES, "door"),
    Row("resident.revoke", KEEPS_CODES, "door"),
    Row("resident.slip", KNOWS_REPORTERS, "case"),
)


def things(world: World) -> list[Thing]:
    """A printed code of a cell at every place."""
    made = []
    for spot in SPOTS:
        cell = db.session.get_one(Grid, world.grids[spot.cell])
        with transaction():
            sheet = service.make_sheet(cell, actor=MAKER, now=clock.now())
        made.append(Thing("door", spot.name, sheet.id, village=spot.village, cell=spot.cell, section=spot.section))
    return made
