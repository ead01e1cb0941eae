"""Routes and objects of this part: planner."""

from __future__ import annotations

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.rules import Role
from gridcase.planner.models import HandoverSheet, Reorganisation
from gridcase.planner.service import confirm
from gridcase.planner.service.plans import When, move
from tests.factories.objects import Thing
from tests.factories.world import MAKER, SINCE, START, World
from tests.house.roles import GRID, SEES_FIGURES, Row, names

PLANS = names("fulltime_grid village_head town_manager county_manager")

TABLE: tuple[Row, ...] = (
    # changes and coverage
    Row("planner.coverage", SEES_FIGURES),
    Row("planner.coverage_rows", SEES_FIGURES),
    Row("planner.coverage_xlsx", SEES_FIGURES),
    Row("planner.reorganise", PLANS),
    Row("planner.move_homes", PLANS, "cell"),
    Row("planner.split_cell", PLANS, "cell"),
    Row("planner.merge_cells", PLANS, "cell"),
    Row("planner.replace_holder", PLANS, "village post"),
    Row("planner.dissolve_circle", PLANS, "village post"),
    Row("planner.stand_in", PLANS, "village post"),
    Row("planner.change", PLANS, "change"),
    Row("planner.withdraw_change", names("village_head"), "change"),
    Row("planner.handover_sheet", GRID | names("town_manager county_manager"), "handover", every=True),
)
VILLAGES = (
    ("own", "village_a"), ("sibling village", "village_b"), ("other town", "other_village"),
    ("other county", "far_village"),
)  # fmt: skip
# Both sides of a hand-over list read it, and who plans the village.
SIDES = (("liaison", "party_contact"), ("grid_leader", "section_leader"), ("parttime_grid", "fulltime_grid"))


def things(world: World) -> list[Thing]:
    """One object of each kind of this part for every place."""
    return _changes_and_posts(world) + _handovers(world)


def _changes_and_posts(world: World) -> list[Thing]:
    made = []
    for name, key in VILLAGES:
        with transaction():
            village = db.session.get_one(Grid, world.grids[key])
            post = people.add_post(
                actor=MAKER, code=f"M-{key}", role=Role.LIAISON, title=f"{name}代表", place=village, now=START,
                valid_from=SINCE,
            )  # fmt: skip
            plan = move(
                village, When(town_day(clock.now()), "试验"), homes=world.homes[key][-1:], target=None, circle=post.id
            )
            change = confirm(plan, actor=MAKER, now=clock.now())
            made += [Thing("village post", name, post.id, village=key), Thing("change", name, change.id, village=key)]
    return made


def _handovers(world: World) -> list[Thing]:
    made = []
    with transaction():
        change = db.session.query(Reorganisation).filter_by(village_id=world.grids["village_a"]).first()
        assert change is not None
        for giver, taker in SIDES:
            sheet = HandoverSheet(
                reorganisation_id=change.id, from_post_id=world.posts[giver], to_post_id=world.posts[taker]
            )
            db.session.add(sheet)
            db.session.flush()
            made.append(
                Thing(
                    "handover",
                    "own" if giver == "liaison" else f"{giver} gives",
                    sheet.id,
                    posts=frozenset({giver, taker}) | PLANS,
                )
            )
    return made
