"""How a mediation ends and what follows: the result, the court's confirmation, the looks afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gridcase.cases import service as cases
from gridcase.cases.rules import ENDED_STATES
from gridcase.cases.service.door import lock
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.mediation import queries, rules
from gridcase.mediation.models import Mediation, MediationLook
from gridcase.mediation.rules import Result
from gridcase.mediation.service.record import held, record, running


@dataclass(frozen=True)
class Ending:
    """How it ended. `ways_told`: both parties were told which legal ways are open to them."""

    result: Result
    note: str | None = None
    signed_on: date | None = None
    ways_told: bool = False
    look_on: date | None = None


def conclude(mediation: Mediation, *, actor: Viewer, now: datetime, ending: Ending) -> None:
    """End a mediation. It closes no case: the usual move does, prefilled on the page."""
    case, today = running(mediation, actor), town_day(now)
    note = clean(ending.note or "") or None
    if ending.result is Result.AGREED:
        _check_signed(mediation, ending.signed_on, today)
    elif note is None:
        raise Refused(N_("请用一句话写明原因。"), field="note")
    if ending.result.asks_ways and not ending.ways_told:
        raise Refused(N_("请先把可以走的途径告诉双方，再勾选。"), field="ways_told")
    mediation.result, mediation.result_note, mediation.ways_told = ending.result, note, ending.ways_told
    mediation.signed_on = ending.signed_on if ending.result is Result.AGREED else None
    mediation.ended_at, mediation.ended_by_user_id, mediation.ended_by_name = now, actor.user_id, actor.name
    if ending.look_on is not None:
        _plan(mediation, ending.look_on, today)
    said = note or str(ending.result.label)
    cases.comment(case, actor=actor, now=now, note=said, detail={"mediation": ending.result.value})
    record(mediation, case, "ended", actor=actor, now=now, result=ending.result.value)


def _check_signed(mediation: Mediation, signed_on: date | None, today: date) -> None:
    drafted = queries.drafted(mediation)
    lacks = rules.lacking(drafted)
    if lacks:
        raise Refused(lacks[0], field="result")
    refusal = rules.signing_refusal(drafted, signed_on, today)
    if refusal is not None:
        raise Refused(refusal, field="signed_on")


def reopen(mediation: Mediation, *, actor: Viewer, now: datetime, note: str) -> None:
    """Mediate again where the matter goes on: the text stays, the result goes. Not once the case has ended."""
    case = held(mediation, actor)
    lock(case)  # nobody ends it meanwhile
    if mediation.result is None:
        raise Refused(N_("这次调解没有结束，不用恢复。"))
    if case.state in ENDED_STATES:
        raise Refused(N_("事件已经结束。需要再调解的，请先重启事件。"))
    if not clean(note):
        raise Refused(N_("请写明为什么恢复调解。"), field="note")
    before = mediation.result
    mediation.result = mediation.result_note = mediation.signed_on = None
    mediation.ended_at = mediation.ended_by_user_id = mediation.ended_by_name = None
    mediation.court_asked_on = mediation.confirmed_on = mediation.confirmed_no = None
    mediation.ways_told = False
    mediation.due_on, mediation.longer = max(mediation.due_on, rules.usual_end(town_day(now))), False
    cases.comment(case, actor=actor, now=now, note=note, detail={"mediation": "reopened"})
    record(mediation, case, "reopened", actor=actor, now=now, before=before)


def note_court(
    mediation: Mediation,
    *,
    actor: Viewer,
    now: datetime,
    asked_on: date,
    confirmed_on: date | None = None,
    confirmed_no: str | None = None,
) -> None:
    """Note when both parties asked a court to confirm the agreement, and when it did."""
    case, today = held(mediation, actor), town_day(now)
    if mediation.result != Result.AGREED or mediation.signed_on is None:
        raise Refused(N_("达成协议以后才能申请司法确认。"))
    if not mediation.signed_on <= asked_on <= today:
        raise Refused(N_("申请日期须在签字以后、今天或以前。"), field="asked_on")
    if asked_on > rules.court_until(mediation.signed_on):
        raise Refused(N_("超过签字后 %(n)s 天，不能再申请司法确认。请核对日期。", n=rules.COURT_DAYS), field="asked_on")
    if confirmed_on is not None and not asked_on <= confirmed_on <= today:
        raise Refused(N_("确认日期须在申请以后、今天或以前。"), field="confirmed_on")
    number = clean_line(confirmed_no or "") or None
    if (confirmed_on is None) != (number is None):
        raise Refused(N_("确认日期和文书号请一起填。"), field="confirmed_no" if number is None else "confirmed_on")
    mediation.court_asked_on, mediation.confirmed_on, mediation.confirmed_no = asked_on, confirmed_on, number
    record(mediation, case, "court", actor=actor, now=now, confirmed=confirmed_on is not None)


def add_look(mediation: Mediation, *, actor: Viewer, now: datetime, due_on: date) -> MediationLook:
    """Plan a day to look whether it holds."""
    case = held(mediation, actor)
    made = _plan(mediation, due_on, town_day(now))
    record(mediation, case, "look_planned", actor=actor, now=now, look=made.seq)
    return made


def _plan(mediation: Mediation, due_on: date, today: date) -> MediationLook:
    if due_on < today:
        raise Refused(N_("日期须在今天或以后。"), field="look_on")
    if any(one.due_on == due_on for one in mediation.looks):
        raise Refused(N_("这一天已经安排了回访。"), field="look_on")
    if len(mediation.looks) >= rules.MOST_LOOKS:
        raise Refused(N_("一次调解最多安排 %(n)s 次回访。", n=rules.MOST_LOOKS), field="look_on")
    last = max((one.seq for one in mediation.looks), default=0)
    made = MediationLook(mediation_id=mediation.id, seq=last + 1, due_on=due_on)
    db.session.add(made)
    db.session.flush()
    db.session.refresh(mediation, ["looks"])
    return made


def tick_look(mediation: Mediation, seq: int, *, actor: Viewer, now: datetime, word: str) -> MediationLook:
    """Tick a look with a word of what was found."""
    case = held(mediation, actor)
    found = next((one for one in mediation.looks if one.seq == seq), None)
    if found is None:
        raise Missing
    if found.done_on is not None:
        raise Refused(N_("这次回访已经记过了。"))
    if not clean_line(word):
        raise Refused(N_("请用一句话写明回访情况。"), field="word")
    found.done_on, found.word = town_day(now), clean_line(word)[:300]
    found.done_by_user_id, found.done_by_name = actor.user_id, actor.name
    record(mediation, case, "look_done", actor=actor, now=now, look=seq)
    return found
