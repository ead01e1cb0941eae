"""Writing visits: one visit is one row however often it is sent, and what was heard on it goes where it belongs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.bulletin import queries as announcements
from gridcase.bulletin import service as bulletin
from gridcase.bulletin.rules import How
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer, Channel
from gridcase.cases.service import ClosingPolicy, Intake
from gridcase.checks import service as checks
from gridcase.checks.rules import Looked
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Grant, Viewer
from gridcase.core.words import N_
from gridcase.files.service import Prepared
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier, LifeKind
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Post
from gridcase.visits import queries
from gridcase.visits.models import GoodDeed, Visit, VisitErrand, VisitPaper, VisitSign
from gridcase.visits.rules import DoneBy, Errand, Purpose, Sign, Tick, VisitMode, VisitState, as_found, counts_as_visit
from gridcase.visits.service.deeds import note_deed
from gridcase.visits.service.grants import grant_over
from gridcase.visits.service.photos import hang
from gridcase.visits.service.signs import note_signs

DEFAULTS = ClosingPolicy()
SAID = {VisitMode.HOME: How.DOOR, VisitMode.PHONE: How.PHONE, VisitMode.VIDEO: How.MESSAGE}
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
class Spot:
    """An errand done or a question answered on the spot: `words` say what was brought or answered."""

    kind: Errand
    words: str | None = None
    done_by: DoneBy | None = DoneBy.SELF


@dataclass(frozen=True)
class FamilyNews:
    """A change in the family, as it was heard: whoever keeps the register checks it."""

    kind: LifeKind
    who: str
    on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Paper:
    """The line of a weekly sheet a visit was typed in from: the post that made the visit, the Monday of the week."""

    post_id: int
    week: date


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
    met: int = 1
    ticks: tuple[Tick, ...] = ()
    note: str | None = None
    demand: Demand | None = None
    spot: Spot | None = None
    news: FamilyNews | None = None
    deed: str | None = None
    checks: tuple[Looked, ...] = ()
    paper: Paper | None = None
    told: tuple[int, ...] = ()  # announcements passed on at the same time


def log_visit(
    *,
    actor: Viewer,
    household: Household,
    record: VisitRecord,
    now: datetime,
    policy: ClosingPolicy = DEFAULTS,
    signs: Collection[Sign] = (),
    photos: Sequence[Prepared] = (),
    anothers: bool = False,
) -> Visit:
    """Note a visit, carry it into the household, and raise the cases it brought.

    The same record sent again answers with the first row; another record under the same mark is refused. `signs` are
    no part of the record: they go where only named roles read them, and never come from an outbox. `photos` were
    checked before (`files.prepare` is slow). `anothers`: it was not the actor who stood at the door.
    """
    grant = grant_over(actor, household)
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
    # Two visits of one home are carried in one after the other; their own rows hold it by its key already.
    db.session.refresh(household, with_for_update={"key_share": True})
    _follow_up(visit, record, actor=actor, grant=grant, household=household, policy=policy, now=now)
    if record.mode == VisitMode.HOME and visit.met and not anothers:
        _meet(grant, actor, household, record, now)
    hang(visit, photos, actor=actor, now=now)
    if signs:
        note_signs(visit, household, actor=actor, signs=signs, now=now)
    if household.ended_on is None and _counts(household, visit):
        households.note_visit(household, visited_at=record.visited_at)
    audit.record(
        actor=actor, action="visit.log", subject_kind="visit", subject_id=visit.id, place_path=household.path,
        post_id=grant.post_id, now=now, detail={"household": household.id, "case": visit.case_id},
    )  # fmt: skip
    db.session.flush()
    return visit


def _follow_up(
    visit: Visit, record: VisitRecord, *, actor: Viewer, grant: Grant, household: Household, policy: ClosingPolicy,
    now: datetime,
) -> None:  # fmt: skip
    """What a visit brought beside itself, in the same transaction."""
    _pass_on(record, household, actor=actor, now=now)
    if record.demand is not None:
        raised = _raise_case(record.demand, actor=actor, grant=grant, household=household, policy=policy, now=now)
        visit.case_id = raised.id
    if record.spot is not None:
        with _beside("spot_words"):
            _settle(visit, record.spot, actor=actor, grant=grant, household=household, policy=policy, now=now)
    if record.news is not None:
        news = record.news
        with _beside("news_on"):
            households.propose(
                household, actor=actor, kind=news.kind, who=news.who, on=news.on, note=news.note, now=now
            )
    if record.deed is not None:
        with _beside("deed"):
            note_deed(
                actor=actor, client_uuid=record.client_uuid, household=household, text=record.deed,
                on=town_day(record.visited_at), now=now, noted_at=record.noted_at, visit=visit,
            )  # fmt: skip
    if record.checks:
        with _beside("found"):
            checks.note(
                actor=actor, household=household, visit_id=visit.id, post_id=visit.post_id, looked=record.checks,
                done_on=town_day(record.visited_at), now=now,
            )  # fmt: skip
    if record.paper is not None:
        db.session.add(VisitPaper(visit_id=visit.id, week=record.paper.week, by_post_id=grant.post_id))


def _pass_on(record: VisitRecord, household: Household, *, actor: Viewer, now: datetime) -> None:
    """The home heard these announcements, the way it was met."""
    for number in sorted(set(record.told)):
        one = announcements.get_announcement(number, viewer=actor)
        bulletin.tell(one, [household.id], actor=actor, at=record.visited_at, now=now, how=SAID[record.mode])


@contextmanager
def _beside(field: str) -> Iterator[None]:
    """A refusal from further down is said beside the field of the visit's form it came from."""
    try:
        yield
    except Refused as refusal:
        raise Refused(refusal.text, field=field) from refusal


def _meet(grant: Grant, actor: Viewer, household: Household, record: VisitRecord, now: datetime) -> None:
    """The first time a representative stands before somebody of a home of his circle, he has met it: the first of the
    three steps of his checklist ticks itself."""
    if grant.household_ids is None or grant.post_id is None or actor.person_id is None:
        return
    known = people.first_visit(grant.post_id, actor.person_id, household.id)
    if known is None or known.met_on is None:
        people_service.mark_first_visit(
            db.session.get_one(Post, grant.post_id), person_id=actor.person_id, household_id=household.id, step="met",
            on=town_day(record.visited_at), actor=actor, now=now,
        )  # fmt: skip


def _counts(household: Household, visit: Visit) -> bool:
    """Whether this contact moves the day of the next visit."""
    return counts_as_visit(
        VisitMode(visit.mode),
        met=visit.met,
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
    if more := [list(astuple(one)) for one in (record.spot, record.news) if one]:
        content.append(more)
    if record.deed is not None:
        content.append(record.deed)
    if record.checks:
        content.append(sorted([one.kind, sorted(one.found)] for one in record.checks))
    if record.told:
        content.append(["told", sorted(record.told)])
    if record.paper is not None:
        content.append([record.paper.post_id, record.paper.week.isoformat()])
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()


def _same(first: Visit, body_hash: str) -> Visit:
    if first.body_hash != body_hash:
        raise Refused(N_("这张表已经送出过，内容和这次不同。请从“今天”重新打开这一户再记。"))
    return first


def _new(
    actor: Viewer, grant: Grant, household: Household, record: VisitRecord, body_hash: str, now: datetime
) -> Visit:
    met, state = as_found(record.met, record.state)
    return Visit(
        client_uuid=record.client_uuid, body_hash=body_hash, household_id=household.id,
        village_id=household.village_id, path=household.path, section_id=household.section_id,
        post_id=record.paper.post_id if record.paper else grant.post_id, user_id=actor.user_id,
        visited_at=record.visited_at, received_at=now,
        mode=record.mode, purpose=record.purpose, met=met, state=state,
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


def _settle(
    visit: Visit, spot: Spot, *, actor: Viewer, grant: Grant, household: Household, policy: ClosingPolicy, now: datetime
) -> None:
    """An errand done or a question answered: a case that is registered and closed in one step."""
    words, done_by = (spot.words or "").strip(), spot.done_by or DoneBy.SELF
    if spot.kind is Errand.QUESTION:
        demand = _answered(words)
    else:
        title = f"{spot.kind.label}：{words}" if words else str(spot.kind.label)
        demand = Demand(spot.kind.class_code, title, title, f"{done_by.label}办好了。", Answer.SOLVED)
    raised = _raise_case(demand, actor=actor, grant=grant, household=household, policy=policy, now=now)
    by = None if spot.kind is Errand.QUESTION else done_by
    db.session.add(VisitErrand(case_id=raised.id, visit_id=visit.id, kind=spot.kind, done_by=by))


def _answered(words: str) -> Demand:
    if not words:
        raise Refused(N_("请写一句答了什么。"), field="spot_words")
    return Demand(Errand.QUESTION.class_code, words, words, words, Answer.ANSWERED_QUESTION)


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """The visits of a home that was written twice are those of the kept one; each keeps the place it had."""
    ids = db.session.scalars(
        update(Visit).where(Visit.household_id == double.id).values(household_id=kept.id).returning(Visit.id),
        execution_options={"synchronize_session": False},
    ).all()
    for beside in (GoodDeed, VisitSign):
        db.session.execute(
            update(beside).where(beside.household_id == double.id).values(household_id=kept.id),
            execution_options={"synchronize_session": False},
        )
    if ids:
        audit.record(
            actor=actor, action="visit.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": len(ids)},
        )  # fmt: skip
    return len(ids)
