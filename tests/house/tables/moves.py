"""Routes and objects of this part: the whole table of moves, the ladder."""

from __future__ import annotations

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.rules import Channel, WhistleKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from tests.factories.objects import ORDINARY, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import CELL, DISPATCHES, HANDLES, PAUSES, REGISTERS, SEES_CASES, VILLAGE, Row, names

ESCALATES = CELL | VILLAGE | names("dispatcher")

TABLE: tuple[Row, ...] = (
    Row("cases.bulk", SEES_CASES),
    *(
        Row(f"cases.move_{name}", may, "case")
        for may, words in (
            (DISPATCHES, "transfer add_helper"),
            (HANDLES, "ask_extension ask_pause report_in rate_whistle"),
            (PAUSES, "grant_extension refuse_extension refuse_pause"),
            (ESCALATES, "escalate rate_units"),
            (REGISTERS, "follow_up"),
        )
        for name in words.split()
    ),
)


def things(world: World) -> list[Thing]:
    """A case of village A that has climbed to the county's desk."""
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
    return [
        Thing(
            "case", "at the county's desk", case_id, mark=mark, village="village_a", cell="village_a_cell_4",
            unit="county_zongzhi",
        )
    ]  # fmt: skip
