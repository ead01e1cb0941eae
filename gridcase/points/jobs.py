"""What the clock does to points."""

from __future__ import annotations

from datetime import datetime

from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.points import queries, service

BATCH, BATCH_SEALED = 500, 5000


def mature(*, actor: Viewer, now: datetime, batch: int = BATCH) -> int:
    """Points whose notice ran out without an open objection become merit; returns how many awards.

    One transaction a batch. Run twice, or by two schedulers at once, each award matures once.
    """
    done = 0
    while due := queries.due_notices(on=town_day(now), limit=batch):
        with transaction():
            done += service.mature(due, actor=actor, now=now)
    return done


def seal(*, now: datetime, batch: int = BATCH_SEALED) -> int:
    """What moved since the last run into its village's chain; returns how many movements."""
    done = 0
    while True:
        with transaction():
            sealed = service.seal(now=now, batch=batch)
        done += sealed
        if sealed < batch:
            return done


def remind(*, now: datetime, batch: int = BATCH) -> int:
    """Objections that must soon be answered: the reviewers are told once; returns how many were due."""
    waiting = [(row[0], row[1], row[2]) for row in queries.waiting_objections(limit=batch)]
    if not waiting:
        return 0
    with transaction():
        return service.remind(waiting, now=now)
