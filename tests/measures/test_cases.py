"""Every measure of cases, in every grouping, is the number of rows its link lists and a count by hand."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from gridcase.calendar.queries import work_calendar
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.measures import queries
from gridcase.measures.rules import MEASURES, By, Narrow, Shape, Source
from gridcase.people.rules import Role
from tests.factories.map_cases import put
from tests.factories.world import World
from tests.measures.random_cases import put_many, truth

ViewerOf = Callable[[Role | str], Viewer]
AMOUNT = 3000 if os.environ.get("GRIDCASE_FULL") else 160
KEYS = [key for key, one in MEASURES.items() if one.source is Source.CASES]


def listed(viewer: Viewer, link: dict[str, str], now: datetime, *, size: int = 500) -> list[int]:
    """What the page behind a link lists, to its end."""
    period = Period.read(link["period"], default=None)  # type: ignore[arg-type]
    found: list[int] = []
    after: str | None = None
    while True:
        page = queries.rows(
            viewer, link["measure"], period=period, now=now, narrow=Narrow.read(link), after=after, size=size
        )
        found += [line.id for line in page.rows]
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize(("role", "kind"), [(Role.DISPATCHER, PeriodKind.MONTH), (Role.VILLAGE_HEAD, PeriodKind.WEEK)])
def test_every_number_is_its_rows_and_a_count_by_hand(
    ctx: Flask, world: World, viewer_of: ViewerOf, role: Role, kind: PeriodKind
) -> None:
    now = clock.now()
    period = Period.of(kind, town_day(now))
    put_many(world, random.Random(20261122), now, period, AMOUNT)
    viewer = viewer_of(role)
    path = db.session.get_one(Grid, world.grids["village_a" if role is Role.VILLAGE_HEAD else "town"]).path
    true = truth(path, period, now)
    assert all(true.values()), "the chance made an empty list: nothing would be tested"
    for by in ((), *((one,) for one in By)):
        found = queries.values(viewer, KEYS, period=period, now=now, by=by)
        for key in KEYS:
            assert found.total.counts[key] == len(true[key]), (key, by)
            if not MEASURES[key].knows(*by):
                assert all(row.numbers[key] is None for row in found.rows)
                continue
            ids = []
            for row in found.rows:
                mine = listed(viewer, row.link(key), now)
                assert len(mine) == row.counts[key], (key, by, row.group)
                ids += mine
            assert len(ids) == len(set(ids))
            assert set(ids) == true[key], (key, by)


def test_shares_and_medians_are_made_of_their_rows(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    period = Period.of(PeriodKind.MONTH, town_day(now))
    put_many(world, random.Random(7), now, period, 120)
    viewer = viewer_of(Role.DISPATCHER)
    found = queries.values(viewer, KEYS, period=period, now=now, by=(By.VILLAGE, By.MAJOR))
    calendar = work_calendar()
    for row in (*found.rows, found.total):
        for key in KEYS:
            measure = MEASURES[key]
            if measure.shape is Shape.SHARE and measure.knows(By.VILLAGE):
                whole = len(listed(viewer, {**row.link(key), "measure": str(measure.of)}, now))
                assert row.numbers[key] == (row.counts[key] / whole if whole else None)
        cases = [db.session.get_one(Case, one) for one in listed(viewer, row.link("cases.hours"), now)]
        ages = sorted(calendar.hours_between(one.registered_at, min(one.closed_at or now, now)) for one in cases)
        middle = len(ages) // 2
        if ages:
            median = ages[middle] if len(ages) % 2 else (ages[middle - 1] + ages[middle]) / 2
            assert row.numbers["cases.hours"] == pytest.approx(median, abs=0.06)


def test_a_short_page_leads_on_to_the_next(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    period = Period.of(PeriodKind.MONTH, town_day(now))
    put_many(world, random.Random(3), now, period, 60)
    viewer = viewer_of(Role.DISPATCHER)
    for key in KEYS:
        link = {"measure": key, "period": str(period)}
        assert listed(viewer, link, now, size=4) == listed(viewer, link, now)


def test_what_lies_outside_of_all_towns_is_not_what_lies_in_no_group(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    now = clock.now()
    period, viewer = Period.of(PeriodKind.MONTH, town_day(now)), viewer_of(Role.DISPATCHER)
    ids = put(world, *({"place": place, "registered_at": now} for place in ("town", "village_a_cell_1")))
    link = {"measure": "cases.collected", "period": str(period)}
    assert listed(viewer, {**link, "outside": "group"}, now) == ids[:1]
    assert listed(viewer, {**link, "outside": "town"}, now) == []
    assert Narrow.read({"outside": "village"}) == Narrow()
