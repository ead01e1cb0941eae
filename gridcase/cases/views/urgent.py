"""What an emergency shows on its face, and the clock of the first contact of any case."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from gridcase.cases import queries
from gridcase.cases.models import Case
from gridcase.cases.rules import STAGE_LIMITS, Light, Stage, State, Urgency, light_of, stage_of
from gridcase.cases.rules.emergency import Hotline, call_first
from gridcase.cases.rules.said import time_left
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.core.worktime import LimitUnit, WorkCalendar
from gridcase.notices import queries as notices
from gridcase.notices import service as notices_service


@dataclass(frozen=True)
class Running:
    """A clock in words. `done_at`: it has stopped; `word`: what is waited for."""

    light: Light
    left: Text | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    word: Text | None = None


@dataclass(frozen=True)
class Urgent:
    """An open emergency: what it waits for, whom to ring, who was told and when."""

    stage: Running | None
    numbers: Sequence[Hotline]
    told: Sequence[notices.Heard]


def contact_of(case: Case, *, now: datetime, calendar: WorkCalendar) -> Running | None:
    """The clock of the first contact: running, or when it stopped; None where there is nobody to call."""
    if case.contacted_at is not None and case.contact_due_at is not None:
        return Running(Light.CLOSED, done_at=case.contacted_at)
    if case.closed_at is not None or not queries.contact_waits(case):
        return None
    return _running(case.contact_due_at, LimitUnit(case.terms.contact_unit), None, now, calendar)


def seen(case: Case, someone: Viewer, *, now: datetime) -> None:
    """Who opens the page of an open emergency has read what was told about it: the others see that somebody has looked.
    Written once; where somebody holds the lock, the page opens all the same and the next opening says it."""
    if case.urgency != Urgency.CRITICAL or case.closed_at is not None or someone.user_id is None:
        return
    unread = notices.unread_about("case", case.id, viewer=someone)
    if not unread:
        return
    with suppress(OperationalError), transaction():
        for one in unread:
            notices_service.mark_read(one, actor=someone, now=now)


def of(case: Case, *, now: datetime, calendar: WorkCalendar) -> Urgent | None:
    """What an open emergency shows before anything else; None for any other case."""
    if case.urgency != Urgency.CRITICAL or case.closed_at is not None or case.unsorted:
        return None
    stage = stage_of(State(case.state))
    timed = stage in STAGE_LIMITS and case.stage_due_at is not None
    waits = _running(case.stage_due_at, LimitUnit.NATURAL, stage, now, calendar) if timed else None
    numbers = call_first(code=case.case_class.code, urgency=case.urgency, words=f"{case.title}{case.text}")
    return Urgent(waits, numbers, notices.heard("case", case.id))


_RANKS = {Light.RED: 0, Light.YELLOW: 1}


def pressing(one: Any, *, limit_unit: str, contact_unit: str, now: datetime, calendar: WorkCalendar) -> Running | None:
    """Of all clocks of an open emergency the one that stands worst, and of those the one that ends first: what is late
    today is not green because its last day is far. None for any other case. `one`: the case, or its row in a list."""
    if one.urgency != Urgency.CRITICAL or one.closed_at is not None or one.unsorted:
        return None
    light = light_of(due_at=one.due_at, soon_at=one.soon_at, closed=False, now=now)
    left = time_left(due_at=one.due_at, now=now, unit=LimitUnit(limit_unit), calendar=calendar)
    clocks = [Running(light, left, one.due_at)] if one.due_at is not None else []
    stage = stage_of(State(one.state))
    if stage in STAGE_LIMITS and one.stage_due_at is not None:
        clocks.append(_running(one.stage_due_at, LimitUnit.NATURAL, stage, now, calendar))
    if queries.contact_waits(one):
        contact = _running(one.contact_due_at, LimitUnit(contact_unit), None, now, calendar)
        clocks.append(replace(contact, word=N_("首次联系")))
    return min(clocks, key=lambda clock: (_RANKS.get(clock.light, 2), clock.due_at), default=None)


def _running(
    due_at: datetime | None, unit: LimitUnit, stage: Stage | None, now: datetime, calendar: WorkCalendar
) -> Running:
    light = light_of(due_at=due_at, soon_at=None, closed=False, now=now)
    left = time_left(due_at=due_at, now=now, unit=unit, calendar=calendar)
    return Running(light, left, due_at, word=stage.label if stage else None)
