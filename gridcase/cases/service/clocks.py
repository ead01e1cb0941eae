"""Setting the clocks of a case from the limits of its class and the working calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridcase.calendar.queries import work_calendar
from gridcase.cases.models import Case
from gridcase.cases.queries import contact_limit_of, limit_of
from gridcase.cases.rules import Stage, State, Urgency, stage_limit, stage_of
from gridcase.core.worktime import Span, WorkCalendar


def start_clocks(case: Case, *, start: datetime, pauses: Sequence[Span] = (), extra: float = 0) -> None:
    """The citizen's clock from `start`: contact, due-soon, due. `extra`: what was granted, in the limit's unit."""
    calendar, limit = work_calendar(), limit_of(case.case_class, extra=extra)
    due = calendar.add(start, limit, pauses=pauses)
    case.due_at, case.due_provisional = due.at, due.provisional
    case.soon_at = calendar.soon_at(start, due.at, limit, pauses=pauses)
    case.contact_due_at = calendar.add(start, contact_limit_of(case.case_class)).at


def stage_due_at(case: Case, *, now: datetime, calendar: WorkCalendar | None = None) -> datetime | None:
    """When the stage a case has just come to is due: the result with the case itself, the others by their own limit."""
    state = State(case.state)
    if case.due_at is None:
        return None
    if stage_of(state) is Stage.RESULT:
        return case.due_at
    limit = stage_limit(state, Urgency(case.urgency))
    return (calendar or work_calendar()).add(now, limit).at if limit else None
