"""Routes and objects of this part: periods and years of points, the report, checks of seals."""

from __future__ import annotations

from datetime import date

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.points import service
from gridcase.points.rules.periods import Period, PeriodKind
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import SEES_FIGURES, SEES_POINTS, Row, names

SETTLES = names("village_head")
KEEPS = names("village_head town_manager")
CIRCLES = names("liaison party_contact resident")
BY_VILLAGE = ("own", "sibling village", "other town", "other county")

TABLE: tuple[Row, ...] = (
    Row("points.periods", SETTLES | names("town_manager")),
    Row("points.report", SEES_FIGURES),
    Row("points.history", KEEPS),
    Row("points.drop_total", KEEPS, "points total"),
    Row("points.check_home", SEES_POINTS, "household"),
    Row("points.check_village", SEES_POINTS),
    Row("points.period", SEES_POINTS | names("town_manager"), "published village"),
    *(
        Row(f"points.{page}", SETTLES, "published village")
        for page in ("close_period", "choose_boards", "grant_base", "announce_year", "year")
    ),
)


def things(world: World) -> list[Thing]:
    """Of a village of every place a total of before, a closed month and an announced year."""
    made, now = [], clock.now()
    for spot in (one for one in SPOTS if one.name in BY_VILLAGE):
        mark, village = f"记号（{spot.name}）的合计", db.session.get_one(Grid, world.grids[spot.village])
        circles = CIRCLES if spot.name == "own" else frozenset()  # what is published is for every home of the village
        made.append(
            Thing(
                "published village", spot.name, village.id, village=spot.village, cell=spot.cell, section=spot.section,
                homes_of=circles,
            )
        )  # fmt: skip
        with transaction():
            service.close_period(village, Period(PeriodKind.MONTH, date(2026, 10, 1)), actor=MAKER, now=now)
            service.announce_year(village, 2026, until=date(2026, 12, 31), actor=MAKER, now=now)
            row = service.enter_total(
                village, until=date(2025, 12, 31), points=100, redeemed=0,
                goods_fen=0, people=1, note=mark, actor=MAKER, now=now,
            )  # fmt: skip
            made.append(Thing("points total", spot.name, row.id, mark=mark, village=spot.village))
    return made
