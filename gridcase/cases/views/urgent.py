"""What an emergency shows on its face, and the clock of the first contact of any case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridcase.cases import queries
from gridcase.cases.models import Case
from gridcase.cases.rules import STAGE_LIMITS, Light, Stage, State, Urgency, light_of, stage_of
from gridcase.cases.rules.emergency import Hotline, call_first
from gridcase.cases.rules.said import time_left
from gridcase.core.words import Text
from gridcase.core.worktime import LimitUnit, WorkCalendar
from gridcase.notices import queries as notices


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


def of(case: Case, *, now: datetime, calendar: WorkCalendar) -> Urgent | None:
    """What an open emergency shows before anything else; None for any other case."""
    if case.urgency != Urgency.CRITICAL or case.closed_at is not None or case.unsorted:
        return None
    stage = stage_of(State(case.state))
    timed = stage in STAGE_LIMITS and case.stage_due_at is not None
    waits = _running(case.stage_due_at, LimitUnit.NATURAL, stage, now, calendar) if timed else None
    numbers = call_first(code=case.case_class.code, urgency=case.urgency, words=f"{case.title}{case.text}")
    return Urgent(waits, numbers, notices.heard("case", case.id))


def _running(
    due_at: datetime | None, unit: LimitUnit, stage: Stage | None, now: datetime, calendar: WorkCalendar
) -> Running:
    light = light_of(due_at=due_at, soon_at=None, closed=False, now=now)
    left = time_left(due_at=due_at, now=now, unit=unit, calendar=calendar)
    return Running(light, left, due_at, word=stage.label if stage else None)
