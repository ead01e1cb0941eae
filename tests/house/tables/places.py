"""Routes and objects of this part: places."""

from __future__ import annotations

from dataclasses import dataclass, field

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import Datum, ResourceKind
from gridcase.grid.rules.shape_files import Feature, ShapeFile
from gridcase.users import queries as users
from gridcase.users.models import User
from tests.factories.objects import Thing
from tests.factories.world import MAKER, World
from tests.house.roles import CELL, PATROL, VILLAGE, WATCH, Row, names

SEES_PLACES = CELL | PATROL | VILLAGE | WATCH | names("deputy dispatcher town_manager county_manager")
MANAGES = names("town_manager county_manager")
EDITS_HOMES = VILLAGE

TABLE: tuple[Row, ...] = (
    Row("grid.index", SEES_PLACES),
    Row("dossier.grid", SEES_PLACES, "place", every=True),
    Row("dossier.print_grid", SEES_PLACES, "place", every=True),
    Row("grid.add", MANAGES, "village"),
    Row("grid.edit", MANAGES, "place", every=True),
    Row("grid.lines", MANAGES, "place", every=True),
    Row("grid.sizes", MANAGES, "place", every=True),
    Row("grid.naming", MANAGES, "place", every=True),
    Row("grid.outline", MANAGES, "place", every=True),
    Row("grid.import_file", MANAGES, "place", every=True),
    Row("grid.draft", MANAGES, "draft", every=True),
    Row("dossier.close_grid", MANAGES, "place", every=True),
    Row("dossier.add_resource", MANAGES, "place", every=True),
    Row("dossier.end_resource", MANAGES, "resource", every=True),
    Row("grid.sections", SEES_PLACES),
    Row("grid.add_section", MANAGES, "village"),
    Row("grid.rename_section", MANAGES, "section", every=True),
    Row("dossier.close_section", MANAGES, "section", every=True),
    Row("dossier.pin", EDITS_HOMES, "household"),
    Row("dossier.move_to_pin", EDITS_HOMES, "household"),
)


@dataclass(frozen=True)
class _Spot:
    name: str
    grid: str
    village: str
    cell: str = ""
    section: str = field(default="")


# Who answers for a section opens the page of its village, no more.
_SPOTS = (
    _Spot("own", "village_a", "village_a", section="section_1"),
    _Spot("own cell", "village_a_cell_1", "village_a", "village_a_cell_1"),
    _Spot("other cell", "village_a_cell_4", "village_a", "village_a_cell_4"),
    _Spot("sibling village", "village_b", "village_b"),
    _Spot("other town", "other_village", "other_village"),
    _Spot("other county", "far_village", "far_village"),
)


def things(world: World) -> list[Thing]:
    """One object of each kind of this part for every place."""
    made = []
    for spot in _SPOTS:
        where = {"village": spot.village, "cell": spot.cell}
        made.append(Thing("place", spot.name, world.grids[spot.grid], section=spot.section, **where))
        made.append(Thing("resource", spot.name, _resource(world, spot), **where))
        if not spot.cell:
            made.append(Thing("section", spot.name, _section(world, spot), **where))
    for role in sorted(MANAGES):
        made.append(
            Thing(
                "draft", "own" if role == "town_manager" else f"of {role}", _draft(world, role), posts=frozenset({role})
            )
        )
    return made


def _resource(world: World, spot: _Spot) -> int:
    with transaction():
        grid = db.session.get_one(Grid, world.grids[spot.grid])
        resource = grids.add_resource(
            grid, actor=MAKER, kind=ResourceKind.TEAM, name="应急分队", quantity=1, contact_post_id=None, note="",
            on=clock.town_day(clock.now()), now=clock.now(),
        )  # fmt: skip
        return resource.id


def _section(world: World, spot: _Spot) -> int:
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.grid])
        return grids.add_section(actor=MAKER, village=village, code="P9", name="第九片", now=clock.now()).id


def _draft(world: World, role: str) -> int:
    ring = [(112.6, 28.45), (112.61, 28.45), (112.61, 28.46), (112.6, 28.45)]
    with transaction():
        actor: Viewer = users.viewer_of(db.session.get_one(User, world.users[role]), now=clock.now())
        place = db.session.get_one(Grid, world.grids["village_a"])
        found = ShapeFile([Feature({"code": place.code}, [[ring]])], Datum.WGS84)
        return grids.keep_draft(actor=actor, place=place, file_name="a.json", found=found, now=clock.now()).id
