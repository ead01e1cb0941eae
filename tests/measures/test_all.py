"""Every measure of every source can be asked in every grouping, and every row of it is one that its link lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.measures import queries
from gridcase.measures.queries.sources import TABLES
from gridcase.measures.rules import KNOWN, MEASURES, By, Shape, Source
from gridcase.people.rules import Role
from tests.factories.world import World
from tests.measures.test_cases import listed

ViewerOf = Callable[[Role | str], Viewer]


def test_every_measure_has_its_condition_and_its_denominator() -> None:
    assert set(KNOWN) == set(TABLES) == set(Source)
    for key, measure in MEASURES.items():
        assert key in TABLES[measure.source].measures
        assert (measure.of is not None) == (measure.shape in (Shape.SHARE, Shape.RATE))
        assert measure.of is None or MEASURES[measure.of].shape is Shape.COUNT
    assert {key for table in TABLES.values() for key in table.measures} == set(MEASURES)


@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD])
def test_every_source_in_every_grouping(ctx: Flask, world: World, viewer_of: ViewerOf, role: Role) -> None:
    now = clock.now()
    period = Period.of(PeriodKind.QUARTER, town_day(now))
    viewer = viewer_of(role)
    for by in ((), *((one,) for one in By), (By.VILLAGE, By.MONTH)):
        found = queries.values(viewer, list(MEASURES), period=period, now=now, by=by)
        for key, measure in MEASURES.items():
            if not measure.knows(*by) or not queries.opens(viewer, measure.source):
                continue
            some = [row for row in found.rows if row.counts[key]]
            for row in [*some, *(row for row in found.rows[:1] if row not in some)]:
                assert len(listed(viewer, row.link(key), now)) == row.counts[key], (key, by)
