"""The clocks of a case: lights, stages, the ladder; and numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gridcase.cases.rules import (
    LADDER,
    STAGE_LIMITS,
    Light,
    Stage,
    State,
    Urgency,
    case_number,
    light_of,
    stage_limit,
)
from gridcase.core.worktime import Limit, LimitUnit
from gridcase.people.rules import Role

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


# -- clocks


def test_lights() -> None:
    due, soon = NOW, NOW - timedelta(hours=4)
    second = timedelta(seconds=1)

    def light(now: datetime, *, closed: bool = False, due_at: datetime | None = due) -> Light:
        return light_of(due_at=due_at, soon_at=soon if due_at else None, closed=closed, now=now)

    assert light(soon - second) is Light.GREEN
    assert light(soon) is Light.YELLOW
    assert light(due) is Light.YELLOW  # at the due time itself nobody is late
    assert light(due + second) is Light.RED
    assert light(due + second, closed=True) is Light.CLOSED
    assert light(due + second, due_at=None) is Light.GREEN  # imported history has no clock
    assert len({light.mark for light in Light}) == len(Light)


@pytest.mark.parametrize(
    ("stage", "critical", "urgent", "ordinary"),
    [
        (Stage.ACCEPT, "0.5N", "2W", "8W"),
        (Stage.DISPATCH, "0.5N", "2W", "4W"),
        (Stage.SIGN, "0.5N", "2W", "8W"),
        (Stage.CHECK, "24N", "8W", "16W"),
    ],
)
def test_stage_limits(stage: Stage, critical: str, urgent: str, ordinary: str) -> None:
    limits = [STAGE_LIMITS[stage][urgency] for urgency in Urgency]
    assert [f"{limit.amount:g}{limit.unit}" for limit in limits] == [critical, urgent, ordinary]


def test_the_stage_of_a_state_gives_its_limit() -> None:
    assert stage_limit(State.RETURNED, Urgency.ORDINARY) == Limit(4, LimitUnit.WORKING)
    assert stage_limit(State.REGISTERED, Urgency.CRITICAL) == Limit(0.5, LimitUnit.NATURAL)
    assert stage_limit(State.IN_PROGRESS, Urgency.URGENT) is None  # the class's own limit rules
    assert stage_limit(State.SUSPENDED, Urgency.URGENT) is None
    assert stage_limit(State.CLOSED, Urgency.URGENT) is None


def test_the_ladder_calls_the_nearest_first() -> None:
    assert [rung.to for rung in LADDER] == [
        ("handler",),
        ("handler", "grid_leader"),
        ("village_head",),
        ("dispatcher",),
        ("dispatcher", "town_manager"),
    ]
    assert {name for rung in LADDER for name in rung.to} - {"handler"} <= set(Role)
    assert str(LADDER[0].say(number="GC1", due="周三 17:30")) == "事件GC1的期限是周三 17:30，请在此前办理。"


# -- numbers


def test_case_numbers() -> None:
    assert case_number(date(2026, 11, 21), "610921104", 7) == "GC20261121-610921104-0007"
    assert case_number(date(2026, 11, 21), "610921104", 12345) == "GC20261121-610921104-12345"
    for code, n in [("61092110", 1), ("610921104000", 1), ("61092110x", 1), ("610921104", 0)]:
        with pytest.raises(ValueError):
            case_number(date(2026, 11, 21), code, n)
