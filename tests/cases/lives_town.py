"""What random lives stand on: one database that many share, and a model of both clocks of a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask

from gridcase.app import create_app
from gridcase.calendar import queries as calendar
from gridcase.cases import queries
from gridcase.cases.rules import State
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.worktime import Limit, LimitUnit
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.people.rules import BodyKind, Role
from gridcase.users.models import User
from tests.conftest import Templates
from tests.factories import decisions
from tests.factories.cases import collected
from tests.factories.viewers import viewer_from
from tests.factories.world import World
from tests.files.corpus import jpeg

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROLES = (
    Role.LIAISON, Role.GRID_LEADER, Role.VILLAGE_HEAD, Role.DEPT, Role.UNIT_LEAD, Role.DISPATCHER,
    Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT, Role.TOWN_MANAGER, Role.SECTION_LEADER,
)  # fmt: skip
# Working hours of a stage for an ordinary case; handling has the case's own limit.
STAGES = {"registered": 8, "accepted": 4, "returned": 4, "dispatched": 8, "feedback": 16}


@dataclass
class Town:
    """One database, the people of it, and an open case that others may repeat."""

    templates: Templates
    folder: Path
    lives: int = 0
    people: dict[Role, Viewer] = field(default_factory=dict)
    council: BodyKind = BodyKind.DELIBERATION  # the only one of its village

    def open(self) -> None:
        """A fresh copy of the small world."""
        self.folder.mkdir(parents=True)
        self.config: Config = self.templates.copy(self.folder)
        self.app: Flask = create_app(self.config)
        self.context = self.app.app_context()
        self.context.push()
        self.world: World = self.templates.world
        self.people = {role: self._viewer(role) for role in ROLES}
        self.first = collected(self.world, self.people[Role.LIAISON], now=START).id
        with transaction():
            decisions.council(self.world.grids["village_a"], self.council, now=START)
        self.photo: Prepared = files.prepare(jpeg())

    def close(self) -> None:
        """The doctor looks at all of it; then it is forgotten."""
        found = queries.check()
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
        self.context.pop()
        self.templates.drop(self.config)
        assert found == []

    def _viewer(self, role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, self.world.users[role]))


@dataclass
class Clock:
    """The model of both clocks. Reckoned anew where the office does so, never by the mere passing of time."""

    now: datetime = START
    extra: float = 0.0
    stood: list[tuple[datetime, datetime]] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    came: datetime = START
    due: datetime = START
    stage: datetime | None = None

    def reckon(self) -> None:
        """When it is due: from the registration, with what was granted, without what it stood."""
        pauses = list(self.stood)
        if self.since is not None and self.until is not None:
            pauses.append((self.since, self.until))
        self.due = calendar.work_calendar().add(START, Limit(80 + self.extra, LimitUnit.WORKING), pauses=pauses).at

    def arrive(self, state: State, came: datetime) -> None:
        """The stage's own clock, from the moment the case came to it."""
        self.came = came
        hours = STAGES.get(state)
        ends = calendar.work_calendar().add(came, Limit(hours, LimitUnit.WORKING)).at if hours else None
        self.stage = self.due if state is State.IN_PROGRESS else min(self.due, ends) if ends else None

    def pause(self, until: date) -> None:
        """From now to the end of a day."""
        midnight = datetime(until.year, until.month, until.day, tzinfo=TOWN_ZONE) + timedelta(days=1)
        self.since, self.until = self.now, midnight - timedelta(microseconds=1)

    def go_on(self) -> None:
        """A pause ends when the case leaves it, never later than granted."""
        if self.since is not None and self.until is not None:
            self.stood.append((self.since, min(self.now, self.until)))
            self.since = self.until = None
