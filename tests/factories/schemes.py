"""A village's scheme in force, from a preset, carried by a passed decision."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people.rules import DecisionKind
from gridcase.points import queries, service
from gridcase.points.models import SchemeVersion
from tests.factories import decisions
from tests.factories.world import MAKER


def in_force(village_id: int, preset: str = "zhilong", *, on: date, now: datetime) -> SchemeVersion:
    """Draft a preset and put it in force on a day (not before the day of `now`)."""
    with transaction():
        village = db.session.get_one(Grid, village_id)
        decision = decisions.passed(village, DecisionKind.SCHEME, on=town_day(now), now=now)
        version = service.draft(village, source=preset, actor=MAKER, now=now)
        return service.put_in_force(version, decision_id=decision.id, on=on, actor=MAKER, now=now)


def some_in_force(village_id: int, *, now: datetime) -> SchemeVersion:
    """The version in force today, whoever put it there; else a fresh one of six classes."""
    found = queries.scheme_of(village_id, on=town_day(now))
    if found is not None:
        return db.session.get_one(SchemeVersion, found.id)
    return in_force(village_id, on=town_day(now), now=now)
