"""The one door through which a case changes its state: lock, ask the rules, write the step, the audit, the counters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseRequest, CaseStep
from gridcase.cases.rules import ENDED_STATES, RequestState, State, move_named, why_not
from gridcase.cases.rules.said import note_wanted
from gridcase.cases.service import searching
from gridcase.cases.service.clocks import stage_due_at
from gridcase.cases.service.tallies import Key, key_of, shift
from gridcase.cases.service.telling import tell_lapsed
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Grant, Permission, Viewer, job
from gridcase.core.text import clean
from gridcase.core.words import N_

SYSTEM: Viewer = job(str(N_("系统")))


def lock(case: Case) -> None:
    """Hold the row until the transaction ends, and read it again: what is decided is decided on what is true now."""
    only_the_case = {"of": Case} if dialect_name() == "postgresql" else None  # not its class: others need that row
    db.session.refresh(case, with_for_update=only_the_case)


def _move(
    case: Case,
    name: str,
    *,
    actor: Viewer,
    now: datetime,
    note: str | None = None,
    detail: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> CaseStep:
    """Make one move of the table `MOVES`, or refuse in words. `changes` are columns of the case set on the way."""
    lock(case)
    move, note = move_named(name), clean(note or "") or None
    refusal = why_not(move, queries.standing_of(case, actor), now=now)
    if refusal is not None:
        raise Refused(refusal)
    if note is None and "note" in move.asks:
        raise Refused(note_wanted(name), field="note")
    grant = acting(case, actor, move.needs)  # before the changes: who gives a case back had it
    before, from_state = key_of(case), State(case.state)
    lapsed: list[CaseRequest] = []
    for column, value in (changes or {}).items():
        setattr(case, column, value)
    if move.target is not None:
        if from_state is State.IN_PROGRESS:
            lapsed = [one for one in case.requests if one.state == RequestState.ASKED]
        _arrive(case, move.target, now)
    step = write_step(
        case, name, actor=actor, grant=grant, now=now, from_state=from_state, before=before, note=note, detail=detail
    )
    for request in lapsed:
        _lapse(case, request, now)
    if searching.SOURCES & set(changes or ()):
        searching.put([case.id])
    return step


def _lapse(case: Case, request: CaseRequest, now: datetime) -> None:
    """What was asked for and not decided has no meaning once the case has left the handler's hands: it ends with a step
    of its own, and who asked is told."""
    request.state, request.decided_at = RequestState.LAPSED, now
    step = write_step(
        case, "lapse", actor=SYSTEM, grant=None, now=now, from_state=State(case.state), before=key_of(case),
        detail={"kind": request.kind},
    )  # fmt: skip
    tell_lapsed(case, step, request, now=now)


def _arrive(case: Case, state: State, now: datetime) -> None:
    case.state = state
    case.closed_at = now if state in ENDED_STATES else None
    case.closed_late = state is State.CLOSED and case.due_at is not None and now > case.due_at
    case.stage_due_at = stage_due_at(case, now=now)


def acting(case: Case, actor: Viewer, permission: Permission) -> Grant | None:
    """The post a move is made from: the one the case is addressed to, else the nearest that holds the permission."""
    held = [grant for grant in queries.grants_over(case, actor) if permission in grant.permissions]
    return held[0] if held else actor.acting(permission, path=case.path)


def write_step(
    case: Case,
    name: str,
    *,
    actor: Viewer,
    grant: Grant | None,
    now: datetime,
    from_state: State,
    before: Key,
    note: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> CaseStep:
    """The traces of a move: the step, the audit row, the counters. Of the first one: `entering.enter`."""
    last = select(func.coalesce(func.max(CaseStep.seq), 0)).where(CaseStep.case_id == case.id)
    seq = (db.session.scalar(last) or 0) + 1
    step = step_of(
        case, name, seq=seq, actor=actor, grant=grant, now=now, from_state=from_state, note=note, detail=detail
    )
    step.case_id = case.id
    db.session.add(step)
    shift(before, key_of(case))
    audit.record(
        actor=actor, action=f"case.{name}", subject_kind="case", subject_id=case.id, place_path=case.path, now=now,
        post_id=step.actor_post_id, detail={"step": seq, "from": from_state, "to": case.state},
    )  # fmt: skip
    db.session.flush()
    return step


def step_of(
    case: Case,
    name: str,
    *,
    seq: int,
    actor: Viewer,
    grant: Grant | None,
    now: datetime,
    from_state: State | None,
    note: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> CaseStep:
    """The step of a move, not written yet."""
    return CaseStep(
        seq=seq, move=name, from_state=from_state, to_state=case.state, actor_user_id=actor.user_id,
        actor_post_id=grant.post_id if grant else None, actor_name=actor.name,
        actor_role=grant.role if grant else actor.kind, at=now, note=note, detail=dict(detail or {}),
    )  # fmt: skip
