"""Random days of three phones, three people and a line that breaks: every visit is stored once, under its author.

A few days by default; GRIDCASE_FULL=1 runs 2,000, a part at a time: a stop loses one part. A day that fails names its
seed: `Schedule(town, seed).run()` is that day again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from gridcase.app import create_app
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.conftest import MONDAY, Templates
from tests.factories.world import World
from tests.faults.proxy import Proxy
from tests.soak.progress import Progress
from tests.sync.schedules import Person, Schedule, Town
from tests.sync.served import served

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
DAYS, PART = (2000, 100) if FULL else (15, 15)


def people(world: World) -> list[Person]:
    """A representative, and two whose work is the same homes: all three may visit two of them."""
    village = world.homes["village_a"]
    homes = {Role.LIAISON: world.homes["circle"], Role.GRID_LEADER: village[:4], Role.PARTTIME_GRID: village[:4]}
    return [Person(world.users[role], role, tuple(found)) for role, found in homes.items()]


def days(templates: Templates, folder: Path, *, first: int, number: int) -> None:
    """So many days on one fresh database."""
    folder.mkdir()
    config = templates.copy(folder)
    app = create_app(config)
    try:
        with served(config, workers=2 if FULL else 1) as port, Proxy("127.0.0.1", port) as proxy:
            town = Town(app, proxy, clock.now(), people(templates.world))
            for seed in range(first, first + number):
                Schedule(town, seed).run()
            assert all(town.tried[what] for what in ("again", "changed", "stolen")), town.tried
    finally:
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
        templates.drop(config)
    shutil.rmtree(folder)


def test_sync_model(templates: Templates, database: str, tmp_path: Path, at: Any) -> None:
    at(MONDAY)
    progress = Progress.of("sync_model", database) if FULL else Progress()
    while progress.done < DAYS:
        days(templates, tmp_path / str(progress.done), first=progress.done, number=PART)
        progress.add(PART)
