"""Supervision sheets: drafted by the system for cases five working days late, signed or dropped by a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep, SupervisionSheet
from gridcase.cases.rules import SheetState
from gridcase.cases.service.door import _move
from gridcase.cases.service.telling import tell_handler
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_

LATE_HOURS = 40.0  # five working days


def draft_sheets(*, actor: Viewer, now: datetime, asleep: Collection[str] = ()) -> int:
    """Draft a sheet for every late case that has none for its due time; returns how many are new. A unique row decides
    between two runs at once. Restricted cases are left to their desk, counties that are `asleep` to the morning.
    """
    calendar = work_calendar()
    rows = [
        {"case_id": row.id, "path": row.path, "due_at": row.due_at, "state": SheetState.DRAFTED, "drafted_at": now}
        for row in queries.late_without_sheet(now, asleep=asleep)
        if calendar.hours_between(row.due_at, now) >= LATE_HOURS
    ]
    if not rows:
        return 0
    dialect: Any = postgresql if dialect_name() == "postgresql" else sqlite
    statement = dialect.insert(SupervisionSheet).on_conflict_do_nothing(index_elements=["case_id", "due_at"])
    ids = list(db.session.scalars(statement.returning(SupervisionSheet.id), rows))
    if ids:
        audit.record(
            actor=actor, action="case.sheets", subject_kind="supervision_sheet", subject_id=None, now=now,
            detail={"drafted": len(ids)},
        )  # fmt: skip
    return len(ids)


def sign_sheet(sheet: SupervisionSheet, *, actor: Viewer, now: datetime, demand: str, answer_by: date) -> CaseStep:
    """Sign what was drafted: the demand stands on the case's timeline, and who has the case is told."""
    case = _case_of(sheet)
    if answer_by < town_day(now):
        raise Refused(N_("反馈日期须在今天或以后。"), field="answer_by")
    demand = clean(demand)
    step = _move(case, "supervise", actor=actor, now=now, note=demand, detail={"sheet": sheet.id})
    _decide(sheet, SheetState.SIGNED, actor=actor, now=now)
    sheet.demand, sheet.answer_by = demand, answer_by
    db.session.flush()
    tell_handler(case, step, now=now)
    return step


def drop_sheet(sheet: SupervisionSheet, *, actor: Viewer, now: datetime, reason: str) -> None:
    """Leave a draft unsigned, with a reason; it is not drafted again for this due time."""
    case = _case_of(sheet)
    if not clean(reason):
        raise Refused(N_("请写明为什么不签发。"), field="demand")
    _decide(sheet, SheetState.DROPPED, actor=actor, now=now)
    sheet.demand = clean(reason)
    audit.record(
        actor=actor, action="case.sheet_dropped", subject_kind="supervision_sheet", subject_id=sheet.id,
        place_path=case.path, now=now, detail={"case": case.id},
    )  # fmt: skip
    db.session.flush()


def _case_of(sheet: SupervisionSheet) -> Case:
    """The sheet's case, the sheet held until the transaction ends and still to be decided."""
    db.session.refresh(sheet, with_for_update=True)
    if sheet.state != SheetState.DRAFTED:
        raise Refused(N_("这张督办单已经处理过了。"))
    return db.session.get_one(Case, sheet.case_id)


def _decide(sheet: SupervisionSheet, state: SheetState, *, actor: Viewer, now: datetime) -> None:
    sheet.state, sheet.decided_at = state, now
    sheet.decided_by_user_id, sheet.decided_by_name = actor.user_id, actor.name
