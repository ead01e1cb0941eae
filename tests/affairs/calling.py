"""An activity called, run and ended, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from gridcase.affairs.models import Activity
from gridcase.affairs.rules import ActivityKind
from gridcase.affairs.service import activities
from gridcase.affairs.service.activities import Call
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from tests.factories import schemes
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten in the morning
IN_FORCE = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


def scheme(world: World, village: str = "village_a") -> None:
    """The village's scheme, in force since the first of the month."""
    schemes.in_force(world.grids[village], on=IN_FORCE.date(), now=IN_FORCE)


def called(
    world: World, actor: Viewer, *, now: datetime = NOW, place: str = "village_a", **changes: object
) -> Activity:
    """A call to clean the ditch in two hours."""
    words = {
        "kind": ActivityKind.WORK, "title": "清沟渠", "spot": "村部门口", "hours": 4,
        "starts_at": now + timedelta(hours=2), **changes,
    }  # fmt: skip
    with transaction():
        return activities.call(
            actor=actor, place=db.session.get_one(Grid, world.grids[place]), client_uuid=str(uuid4()),
            what=Call(**words), now=now,  # type: ignore[arg-type]
        )  # fmt: skip


def running(world: World, actor: Viewer, **changes: object) -> Activity:
    """One that has begun."""
    made = called(world, actor, **changes)
    with transaction():
        activities.start(made, actor=actor, now=NOW)
    return made
