"""What the clock does to points."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.points import queries, service
from gridcase.points.queries import DueNotice

log = logging.getLogger(__name__)
BATCH, BATCH_SEALED = 500, 5000


def mature(*, actor: Viewer, now: datetime, batch: int = BATCH) -> int:
    """Points whose notice ran out without an open objection become merit; returns how many awards.

    One transaction a batch. Run twice, or by two schedulers at once, each award matures once. A purse that would fall
    below 0 holds up its own award alone; that one is logged and tried again at the next run.
    """
    done, stuck = 0, set[int]()
    while due := _due(stuck, now=now, batch=batch):
        try:
            with transaction():
                done += service.mature(due, actor=actor, now=now)
        except Refused:
            done += _one_by_one(due, stuck, actor=actor, now=now)
    return done


def _due(stuck: set[int], *, now: datetime, batch: int) -> list[DueNotice]:
    rows = queries.due_notices(on=town_day(now), limit=batch + len(stuck))
    return [row for row in rows if row.transfer_id not in stuck][:batch]


def _one_by_one(due: Sequence[DueNotice], stuck: set[int], *, actor: Viewer, now: datetime) -> int:
    done = 0
    for row in due:
        try:
            with transaction():
                done += service.mature([row], actor=actor, now=now)
        except Refused:
            stuck.add(row.transfer_id)
            log.exception("award %s cannot mature: a purse would fall below 0", row.transfer_id)
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
