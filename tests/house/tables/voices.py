"""Routes and objects of this part: voices, hot issues, the search over everything."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import HotIssue
from gridcase.cases.rules import Channel
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from tests.factories.objects import ORDINARY, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import ACCEPTS, SEES_FIGURES, WORKING, Row

PLACES = {
    "own": "village_a", "sibling village": "village_b", "other town": "other_village", "other county": "far_village",
}  # fmt: skip
MATTERS = {
    "village_a": "石碾子歪斜", "village_b": "戏台漏雨", "other_village": "凉亭倒塌", "far_village": "渡船搁浅",
}  # fmt: skip

TABLE: tuple[Row, ...] = (
    Row("search.index", WORKING),
    Row("search.suggest", WORKING),
    Row("cases.move_take_out", ACCEPTS, "case"),
    Row("cases.hot", SEES_FIGURES),
    Row("cases.hot_issue", SEES_FIGURES, "hot"),
    Row("cases.name_hot", ACCEPTS, "hot"),
    Row("cases.join_hot", ACCEPTS, "hot"),
    Row("cases.dismiss_hot", ACCEPTS, "hot"),
)


def things(world: World) -> list[Thing]:
    """A hot issue in a village of every place: demands that are like in words nobody else uses."""
    for village in PLACES.values():
        homes = world.homes[village][-2:]
        for number in range(4):
            with transaction():
                home = db.session.get_one(Household, homes[number % 2])
                cases.collect(
                    actor=MAKER, case_class=case_queries.class_in_use(ORDINARY), title=MATTERS[village],
                    text="", now=clock.now() - timedelta(hours=number), channel=Channel.VISIT,
                    grid=db.session.get_one(Grid, home.grid_id), household=home,
                )  # fmt: skip
    now = clock.now()
    for town_id, path in case_queries.towns_to_look_at(clock.town_day(now), now):
        looked = cases.hot.look(town_id, now=now)
        with transaction():
            cases.hot.keep(town_id, path, looked, actor=job("hot"), now=now)
    paths = {db.session.get_one(Grid, world.grids[village]).path: (name, village) for name, village in PLACES.items()}
    rows = db.session.execute(select(HotIssue.id, HotIssue.path)).all()
    return [Thing("hot", paths[row.path][0], row.id, village=paths[row.path][1]) for row in rows if row.path in paths]
