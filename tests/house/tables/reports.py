"""Routes and objects of this part: reports, what was kept of them, indicators."""

from __future__ import annotations

from uuid import uuid4

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.periods import Period, PeriodKind
from gridcase.grid.models import Grid
from gridcase.reports import queries, service
from gridcase.reports.rules import Adding, Part, Spec
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import SEES_FIGURES, Row, names

BUILDS = names("town_manager county_manager")
KEEPS = names("village_head town_manager county_manager")
COUNTY = names("county_manager")

TABLE: tuple[Row, ...] = (
    Row("reports.index", SEES_FIGURES),
    Row("reports.show", SEES_FIGURES, "report form"),
    Row("reports.pdf", SEES_FIGURES, "report form"),
    Row("reports.table", SEES_FIGURES, "report form"),
    Row("reports.keep", KEEPS, "report form"),
    Row("reports.new", BUILDS),
    Row("reports.edit", BUILDS, "report form"),
    Row("reports.withdraw", BUILDS, "report form"),
    Row("reports.schedule", KEEPS, "report form"),
    Row("reports.unschedule", KEEPS, "report form"),
    Row("reports.runs", SEES_FIGURES),
    Row("reports.run", SEES_FIGURES, "report run"),
    Row("reports.run_pdf", SEES_FIGURES, "report run"),
    Row("reports.run_table", SEES_FIGURES, "report run"),
    Row("reports.hand_up", KEEPS, "report run"),
    Row("reports.remake", KEEPS, "report run"),
    Row("reports.received", COUNTY),
    Row("reports.received_table", COUNTY),
    Row("reports.indicators", SEES_FIGURES),
    Row("reports.filled", SEES_FIGURES),
    Row("reports.indicator", SEES_FIGURES, "entered figure"),
    Row("reports.new_indicator", BUILDS),
    Row("reports.withdraw_indicator", BUILDS, "indicator"),
    Row("reports.survey", SEES_FIGURES),
)


def things(world: World) -> list[Thing]:
    """Of the village of every spot: a form, what was kept of it, an indicator and a number of it."""
    return [thing for spot in SPOTS for thing in _at(world, spot)]


def _at(world: World, spot: Spot) -> list[Thing]:
    village = db.session.get_one(Grid, world.grids[spot.village])
    mark, now = f"记号（报表{spot.name}）", clock.now()
    period, spec = Period.of(PeriodKind.MONTH, clock.town_day(now)).before, Spec((Part(("cases.collected",)),))
    with transaction():
        form = service.make(actor=MAKER, place=village, title=mark, spec=spec, client_uuid=str(uuid4()), now=now)
        sheet = queries.sheet(MAKER, form, spec, place=village, period=period, now=now)
        run = service.keep(form, village, sheet, spec=spec, actor=MAKER, now=now)
        own = service.name_indicator(actor=MAKER, place=village, name=mark, unit="个", adding=Adding.FLOW, now=now)
        value = service.enter(own, actor=MAKER, place=village, period=period, number="3", source=mark, now=now)
        kinds = {"report form": form.id, "report run": run.id, "indicator": own.id, "entered figure": value.id}
    return [  # what was kept bears the name of its form, which more people may read
        Thing(
            kind, spot.name, number, "" if kind == "report run" else mark, village=spot.village, cell=spot.cell,
            section=spot.section,
        )
        for kind, number in kinds.items()
    ]  # fmt: skip
