"""When a report is made: on the first working day after its period has ended. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.core.periods import Period, PeriodKind
from gridcase.core.worktime import WorkCalendar

MOST_BACK = 60  # periods looked back over: a scheduler that stood still for a year of weeks still catches up
MOST_READERS = 20


def made_on(period: Period, calendar: WorkCalendar) -> date:
    """The day a report of this period is made on."""
    return calendar.next_workday(period.last + timedelta(days=1))


def due(every: PeriodKind, *, since: date, today: date, calendar: WorkCalendar) -> list[Period]:
    """The periods whose report should be there by today, oldest first; none that began before `since`."""
    found: list[Period] = []
    period = Period.of(every, today).before
    while period.first >= since and len(found) < MOST_BACK:
        if made_on(period, calendar) <= today:
            found.append(period)
        period = period.before
    return found[::-1]
