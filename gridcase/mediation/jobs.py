"""Telling who mediates what is due: a look, the end of the period, the last days to go to the court. Once each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.mediation import queries, rules
from gridcase.notices import service as notices


def tell_due(*, actor: Viewer, now: datetime, asleep: Collection[str] = ()) -> int:
    """Write the notices that are due and not written yet, but none where it is night; returns how many. A unique key
    decides between two runs."""
    fresh = list(_tellings(town_day(now), asleep))
    if not fresh:
        return 0
    with transaction():
        number = len(notices.tell_all(fresh, now=now))
        if number:
            audit.record(
                actor=actor, action="reminders.sweep", subject_kind="notice", subject_id=None, now=now,
                detail={"rule": "mediation", "subjects": len(fresh), "told": number},
            )  # fmt: skip
    return number


def _tellings(today: date, asleep: Collection[str]) -> Iterator[notices.Telling]:
    for row in queries.looks_due(on=today, asleep=asleep):
        yield _telling(queries.LOOK_TOLD, "mediation_look", row, N_("%(number)s的调解该回访了。", number=row.number))
    for row in queries.periods_ending(on=today, asleep=asleep):
        text = N_("%(number)s的调解期限到 %(day)s。", number=row.number, day=row.due_on)
        yield _telling(queries.PERIOD_TOLD, "mediation", row, text, on=row.due_on)
    for row in queries.courts_ending(on=today, asleep=asleep):
        until = rules.court_until(row.signed_on)
        text = N_("%(number)s的调解协议到 %(day)s 为止可以申请司法确认。", number=row.number, day=until)
        yield _telling(queries.COURT_TOLD, "mediation", row, text, on=until)


def _telling(rule: str, kind: str, row: Any, text: Text, *, on: date | None = None) -> notices.Telling:
    """A number and a link, no more."""
    return notices.Telling(
        rule=rule, subject_kind=kind, subject_id=row.subject_id, due_at=queries.due_moment(on) if on else None,
        place_path=row.path, text=text, link=f"/mediation/{row.case_id}", post_id=row.post_id, unit_id=row.unit_id,
    )  # fmt: skip
