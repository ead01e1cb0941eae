"""Reports that are made by themselves: the database decides by a unique row who was first."""

from __future__ import annotations

import logging
from datetime import datetime

from gridcase.calendar import queries as calendar
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Grant, Viewer, job
from gridcase.grid.models import Grid
from gridcase.people.rules import ROLE_PERMISSIONS, Role
from gridcase.reports import queries, service
from gridcase.reports.models import ReportForm, ReportSchedule
from gridcase.reports.rules import due

log = logging.getLogger(__name__)
ACTOR = job("reports")


def make_due(*, now: datetime) -> int:
    """Every report whose period is over and whose working day has come; returns how many were made. One that is
    refused holds up no other; it is logged and tried again at the next run."""
    made, days, today = 0, calendar.work_calendar(), town_day(now)
    for schedule_id, form_id, place_id, every, since in queries.timetable():
        done = queries.periods_made(form_id, place_id)
        for period in due(PeriodKind(every), since=since, today=today, calendar=days):
            if str(period) not in done:
                made += _tried(schedule_id, period, now=now)
    return made


def _tried(schedule_id: int, period: Period, *, now: datetime) -> bool:
    try:
        return make(schedule_id, period, now=now)
    except Refused:
        log.exception("the report of schedule %s for %s cannot be made", schedule_id, period)
        return False


def make(schedule_id: int, period: Period, *, now: datetime) -> bool:
    """One report: counted first, kept in a short transaction. False where somebody else was first."""
    schedule = queries.get_schedule(schedule_id)
    form = db.session.get_one(ReportForm, schedule.form_id)
    place = db.session.get_one(Grid, schedule.place_id)
    spec = queries.spec_of(form)
    sheet = queries.sheet(eyes_of(schedule), form, spec, place=place, period=period, now=now)
    try:
        with transaction():
            service.keep(form, place, sheet, spec=spec, actor=ACTOR, now=now, schedule=schedule)
    except service.AlreadyMade:
        return False
    return True


def eyes_of(schedule: ReportSchedule) -> Viewer:
    """Whoever asked for it sees no more by it than he saw himself, wherever he is by now."""
    permissions = ROLE_PERMISSIONS[Role(schedule.role)]
    grant = Grant(role=schedule.role, permissions=permissions, path=schedule.path)
    return Viewer(kind="job", name="reports", grants=(grant,))


def load_standards(*, now: datetime) -> int:
    """After an update: the forms that come with the system as they are now."""
    if service.standards_are_current():
        return 0
    with transaction():
        return service.load_standards(actor=ACTOR, now=now)
