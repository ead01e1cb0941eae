"""Routes and objects of this part: care tiers."""

from __future__ import annotations

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.households import service
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.households.rules.tiers_factors import Source
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import CELL, CIRCLE, VILLAGE, Row, names

# Who serves a home and knows its tier; a patrol and the village's supervisor do not.
SERVES = CIRCLE | CELL | VILLAGE
DECIDES = CELL | VILLAGE
READS_RESTRICTED = names("village_head dispatcher")

TABLE: tuple[Row, ...] = (
    Row("households.tier_panel", SERVES | READS_RESTRICTED, "household"),
    Row("households.tier_factor", SERVES, "household"),
    Row("households.tier_propose", SERVES, "household"),
    Row("households.tier_object", SERVES, "household"),
    Row("households.care", names("resident"), "household"),
    Row("households.tiers_list", SERVES | READS_RESTRICTED),
    Row("households.tiers_assess", SERVES | READS_RESTRICTED),
    Row("households.tier_rules", names("county_manager")),
    Row("households.tier_end_factor", SERVES, "factor", every=True),
    Row("households.tier_end_restricted", READS_RESTRICTED, "restricted_factor", every=True),
    Row("households.tier_confirm_restricted", READS_RESTRICTED, "restricted_factor", every=True),
    Row("households.tier_decide", DECIDES, "proposal", every=True),
    Row("households.tier_withdraw", SERVES, "proposal", every=True),
    Row("households.tier_review", DECIDES, "tier_objection", every=True),
)


def things(world: World) -> list[Thing]:
    """A factor, a restricted one, a proposal and an objection at every place."""
    return [thing for spot in SPOTS for thing in _at(world, spot)]


def _at(world: World, spot: Spot) -> list[Thing]:
    now, marks = clock.now(), {kind: f"记号（{spot.name}）的{kind}" for kind in ("proposal", "tier_objection")}
    with transaction():
        home = db.session.get_one(Household, world.homes[spot.homes][spot.index])
        made = {
            "factor": service.note_factor(home, actor=MAKER, code="F02", source=Source.LIST, now=now).id,
            "restricted_factor": service.note_factor(home, actor=MAKER, code="F21", source=Source.VISIT, now=now).id,
            "proposal": service.propose_tier(
                home, actor=MAKER, tier=CareTier.CONCERNED, words=marks["proposal"], now=now
            ).id,
            "tier_objection": service.object_to_tier(home, actor=MAKER, words=marks["tier_objection"], now=now).id,
        }
    return [
        Thing(
            kind, spot.name, thing_id, mark=marks.get(kind, ""), village=spot.village, cell=spot.cell,
            section=spot.section, homes_of=spot.homes_of,
        )
        for kind, thing_id in made.items()
    ]  # fmt: skip
