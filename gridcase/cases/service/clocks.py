"""Setting the clocks of a case from the limits of its class and the working calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gridcase.calendar.queries import work_calendar
from gridcase.cases.models import Case
from gridcase.cases.queries import contact_limit_of, limit_of
from gridcase.cases.rules import SOON_KEY, SoonRule, Stage, State, Urgency, stage_limit, stage_of
from gridcase.core.worktime import Span, WorkCalendar
from gridcase.grid import queries as grids


def start_clocks(case: Case, *, start: datetime, pauses: Sequence[Span] = (), extra: float = 0) -> None:
    """The citizen's clock from `start`: contact, due-soon, due. `extra`: what was granted, in the limit's unit."""
    found = clocks(
        case, start=start, pauses=pauses, extra=extra, calendar=work_calendar(), soon=soon_rule(case.path)
    )  # fmt: skip
    for column, value in found.items():
        setattr(case, column, value)


def soon_rule(path: str) -> SoonRule:
    """When due-soon begins in the county of a place; a changed rule holds for clocks set from then on."""
    found = grids.setting(path, SOON_KEY, on=date.max)  # in force as soon as it is saved
    return SoonRule.from_json(found[0]) if found else SoonRule()


def clocks(
    case: Case, *, start: datetime, pauses: Sequence[Span], extra: float, calendar: WorkCalendar, soon: SoonRule
) -> dict[str, Any]:
    """The columns of the citizen's clock as this calendar has them; the case is only read."""
    limit = limit_of(case.terms, extra=extra)
    due = calendar.add(start, limit, pauses=pauses)
    return {
        "due_at": due.at,
        "due_provisional": due.provisional,
        "soon_at": calendar.soon_at(start, due.at, limit, pauses=pauses, hours=soon.hours, share=soon.percent / 100),
        "contact_due_at": calendar.add(start, contact_limit_of(case.terms)).at,
    }


def stage_due_at(case: Case, *, now: datetime) -> datetime | None:
    """When the stage a case has just come to is due: the result with the case itself, the others by their own limit,
    but never later than the case."""
    return None if case.due_at is None else stage_due(case, due_at=case.due_at, came=now, calendar=work_calendar())


def stage_due(case: Case, *, due_at: datetime, came: datetime, calendar: WorkCalendar) -> datetime | None:
    """The same for a case that came to its stage at a moment, and is itself due at `due_at`."""
    state = State(case.state)
    if stage_of(state) is Stage.RESULT:
        return due_at
    limit = stage_limit(state, Urgency(case.urgency))
    return min(due_at, calendar.add(came, limit).at) if limit else None
