"""Seasons of a day, and what is looked at in homes."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.checks.queries import shipped_items
from gridcase.checks.rules import DEFAULT_SEASONS, CheckKind, PatrolPlan, Season

FIRE = DEFAULT_SEASONS[CheckKind.FIRE]  # October to May


@pytest.mark.parametrize(
    ("season", "day", "began", "ends"),
    [
        (FIRE, date(2026, 11, 23), date(2026, 10, 1), date(2027, 5, 31)),
        (FIRE, date(2027, 2, 3), date(2026, 10, 1), date(2027, 5, 31)),
        (Season(4, 10, 15), date(2026, 7, 1), date(2026, 4, 1), date(2026, 10, 31)),
        (Season(1, 12, 30), date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31)),
        (Season(12, 2, 30), date(2028, 1, 5), date(2027, 12, 1), date(2028, 2, 29)),
    ],
)
def test_a_season_begins_and_ends(season: Season, day: date, began: date, ends: date) -> None:
    assert (season.began(day), season.ends(day)) == (began, ends)


def test_some_items_are_for_homes() -> None:
    homes = {kind: [item.code for item in shipped_items() if item.home and item.kind is kind] for kind in CheckKind}
    assert homes[CheckKind.FIRE] == ["B03", "B04", "B05", "B06"]
    assert homes[CheckKind.DROWNING] == ["D04"]
    assert homes[CheckKind.DAILY] == []


def test_an_own_item_may_be_for_homes_and_older_plans_are_read() -> None:
    plan = PatrolPlan().with_own(CheckKind.FIRE, "阁楼有没有堆柴", "0203", home=True)
    assert PatrolPlan.from_json(plan.to_json()).own[0].home
    stored = PatrolPlan().to_json() | {"own": [["Z01", "fire", "阁楼有没有堆柴", "0203"]]}
    assert not PatrolPlan.from_json(stored).own[0].home
