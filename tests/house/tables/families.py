"""Routes and objects of this part: families."""

from __future__ import annotations

from dataclasses import replace

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.households import queries, service
from gridcase.households.models import Household
from gridcase.households.rules import LifeKind
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import GRID, READS_NAMES, VILLAGE, Row, names

KEEPS = VILLAGE
PLANS = VILLAGE | names("town_manager county_manager")
LIFE = ("birth", "death", "arrival", "departure", "split", "head")

TABLE: tuple[Row, ...] = (
    Row("households.new", KEEPS),
    *(Row(f"households.life_{kind}", KEEPS, "household") for kind in LIFE),
    Row("households.edit", KEEPS, "household"),
    Row("households.relocate", KEEPS, "household"),
    Row("households.history", KEEPS, "household"),
    Row("households.member", KEEPS, "member"),
    Row("households.propose", GRID, "household"),
    Row("households.changes", KEEPS),
    Row("households.change", KEEPS, "family_change"),
    Row("households.refuse_change", KEEPS, "family_change"),
    Row("households.accept_change", KEEPS, "family_change"),
    Row("households.nominate", READS_NAMES, "household"),
    Row("households.trusted", PLANS),
    Row("dossier.merge_home", KEEPS, "household"),
    Row("dossier.merge_person", KEEPS, "household"),
)


def things(world: World) -> list[Thing]:
    """A member and a proposed change of a home at every place."""
    made: list[Thing] = []
    for spot in SPOTS:
        home = db.session.get_one(Household, world.homes[spot.homes][spot.index])
        members = queries.members_of(home.id, on=clock.town_day(clock.now()))
        thing = Thing(
            "member", spot.name, members[0].person_id, village=spot.village, cell=spot.cell, section=spot.section,
            homes_of=spot.homes_of,
        )  # fmt: skip
        mark = f"记号（{spot.name}）的变化"
        with transaction():
            change = service.propose(
                home, actor=MAKER, kind=LifeKind.OTHER, who="家里人", on=None, note=mark, now=clock.now()
            )
            made += [thing, replace(thing, kind="family_change", id=change.id, mark=mark)]
    return made
