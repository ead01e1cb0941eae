"""Routes and objects of this part: planner."""

from __future__ import annotations

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.planner.rules.ground import Group, Home
from gridcase.planner.rules.work import CellWork, Kind, done
from gridcase.planner.service import proposals
from tests.factories.objects import Thing
from tests.factories.world import MAKER, World
from tests.house.roles import VILLAGE, Row, names

PLANS = VILLAGE | names("town_manager county_manager")
CONFIRMS = names("village_head")

TABLE: tuple[Row, ...] = (
    Row("planner.plans", PLANS),
    Row("planner.village", PLANS, "village"),
    Row("planner.plan_rules", PLANS, "village"),
    Row("planner.plan", PLANS, "plan"),
    Row("planner.plan_points", PLANS, "plan"),
    Row("planner.show_plan", PLANS, "plan"),
    Row("planner.confirm_plan", CONFIRMS, "plan"),
    Row("planner.refuse_plan", CONFIRMS, "plan"),
)


PLACES = {
    "own": "village_a", "sibling village": "village_b", "other town": "other_village", "other county": "far_village",
}  # fmt: skip


def things(world: World) -> list[Thing]:
    """A proposal for every place."""
    return [Thing("plan", name, _plan(world, village), village=village) for name, village in PLACES.items()]


def _plan(world: World, village: str) -> int:
    homes = world.homes[village]
    cell = world.grids[f"{village}_cell_1"]
    outcome = done(CellWork(((db.session.get_one(Grid, cell).parent_id or 0, _group(homes, cell)),)))
    with transaction():
        place = db.session.get_one(Grid, world.grids[village])
        plan = proposals.make_at_once(
            place, Kind.CELLS, outcome, actor=MAKER, fingerprint="-", settings={"limits": {}, "wishes": {}}, seconds=5,
            seed=1, now=clock.now(),
        )  # fmt: skip
        return plan.id


def _group(homes: list[int], cell: int) -> Group:
    return Group(tuple(Home(home, 2, None, None, cell) for home in homes))
