"""Who is told what of the doors: who sits tomorrow, and whose village has held no meeting this quarter. Any number of
runs tell it once: a notice is a unique row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from gridcase.audit import service as audit
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.notices import service as notices
from gridcase.reception import queries
from gridcase.reception.queries.days import DAY_TOLD
from gridcase.reception.queries.meetings import QUARTER_TOLD
from gridcase.reception.rules import quarter_of

BATCH = 100
BEFORE_THE_END = timedelta(days=30)  # the last month of a quarter


def tell_hosts(*, actor: Viewer, now: datetime, asleep: Collection[str] = ()) -> int:
    """Tell who sits today or tomorrow, and in the last month of a quarter whose village held no meeting, but nobody
    where it is night; returns how many notices were written."""
    return _days(asleep, actor=actor, now=now) + _quarters(asleep, actor=actor, now=now)


def _days(asleep: Collection[str], *, actor: Viewer, now: datetime) -> int:
    told = 0
    while rows := queries.days.to_tell(today=town_day(now), limit=BATCH, asleep=asleep):
        tellings = [
            notices.Telling(
                rule=DAY_TOLD, subject_kind=DAY_TOLD, subject_id=row.id, due_at=None, place_path=row.path,
                text=N_("%(day)s 轮到您接访，请按时到岗。", day=row.day),
                link=f"/reception/{row.place_id}/day?on={row.day.isoformat()}", post_id=row.host_post_id,
            )
            for row in rows
        ]  # fmt: skip
        told += _tell(DAY_TOLD, tellings, actor=actor, now=now)
    return told


def _quarters(asleep: Collection[str], *, actor: Viewer, now: datetime) -> int:
    today = town_day(now)
    first, end = quarter_of(today)
    if today < end - BEFORE_THE_END:
        return 0
    due_at = datetime.combine(end, time(), TOWN_ZONE)
    told = after = 0
    while rows := queries.meetings.to_tell(
        first=first, end=end, due_at=due_at, today=today, after=after, limit=BATCH, asleep=asleep
    ):
        after = rows[-1].post_id
        tellings = [
            notices.Telling(
                rule=QUARTER_TOLD, subject_kind=QUARTER_TOLD, subject_id=row.id, due_at=due_at, place_path=row.path,
                text=N_(
                    "%(place)s本季度还没有开座谈会，请在 %(day)s 前召开。", place=row.name,
                    day=(end - timedelta(days=1)),
                ),
                link=f"/reception/meetings/?place={row.id}", post_id=row.post_id,
            )
            for row in rows
        ]  # fmt: skip
        told += _tell(QUARTER_TOLD, tellings, actor=actor, now=now)
    return told


def _tell(rule: str, tellings: Sequence[notices.Telling], *, actor: Viewer, now: datetime) -> int:
    with transaction():
        told = len(notices.tell_all(tellings, now=now))
        if told:
            audit.record(
                actor=actor, action="reminders.sweep", subject_kind="notice", subject_id=None, now=now,
                detail={"rule": rule, "subjects": len(tellings), "told": told},
            )  # fmt: skip
    return told
