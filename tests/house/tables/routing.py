"""Routes and objects of this part: the duty list of a town, views kept of the work list."""

from __future__ import annotations

from gridcase.cases import service as cases
from gridcase.cases.rules import DutyKind
from gridcase.cases.service import Entry
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
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
    # a view is its owner's alone, whatever place or role somebody has
    Row("cases.rename_view", SEES_CASES, "view"),
    Row("cases.open_with_view", SEES_CASES, "view"),
    Row("cases.drop_view", SEES_CASES, "view"),
)


def things(world: World) -> list[Thing]:
    """A row in the list of every town, with the village it is tried from; a view that the village head keeps."""
    made = []
    for name, town, village in (
        ("own", "town", "village_a"),
        ("other town", "other_town", "other_village"),
        ("other county", "far_town", "far_village"),
    ):
        place = db.session.get_one(Grid, world.grids[town])
        with transaction():
            row = cases.keep_duty(place, Entry("清沟", DutyKind.BASIC), actor=MAKER, now=clock.now())
            made.append(Thing("duty", name, row.id, village=village))
    head = Viewer(kind="staff", name="总网格长", user_id=world.users["village_head"])
    with transaction():
        view = cases.keep_view(actor=head, name="我的", query="tab=late", now=clock.now())
        return [*made, Thing("view", "own", view.id, posts=names("village_head"))]
