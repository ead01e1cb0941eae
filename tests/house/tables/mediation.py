"""Routes and objects of this part: mediations, papers of a case, the ledger, the list as a table."""

from __future__ import annotations

from datetime import date

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.rules import Channel
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.mediation import queries, service
from gridcase.mediation.service import Agreement, Party
from gridcase.people.models import Unit
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import ACCEPTS, HANDLES, SEES_CASES, Row, names

WRITES = HANDLES | ACCEPTS

TABLE: tuple[Row, ...] = (
    Row("mediation.index", SEES_CASES),
    Row("mediation.show", SEES_CASES, "mediation", every=True),
    Row("mediation.print_agreement", SEES_CASES, "mediation", every=True),
    Row("mediation.agreement_pdf", SEES_CASES, "mediation"),
    *(
        Row(f"mediation.{name}", WRITES, "mediation")
        for name in (
            "begin", "frame", "add_party", "change_party", "remove_party", "add_session", "agreement", "end", "reopen",
            "court", "add_look", "tick_look",
        )
    ),
    Row("cases.print_order", SEES_CASES, "case", every=True),
    Row("cases.print_order_pdf", SEES_CASES, "case"),
    Row("cases.print_reply", SEES_CASES, "case", every=True),
    Row("cases.print_reply_pdf", SEES_CASES, "case"),
    Row("cases.sheet_pdf", names("town_manager"), "sheet"),
    Row("cases.ledger", SEES_CASES),
    Row("cases.ledger_pdf", SEES_CASES),
    Row("cases.ledger_sheet", SEES_CASES),
    Row("cases.export", SEES_CASES),
)  # fmt: skip


def things(world: World) -> list[Thing]:
    """A mediation of every place with a party, an agreement and a look; its address is the case's."""
    return [_mediation(world, spot) for spot in SPOTS]


def _mediation(world: World, spot: Spot) -> Thing:
    mark, home = f"记号（调解{spot.name}）之争", db.session.get_one(Household, world.homes[spot.homes][spot.index])
    unit = world.units["water"] if spot.name == "own" else None
    with transaction():
        case = cases.collect(
            actor=MAKER, case_class=case_queries.class_in_use("0102"), title=mark, text=mark, channel=Channel.VISIT,
            grid=db.session.get_one(Grid, home.grid_id), household=home, now=clock.now(),
        )  # fmt: skip
        cases.accept(case, actor=MAKER, now=clock.now())
        one = service.open_mediation(case, actor=MAKER, now=clock.now(), mediators="韩调解")
        for name in ("甲某", "乙某"):
            service.add_party(one, actor=MAKER, now=clock.now(), party=Party(name))
        text = Agreement(mark, f"{mark}的约定")
        service.write_agreement(one, actor=MAKER, now=clock.now(), agreement=text)
        service.add_look(one, actor=MAKER, now=clock.now(), due_on=date(2026, 12, 30))
        if unit is not None:
            cases.dispatch(case, actor=MAKER, now=clock.now(), unit=db.session.get_one(Unit, unit))
        assert queries.of_case(case) is one
        case_id = case.id
    return Thing(
        "mediation", spot.name, case_id, mark=mark, village=spot.village, cell=spot.cell, section=spot.section,
        homes_of=spot.homes_of, unit="water" if unit else "",
    )  # fmt: skip
