"""More time or a pause: asked for by the handler, granted or refused by somebody else; each request is a row."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseRequest, CaseStep
from gridcase.cases.rules import ExtensionReason, RequestKind, RequestState
from gridcase.cases.service.clocks import stage_due_at, start_clocks
from gridcase.cases.service.door import _move, acting, lock
from gridcase.cases.service.telling import tell_asker, tell_granters
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.core.worktime import HOURS_A_DAY, LimitUnit

LONGEST_PAUSE = timedelta(days=366)


def ask_extension(
    case: Case, *, actor: Viewer, now: datetime, reason: ExtensionReason, amount: int, note: str | None = None
) -> CaseStep:
    """Ask for a longer limit. `amount` in working days, hours or days, as the class counts; nothing changes yet."""
    lock(case)
    unit = LimitUnit(case.terms.limit_unit)
    extra = float(amount * HOURS_A_DAY if unit is LimitUnit.WORKING else amount)
    if amount < 1:
        raise Refused(N_("请填要延长多少，至少为 1。"), field="amount")
    if extra > max(case.terms.limit, HOURS_A_DAY if unit is LimitUnit.WORKING else 1):
        raise Refused(N_("延长的时间不能超过这类事原来的时限。"), field="amount")
    detail = {"reason": reason, "extra": extra, "unit": unit}
    step = _move(case, "ask_extension", actor=actor, now=now, note=note, detail=detail)
    _ask(case, RequestKind.EXTENSION, reason, actor=actor, now=now, note=note, amount=extra)
    tell_granters(case, step, now=now)
    return step


def ask_pause(
    case: Case, *, actor: Viewer, now: datetime, reason: ExtensionReason, until: date, note: str | None = None
) -> CaseStep:
    """Ask to let the case stand until a day; the clocks go on until somebody grants it."""
    lock(case)
    end_of_pause(until, now)
    detail = {"reason": reason, "until": until.isoformat()}
    step = _move(case, "ask_pause", actor=actor, now=now, note=note, detail=detail)
    _ask(case, RequestKind.PAUSE, reason, actor=actor, now=now, note=note, until=until)
    tell_granters(case, step, now=now)
    return step


def end_of_pause(until: date, now: datetime) -> datetime:
    """The last moment of a pause, in UTC; `Refused` for a day gone by or more than a year away."""
    ends = datetime.combine(until, time.max, tzinfo=TOWN_ZONE).astimezone(UTC)
    if ends <= now:
        raise Refused(N_("预计恢复的日期须在今天或以后。"), field="expected_on")
    if ends > now + LONGEST_PAUSE:
        raise Refused(N_("挂起最长一年，请填一年以内的日期。"), field="expected_on")
    return ends


def _ask(
    case: Case,
    kind: RequestKind,
    reason: ExtensionReason,
    *,
    actor: Viewer,
    now: datetime,
    note: str | None,
    amount: float | None = None,
    until: date | None = None,
) -> None:
    grant = acting(case, actor, Permission.HANDLE_CASE)
    case.requests.append(
        CaseRequest(
            kind=kind, reason=reason, amount=amount, until=until, note=clean(note or "") or None,
            state=RequestState.ASKED, asked_at=now, asked_by_user_id=actor.user_id,
            asked_by_post_id=grant.post_id if grant else None, asked_by_name=actor.name,
        )
    )  # fmt: skip
    db.session.flush()


def open_request(case: Case, kind: RequestKind) -> CaseRequest | None:
    """The request of this kind that waits for an answer."""
    return next((one for one in case.requests if one.kind == kind and one.state == RequestState.ASKED), None)


def decide(request: CaseRequest, state: RequestState, *, actor: Viewer, now: datetime) -> None:
    """Write down what became of a request."""
    request.state, request.decided_at = state, now
    request.decided_by_user_id, request.decided_by_name = actor.user_id, actor.name
    db.session.flush()


def grant_extension(case: Case, *, actor: Viewer, now: datetime, note: str | None = None) -> CaseStep:
    """Lengthen the limit by what was asked for: counted from the same start, pauses and all."""
    lock(case)
    request = open_request(case, RequestKind.EXTENSION)
    asked = {"extra": request.amount, "reason": request.reason} if request else {}
    detail = {**asked, "unit": case.terms.limit_unit}
    step = _move(case, "grant_extension", actor=actor, now=now, note=note, detail=detail)
    if request is not None:  # the rules have made sure of it
        decide(request, RequestState.GRANTED, actor=actor, now=now)
        recount(case)
        case.stage_due_at = stage_due_at(case, now=now)
        tell_asker(case, step, request, now=now)
    return step


def refuse_extension(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """Say no, with a reason; the limit stays."""
    return _refuse(case, "refuse_extension", RequestKind.EXTENSION, actor=actor, now=now, note=note)


def refuse_pause(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """Say no, with a reason; the clocks have never stopped."""
    return _refuse(case, "refuse_pause", RequestKind.PAUSE, actor=actor, now=now, note=note)


def _refuse(case: Case, name: str, kind: RequestKind, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    lock(case)
    request = open_request(case, kind)
    step = _move(case, name, actor=actor, now=now, note=note)
    if request is not None:
        decide(request, RequestState.REFUSED, actor=actor, now=now)
        tell_asker(case, step, request, now=now)
    return step


def suspend(
    case: Case, *, actor: Viewer, now: datetime, reason: ExtensionReason, until: date, note: str | None = None
) -> CaseStep:
    """Stop the clock until a day, asked for or not: the deadline moves by the pause, and once more when it ends."""
    lock(case)
    ends = end_of_pause(until, now)
    request = open_request(case, RequestKind.PAUSE)
    if request is not None and (request.asked_by_user_id is None or request.asked_by_user_id != actor.user_id):
        decide(request, RequestState.GRANTED, actor=actor, now=now)
    detail = {"reason": reason, "until": ends.isoformat()}
    step = _move(case, "suspend", actor=actor, now=now, note=note, detail=detail)
    recount(case)
    if request is not None:
        tell_asker(case, step, request, now=now)
    return step


def resume(case: Case, *, actor: Viewer, now: datetime, note: str | None = None) -> CaseStep:
    """Go on; the deadline moves by the time the case really stood."""
    step = _move(case, "resume", actor=actor, now=now, note=note)
    recount(case)
    case.stage_due_at = stage_due_at(case, now=now)
    return step


def recount(case: Case) -> None:
    """The clocks of a case anew from its own timeline."""
    if case.due_at is not None:
        clock = queries.clock_of(case, queries.steps(case.id))
        start_clocks(case, start=clock.start, pauses=clock.pauses, extra=clock.extra)
