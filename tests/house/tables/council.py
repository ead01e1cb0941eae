"""Routes and objects of this part: what a village decides."""

from __future__ import annotations

from datetime import date

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.files import service as files
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.rules import DecisionKind, HonourLevel, PartnerKind
from tests.factories import decisions
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.files.corpus import jpeg
from tests.house.roles import CELL, CIRCLE, SEES_HOMES, SEES_POINTS, VILLAGE, Row, names
from tests.house.tables.people import SEES_PLACES

READS = SEES_PLACES | SEES_POINTS  # everybody of the village, its villagers too
SPEAKS = CIRCLE | CELL | VILLAGE | names("resident")  # for the own home, or for one they serve
KEEPS = names("village_head town_manager")
CIRCLES = frozenset({"liaison", "party_contact", "resident"})
BY_VILLAGE = ("own", "sibling village", "other town", "other county")

TABLE: tuple[Row, ...] = (
    Row("people.decisions", READS),
    Row("people.decision", READS, "decision"),
    Row("people.print_decision", READS, "decision"),
    Row("people.decision_pdf", READS, "decision"),
    Row("people.decision_paper", SEES_PLACES, "decision"),
    Row("people.new_decision", KEEPS),
    Row("people.decision_rules", KEEPS),
    *(
        Row(f"people.{page}", KEEPS, "decision")
        for page in sorted(names("take_step take_back edit_decision add_papers"))
    ),
    Row("people.councils", SEES_PLACES),
    Row("people.new_opinion", KEEPS, "organisation"),
    Row("people.covenant", READS),
    *(Row(f"people.{page}", READS, "covenant") for page in ("covenant_version", "print_covenant", "covenant_pdf")),
    Row("people.new_covenant", KEEPS),
    Row("covenant.signers", SEES_HOMES, "covenant"),
    Row("covenant.sign", SPEAKS, "covenant"),
    Row("covenant.unsign", SPEAKS, "covenant"),
    Row("covenant.mottoes", READS),
    Row("covenant.motto", SPEAKS, "household"),
    Row("people.partners", SEES_PLACES),
    Row("people.new_partner", KEEPS),
    Row("people.end_partner", KEEPS, "partner"),
    Row("people.honours", READS),
    Row("people.new_honour", KEEPS),
    Row("people.remove_honour", KEEPS, "title"),
    Row("dropping.decision", KEEPS, "decision"),
    # a villager may object to points, but supervises nothing: only the supervisor's place lets in
    Row("people.remark", names("village_supervisor resident"), "supervised decision"),
)


def things(world: World) -> list[Thing]:
    """A decision, a covenant, a partner and a title of every village."""
    made = []
    for spot in (one for one in SPOTS if one.name in BY_VILLAGE):
        now, mark = clock.now(), f"记号（{spot.name}）的决议"
        with transaction():
            village = db.session.get_one(Grid, world.grids[spot.village])
            one = decisions.passed(village, DecisionKind.WORKS, on=date(2026, 11, 9), now=now, title=mark)
            people.attach(one, [files.prepare(jpeg())], actor=MAKER, caption="签到表", now=now)
            number = one.id
        homes = CIRCLES if spot.name == "own" else frozenset()
        with transaction():
            rests_on = decisions.passed(village, DecisionKind.COVENANT, on=date(2026, 11, 9), now=now).id
            words = f"记号（{spot.name}）的村规民约"
            covenant = people.adopt(
                actor=MAKER, village=village, decision_id=rests_on, text=words, valid_from=date(2026, 11, 20), now=now
            ).id
        with transaction():
            partner = people.add_partner(
                actor=MAKER,
                place=village,
                kind=PartnerKind.PAIRED,
                name=f"记号（{spot.name}）的单位",
                since=date(2026, 3, 1),
                now=now,
            ).id
            title = people.add_honour(
                actor=MAKER,
                place=village,
                name=f"记号（{spot.name}）的称号",
                level=HonourLevel.COUNTY,
                year=2025,
                giver="",
                now=now,
            ).id
        place = (spot.village, spot.cell, spot.section)
        made.append(Thing("decision", spot.name, number, mark, *place, homes_of=homes))
        made.append(Thing("covenant", spot.name, covenant, words, *place, homes_of=homes))
        made.append(Thing("partner", spot.name, partner, f"记号（{spot.name}）的单位", *place))
        made.append(Thing("title", spot.name, title, f"记号（{spot.name}）的称号", *place, homes_of=homes))
        made.append(Thing("supervised decision", spot.name, number, "", *place))
    return made
