"""A village's council takes a case on its agenda and says what it agreed; state and clocks of the case stay."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.cases.models import Case, CaseAgenda, CaseStep
from gridcase.cases.rules.agenda import AGREED_LENGTH, WHY_LENGTH, AgendaOutcome, check_day
from gridcase.cases.service.door import _move, lock
from gridcase.cases.service.telling import tell_handler
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.people import queries as people
from gridcase.people.models import Organisation
from gridcase.people.rules import FOUR_COUNCILS, BodyKind


def put_on_agenda(
    case: Case, *, actor: Viewer, now: datetime, council: BodyKind, planned_on: date, note: str
) -> CaseStep:
    """Lay a case before one of the four councils of its village, for a day and with a reason."""
    lock(case)
    check_day(planned_on, today=town_day(now))
    body, why = _council_of(case, council, actor, now), clean_line(note)
    if len(why) > WHY_LENGTH:
        raise Refused(N_("请写在 %(n)s 字以内。", n=WHY_LENGTH), field="note")
    detail = {"council": body.name, "day": planned_on.isoformat()}
    step = _move(case, "put_on_agenda", actor=actor, now=now, note=why, detail=detail)
    case.agenda.append(
        CaseAgenda(
            organisation_id=body.id, planned_on=planned_on, why=why, put_at=now, put_by_user_id=actor.user_id,
            put_by_name=actor.name,
        )
    )  # fmt: skip
    db.session.flush()
    return step


def _council_of(case: Case, kind: BodyKind, actor: Viewer, now: datetime) -> Organisation:
    if kind not in FOUR_COUNCILS:
        raise Refused(N_("请选四会之一。"), field="council")
    found = people.council_at(case.village_id or 0, kind, viewer=actor, on=town_day(now))
    body = people.get_organisation(found.id) if found is not None else None
    if body is None:
        raise Refused(N_("村里还没有设立%(council)s，请先设立，或请别的会商量。", council=kind.label), field="council")
    return body


def agenda_outcome(
    case: Case, *, actor: Viewer, now: datetime, outcome: AgendaOutcome, note: str, decision: str = ""
) -> CaseStep:
    """Write down what the council made of it. Whoever has the case hears of it; settling it stays his.

    What went to the assembly waits for its word: the number of the village's decision (`decision`), or another outcome.
    """
    lock(case)
    item = next((one for one in case.agenda if one.waits), None)
    body = people.get_organisation(item.organisation_id) if item is not None else None
    if len(agreed := clean(note)) > AGREED_LENGTH:
        raise Refused(N_("请写在 %(n)s 字以内。", n=AGREED_LENGTH), field="note")
    number, decision_id = clean_line(decision), _decision_of(case, decision, outcome)
    detail = {"council": body.name if body else "", "outcome": outcome, **({"decision": number} if number else {})}
    step = _move(case, "agenda_outcome", actor=actor, now=now, note=agreed, detail=detail)
    if item is not None:  # the rules have made sure of it
        item = next(one for one in case.agenda if one.id == item.id)
        item.outcome, item.agreed, item.decision_id, item.done_at = outcome, agreed, decision_id, now
        item.done_by_user_id, item.done_by_name = actor.user_id, actor.name
        db.session.flush()
    if case.closed_at is None:
        tell_handler(case, step, now=now)
    return step


def _decision_of(case: Case, number: str, outcome: AgendaOutcome) -> int | None:
    """The decision of the case's village with this number; None where none is named."""
    if not (number := clean_line(number)):
        return None
    if outcome is not AgendaOutcome.ASSEMBLY:
        raise Refused(N_("只有提交村民会议或代表会议的才写决议编号。"), field="decision")
    found = people.decision_numbered(case.village_id or 0, number)
    if found is None:
        raise Refused(
            N_("本村没有编号为 %(number)s 的决议，请照决议页上的编号填，或先空着。", number=number), field="decision"
        )
    return found.id
