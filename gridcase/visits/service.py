"""Writing visits: one visit is one row however often it is sent, and a demand heard on it becomes a case."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer, Channel
from gridcase.cases.service import ClosingPolicy, Intake
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.visits import queries
from gridcase.visits.models import Visit
from gridcase.visits.rules import Purpose, Tick, VisitMode, VisitState, counts_as_visit

DEFAULTS = ClosingPolicy()
OLDEST, CLOCKS_DIFFER = timedelta(days=7), timedelta(hours=24)


@dataclass(frozen=True)
class Demand:
    """What a villager asked for on a visit; with `result` and `answer` it was settled on the spot."""

    class_code: str
    title: str
    text: str
    result: str | None = None
    answer: Answer | None = None


@dataclass(frozen=True)
class VisitRecord:
    """A visit as it was noted down. `client_uuid` is made before it is sent, so that it counts once. `noted_at` is when
    it was written down where that is not now: on a phone without a signal."""

    client_uuid: str
    visited_at: datetime
    mode: VisitMode
    state: VisitState
    purpose: Purpose
    noted_at: datetime | None = None
    met: int = 0
    ticks: tuple[Tick, ...] = ()
    note: str | None = None
    demand: Demand | None = None


def log_visit(
    *,
    actor: Viewer,
    household: Household,
    record: VisitRecord,
    now: datetime,
    policy: ClosingPolicy = DEFAULTS,
) -> Visit:
    """Note a visit, carry it into the household, and raise the case it brought.

    The same record sent again answers with the first row; another record under the same mark is refused.
    """
    grant = _grant_over(actor, household)
    body_hash = _hash(actor, household, record)
    first = queries.by_uuid(record.client_uuid)
    if first is not None:
        return _same(first, body_hash)
    _check_time(record.visited_at, record.noted_at or now)
    if household.ended_on is not None and household.ended_on <= town_day(record.visited_at):
        raise Refused(N_("这一户已销户，不再记走访。"))
    visit = _new(actor, grant, household, record, body_hash, now)
    try:
        with db.session.begin_nested():
            db.session.add(visit)
    except IntegrityError:  # the same visit came in twice at once and the other one was first
        first = queries.by_uuid(record.client_uuid)
        if first is None:
            raise
        return _same(first, body_hash)
    if record.demand is not None:
        raised = _raise_case(record.demand, actor=actor, grant=grant, household=household, policy=policy, now=now)
        visit.case_id = raised.id
    if household.ended_on is None and _counts(household, record):
        households.note_visit(household, visited_at=record.visited_at)
    audit.record(
        actor=actor, action="visit.log", subject_kind="visit", subject_id=visit.id, place_path=household.path,
        post_id=grant.post_id, now=now, detail={"household": household.id, "case": visit.case_id},
    )  # fmt: skip
    db.session.flush()
    return visit


def _grant_over(actor: Viewer, household: Household) -> Grant:
    """The post this visit is made from: it must reach this very home."""
    for grant in actor.grants_with(Permission.LOG_VISIT):
        if covers(grant, path=household.path, section_id=household.section_id, household_id=household.id):
            return grant
    raise Missing


def _counts(household: Household, record: VisitRecord) -> bool:
    """Whether this contact moves the day of the next visit."""
    return counts_as_visit(
        record.mode,
        previous=queries.last_counted_mode(household),
        home_only=household.tier == CareTier.CONNECTED,
    )


def _check_time(visited_at: datetime, now: datetime) -> None:
    if visited_at > now + CLOCKS_DIFFER:
        raise Refused(N_("走访时间还没有到，请核对日期。"), field="visited_at")
    if visited_at < now - OLDEST:
        raise Refused(N_("只能补记最近七天的走访，请核对日期。"), field="visited_at")


def _hash(actor: Viewer, household: Household, record: VisitRecord) -> str:
    """SHA-256 over who noted what about which home."""
    demand = record.demand
    content: list[Any] = [
        actor.user_id, household.id, record.visited_at.astimezone(UTC).isoformat(), record.mode, record.state,
        record.purpose, record.met, sorted(record.ticks), record.note,
        [demand.class_code, demand.title, demand.text, demand.result, demand.answer] if demand else None,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _same(first: Visit, body_hash: str) -> Visit:
    if first.body_hash != body_hash:
        raise Refused(N_("这张表已经送出过，内容和这次不同。请从“今天”重新打开这一户再记。"))
    return first


def _new(
    actor: Viewer, grant: Grant, household: Household, record: VisitRecord, body_hash: str, now: datetime
) -> Visit:
    return Visit(
        client_uuid=record.client_uuid, body_hash=body_hash, household_id=household.id,
        village_id=household.village_id, path=household.path, section_id=household.section_id,
        post_id=grant.post_id, user_id=actor.user_id, visited_at=record.visited_at, received_at=now,
        mode=record.mode, purpose=record.purpose, met=record.met, state=record.state,
        ticks=sorted(record.ticks), note=record.note,
    )  # fmt: skip


def _raise_case(
    demand: Demand, *, actor: Viewer, grant: Grant, household: Household, policy: ClosingPolicy, now: datetime
) -> Case:
    """Register the demand; what was settled on the spot is closed in the same step, with the villager's word."""
    intake = Intake(
        case_class=case_queries.class_in_use(demand.class_code, path=household.path),
        title=demand.title,
        text=demand.text,
        channel=Channel.VISIT,
        grid=db.session.get_one(Grid, household.grid_id),
        household=household,
        collector_post=grant.post_id,
    )
    if demand.answer is None:
        return cases.collect(actor=actor, now=now, **intake)
    return cases.collect_and_solve(
        actor=actor,
        now=now,
        result=demand.result or "",
        answer=demand.answer,
        policy=policy,
        **intake,
    )


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """The visits of a home that was written twice are those of the kept one; each keeps the place it had."""
    ids = db.session.scalars(
        update(Visit).where(Visit.household_id == double.id).values(household_id=kept.id).returning(Visit.id),
        execution_options={"synchronize_session": False},
    ).all()
    if ids:
        audit.record(
            actor=actor, action="visit.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": len(ids)},
        )  # fmt: skip
    return len(ids)
