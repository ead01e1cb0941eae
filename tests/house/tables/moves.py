"""Routes and objects of this part: the whole table of moves, the ladder."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import SupervisionSheet
from gridcase.cases.rules import Channel, WhistleKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from tests.factories.objects import ORDINARY, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import (
    CELL,
    DISPATCHES,
    GRID,
    HANDLES,
    PAUSES,
    REGISTERS,
    SEES_CASES,
    STATION,
    VILLAGE,
    Row,
    names,
)

SIGNS = names("town_manager")
KEEPS = names("village_head town_manager")
ESCALATES = CELL | VILLAGE | names("dispatcher")

READS_REPORTERS = GRID | STATION | names("dispatcher")

PLACES = {
    "own": "village_a", "sibling village": "village_b", "other town": "other_village", "other county": "far_village",
}  # fmt: skip

TABLE: tuple[Row, ...] = (
    Row("cases.bulk", SEES_CASES),
    Row("cases.agenda", SEES_CASES),
    Row("cases.supervision", SIGNS),
    Row("cases.sheet", SIGNS, "sheet"),
    Row("cases.sign_sheet", SIGNS, "sheet"),
    Row("cases.drop_sheet", SIGNS, "sheet"),
    *(
        Row(f"cases.move_{name}", may, "case")
        for may, words in (
            (DISPATCHES, "transfer add_helper"),
            (HANDLES, "ask_extension ask_pause report_in rate_whistle"),
            (PAUSES, "grant_extension refuse_extension refuse_pause"),
            (ESCALATES, "escalate rate_units"),
            (KEEPS, "put_on_agenda agenda_outcome"),
            (REGISTERS, "follow_up"),
            (READS_REPORTERS, "contact"),
        )
        for name in words.split()
    ),
)


def things(world: World) -> list[Thing]:
    """A case of village A that has climbed to the county's desk, and a supervision sheet of every place."""
    return [_climbed(world), *_sheets(world)]


def _sheets(world: World) -> list[Thing]:
    """Of cases registered long ago and never taken up."""
    long_ago, late = clock.now() - timedelta(days=60), {}
    with transaction():
        for name, village in PLACES.items():
            home = db.session.get_one(Household, world.homes[village][-1])
            case = cases.collect(
                actor=MAKER, case_class=case_queries.class_in_use(ORDINARY), title="迟迟未办", text="", now=long_ago,
                channel=Channel.VISIT, grid=db.session.get_one(Grid, home.grid_id), household=home,
            )  # fmt: skip
            late[case.id] = (name, village)
    with transaction():
        cases.draft_sheets(actor=MAKER, now=clock.now())
    rows = db.session.execute(select(SupervisionSheet.id, SupervisionSheet.case_id)).all()
    return [Thing("sheet", late[row.case_id][0], row.id, village=late[row.case_id][1]) for row in rows]


def _climbed(world: World) -> Thing:
    home = db.session.get_one(Household, world.homes["village_a"][12])
    mark = "记号（提到县级）之事"
    town = db.session.get_one(Grid, world.grids["town"]).path
    desk = Viewer(kind="staff", name="值班", grants=(Grant("dispatcher", frozenset(Permission), path=town),))
    with transaction():
        case = cases.collect(
            actor=MAKER, case_class=case_queries.class_in_use(ORDINARY), title=mark, text=mark, channel=Channel.VISIT,
            grid=db.session.get_one(Grid, home.grid_id), household=home, now=clock.now(),
        )  # fmt: skip
        cases.accept(case, actor=MAKER, now=clock.now())
        cases.escalate(case, actor=desk, now=clock.now(), note=mark, kind=WhistleKind.ROUTINE)
        case_id = case.id
    return Thing(
        "case", "at the county's desk", case_id, mark=mark, village="village_a", cell="village_a_cell_4",
        unit="county_zongzhi",
    )  # fmt: skip
