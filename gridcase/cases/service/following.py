"""After the time of reopening the same matter is a new case, linked to the one it follows."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseLink, CaseStep
from gridcase.cases.rules import Channel
from gridcase.cases.service.catalogue import hold_class
from gridcase.cases.service.door import _move, lock
from gridcase.cases.service.register import collect
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household


def follow_up(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """Register the matter anew with its place, home and reporter; both cases name each other."""
    hold_class(case.case_class)
    lock(case)
    later = queries.open_follower(case.id)
    if later is not None:
        raise Refused(N_("后续事件 %(number)s 还在办，请在那一件里办。", number=later))
    step_note = note.strip()
    new = collect(
        actor=actor, case_class=case.case_class, title=case.title, text=step_note, channel=Channel.PHONE,
        grid=db.session.get_one(Grid, case.grid_id),
        household=db.session.get(Household, case.household_id) if case.household_id else None,
        reporter_name=case.reporter_name, reporter_phone=case.reporter_phone, anonymous=case.anonymous,
        address=case.address, now=now, restricted=case.restricted,
    )  # fmt: skip
    db.session.add(CaseLink(case_id=new.id, follows_id=case.id))
    return _move(case, "follow_up", actor=actor, now=now, note=step_note, detail={"to": new.number, "case_id": new.id})
