"""Deadlines of open cases after the calendar has changed: looked at first, then written in one short step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, or_, select, update

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import MOVES, SoonRule
from gridcase.cases.service.clocks import clocks, soon_rule, stage_due
from gridcase.core.db import db, dialect_name
from gridcase.core.worktime import WorkCalendar

BATCH = 500
CLOCKS = ("due_at", "soon_at", "contact_due_at", "due_provisional", "stage_due_at")
# A case sent on, or up, comes to its stage anew though its state stays.
_ARRIVING = frozenset(move.name for move in MOVES if move.target is not None)
STEPS_UNDERWAY = 1000  # PostgreSQL: steps numbered before the look may be committed after it


@dataclass(frozen=True)
class Recount:
    """What a new calendar does to open cases: rows of (case, columns before, columns after) that differ."""

    rows: tuple[tuple[int, dict[str, Any], dict[str, Any]], ...]
    last_step: int = 0

    @property
    def moved(self) -> int:
        """Cases whose day and hour of being due is another."""
        return sum(before["due_at"] != after["due_at"] for _id, before, after in self.rows)

    @property
    def settled(self) -> int:
        """Cases that keep their due time and lose the word "provisional"."""
        return sum(
            before["due_at"] == after["due_at"] and before["due_provisional"] and not after["due_provisional"]
            for _id, before, after in self.rows
        )


def look_at_deadlines(calendar: WorkCalendar, *, since: datetime) -> Recount:
    """What would become of the open cases' clocks under another calendar that differs from `since` on. Writes nothing.

    What is due before the first changed day stays as it is: every clock was walked only up to its due time.
    """
    last_step = db.session.scalar(select(func.max(CaseStep.id))) or 0
    later = or_(Case.due_at >= since, Case.contact_due_at >= since, Case.stage_due_at >= since)
    return Recount(tuple(_differing(later, calendar)), last_step)


def move_deadlines(recount: Recount, calendar: WorkCalendar) -> int:
    """Move the clocks as looked at; returns how many cases. A case that changed since, or was born, is counted anew."""
    underway = STEPS_UNDERWAY if dialect_name() == "postgresql" else 0
    newer = select(CaseStep.case_id).where(CaseStep.id > recount.last_step - underway).distinct()
    touched = set(db.session.scalars(newer))
    rows = [row for row in recount.rows if row[0] not in touched]
    late = sorted(touched)
    for start in range(0, len(late), BATCH):
        rows += _differing(Case.id.in_(late[start : start + BATCH]), calendar)
    if rows:
        table = cast(Table, Case.__table__)
        statement = update(table).where(table.c.id == bindparam("_id"))
        db.session.execute(
            statement.values({name: bindparam(f"_{name}") for name in CLOCKS}),
            [
                {"_id": case_id, **{f"_{name}": value for name, value in after.items()}}
                for case_id, _before, after in rows
            ],
        )
    return len(rows)


def _differing(which: Any, calendar: WorkCalendar) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    after_id, soon = 0, dict[int | None, SoonRule]()
    while True:
        cases = db.session.scalars(
            select(Case)
            .where(queries.open_condition(), Case.unsorted.is_(False), Case.due_at.is_not(None))
            .where(Case.id > after_id, which)
            .order_by(Case.id)
            .limit(BATCH)
        ).all()
        lines = _lines([case.id for case in cases])
        for county in {case.county_id for case in cases} - soon.keys():
            soon[county] = soon_rule(next(case.path for case in cases if case.county_id == county))
        for case in cases:
            before, after = _recounted(case, lines.get(case.id, ()), calendar, soon[case.county_id])
            if before != after:
                yield case.id, before, after
        if len(cases) < BATCH:
            return
        after_id = cases[-1].id


def _lines(case_ids: Sequence[int]) -> dict[int, tuple[CaseStep, ...]]:
    steps = db.session.scalars(
        select(CaseStep).where(CaseStep.case_id.in_(case_ids)).order_by(CaseStep.case_id, CaseStep.seq)
    )
    return {case_id: tuple(line) for case_id, line in groupby(steps, key=lambda step: step.case_id)}


def _recounted(
    case: Case, line: Sequence[CaseStep], calendar: WorkCalendar, soon: SoonRule
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clocks of a case before and after; the case itself is left as it is."""
    before = {name: getattr(case, name) for name in CLOCKS}
    clock, came = queries.clock_of(case, line), stage_began(line)
    after = clocks(case, start=clock.start, pauses=clock.pauses, extra=clock.extra, calendar=calendar, soon=soon)
    after["stage_due_at"] = case.stage_due_at
    if came is not None and case.stage_due_at is not None:
        after["stage_due_at"] = stage_due(case, due_at=after["due_at"], came=came, calendar=calendar)
    return before, after


def stage_began(line: Sequence[CaseStep]) -> datetime | None:
    """When the case came to the stage it is in: by the last step that starts a stage."""
    came = [step.at for step in line if _starts_a_stage(step)]
    return came[-1] if came else None


def _starts_a_stage(step: CaseStep) -> bool:
    return step.to_state != step.from_state or step.move in _ARRIVING or bool(step.detail.get("clock"))
