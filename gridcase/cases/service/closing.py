"""The end of a case: the villager's word, the check by somebody else, self-solving, second checks, opening again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import (
    ATTEMPTS_APART,
    ATTEMPTS_NEEDED,
    SECOND_CHECK_SHARE,
    Answer,
    Level,
    Rating,
    answer_refusal,
    closing_needs_note,
)
from gridcase.cases.rules.majors import ABOVE_THE_VILLAGE
from gridcase.cases.service.door import _move, acting, lock
from gridcase.cases.service.moves import helper_in_village
from gridcase.cases.service.telling import tell_handler
from gridcase.cases.service.voices import follow
from gridcase.core.config import current
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Household
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from gridcase.points import service as points
from gridcase.points.rules import NOTICE_DAYS

_VILLAGE_ROLES = frozenset({Role.VILLAGE_HEAD, Role.FULLTIME_GRID})
_LEVELS = {GridLevel.TOWN: Level.TOWN, GridLevel.COUNTY: Level.COUNTY}


@dataclass(frozen=True)
class ClosingPolicy:
    """What an installation sets: the share of self-solved cases looked at again, the days points stand in public."""

    second_check_percent: int = round(SECOND_CHECK_SHARE * 100)
    notice_days: int = NOTICE_DAYS


DEFAULTS = ClosingPolicy()


def closing_policy() -> ClosingPolicy:
    """What this installation has set."""
    return ClosingPolicy(current().second_check_percent, current().notice_days)


def record_answer(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    answer: Answer | None,
    rating: Rating | None = None,
    note: str | None = None,
) -> CaseStep:
    """Write down the villager's word; `None` is a dated attempt that reached nobody, the third stands for a word."""
    lock(case)
    if answer is None:
        _check_attempt(case, now)
    attempts = case.answer_attempts + (answer is None)
    unreached = answer is None and attempts >= ATTEMPTS_NEEDED
    stands = Answer.NO_WORD_UNREACHED if unreached else answer
    _check_answer(case, stands, attempts)
    spoken = stands is not None and stands.is_word
    changes: dict[str, Any] = {"answer_attempts": attempts}
    if stands is not None:
        changes |= {"answer": stands, "rating": rating if spoken else None, "answer_note": (note or "")[:300] or None}
    if spoken and case.contacted_at is None:
        changes["contacted_at"] = now
    detail = {"answer": answer, "rating": rating if spoken else None, "attempts": attempts}
    return _move(case, "record_answer", actor=actor, now=now, note=note, detail=detail, changes=changes)


def contact(case: Case, *, actor: Viewer, now: datetime, note: str | None = None) -> CaseStep:
    """Say that the villager was spoken with for the first time: that clock stops."""
    return _move(case, "contact", actor=actor, now=now, note=note, changes={"contacted_at": now})


def _check_attempt(case: Case, now: datetime) -> None:
    """One more attempt makes sense where no word is there yet, and some time after the last one."""
    if case.answer is not None and Answer(case.answer).is_word:
        raise Refused(N_("群众的答复已经记下，不用再联系；要更正，请直接选群众的答复。"), field="answer")
    last = queries.last_attempt(case.id) if case.answer_attempts else None
    if last is not None and now < last + ATTEMPTS_APART:
        raise Refused(N_("刚刚联系过，请隔 1 小时换个时间再联系。"), field="answer")


def _check_answer(case: Case, answer: Answer | None, attempts: int) -> None:
    if answer is None:
        return
    refusal = answer_refusal(
        answer, anonymous=case.anonymous, imported=case.source_system is not None, attempts=attempts
    )
    if refusal is not None:
        raise Refused(refusal, field="answer")


def verify(
    case: Case, *, actor: Viewer, now: datetime, note: str | None = None, policy: ClosingPolicy = DEFAULTS
) -> CaseStep:
    """Check and close what somebody else handled; points follow once."""
    lock(case)
    unsolved = case.answer is not None and closing_needs_note(Answer(case.answer))
    if unsolved and not (note or "").strip():
        raise Refused(N_("群众说没有解决。请退回重办，或写明为什么可以办结。"), field="note")
    changes = {"resolved_level": _level_of(case)}
    step = _move(case, "verify", actor=actor, now=now, note=note, changes=changes)
    _award(case, actor=actor, now=now, policy=policy)
    follow(case, now=now)
    return step


def _level_of(case: Case) -> Level:
    """Where it was dealt with: by the post or unit that had it."""
    if case.handler_unit_id is not None:
        place = db.session.get(Grid, db.session.get_one(Unit, case.handler_unit_id).place_id)
        return _LEVELS.get(GridLevel(place.level), Level.VILLAGE) if place else Level.TOWN
    post = db.session.get(Post, case.handler_post_id) if case.handler_post_id else None
    return Level.VILLAGE if post is None or post.role in _VILLAGE_ROLES else Level.GRID


def _award(case: Case, *, actor: Viewer, now: datetime, policy: ClosingPolicy) -> None:
    if case.village_id is None:
        return
    points.award_for_case(
        case_id=case.id, number=case.number, village_id=case.village_id, class_code=case.case_class.code,
        reporter_rule=case.terms.reporter_rule, helper_rule=case.terms.helper_rule,
        reporter_household_id=case.household_id, helper_household_id=case.helper_household_id,
        restricted=case.restricted, imported=case.source_system is not None and case.due_at is None,
        actor=actor, now=now, notice_days=policy.notice_days,
    )  # fmt: skip


def self_solve(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    result: str,
    answer: Answer,
    rating: Rating | None = None,
    helper_household: Household | None = None,
    policy: ClosingPolicy = DEFAULTS,
) -> CaseStep:
    """Close what one has dealt with oneself, with the villager's spoken word; one in ten is looked at again."""
    lock(case)
    if case.case_class.code in ABOVE_THE_VILLAGE:
        raise Refused(N_("反映村干部和村账的事不能自办自结，由镇级以上单位办理。"))
    if case.unsorted:
        raise Refused(N_("这件事还没有分类，请先选类别和地点。"))
    _check_answer(case, answer, case.answer_attempts)
    grant = acting(case, actor, Permission.SELF_SOLVE_CASE)
    drawn = drawn_for_second_check(case.number, percent=policy.second_check_percent)
    village_level = grant is not None and grant.role in _VILLAGE_ROLES
    changes: dict[str, Any] = {
        "result": result.strip(), "answer": answer, "rating": rating if answer.is_word else None, "self_solved": True,
        "handled_by_user_id": actor.user_id, "handler_post_id": grant.post_id if grant else None,
        "handler_unit_id": None, "contacted_at": case.contacted_at or now,
        "resolved_level": Level.VILLAGE if village_level else Level.GRID, "second_check": "due" if drawn else None,
    }  # fmt: skip
    if helper_household is not None:
        changes["helper_household_id"] = helper_in_village(case, helper_household).id
    detail = {"answer": answer, "rating": changes["rating"], "second_check": drawn}
    step = _move(case, "self_solve", actor=actor, now=now, note=result, detail=detail, changes=changes)
    _award(case, actor=actor, now=now, policy=policy)
    follow(case, now=now)
    return step


def drawn_for_second_check(number: str, *, percent: int) -> bool:
    """Whether a self-solved case is one of those looked at again: drawn by its number, so that nobody can choose."""
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4]) % 100 < percent


def second_check(case: Case, *, actor: Viewer, now: datetime, passed: bool, note: str | None = None) -> CaseStep:
    """Look at a self-solved case again. Where it does not hold its points are taken back; reopening is another move."""
    if not passed and not (note or "").strip():
        raise Refused(N_("请写明复核发现了什么。"), field="note")
    changes = {"second_check": "passed" if passed else "failed"}
    step = _move(case, "second_check", actor=actor, now=now, note=note, detail={"passed": passed}, changes=changes)
    if not passed:
        points.reverse_for_case(case_id=case.id, actor=actor, now=now)
    return step


def rework(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """Send a result back to its handler; the villager will be asked anew."""
    step = _move(case, "rework", actor=actor, now=now, note=note, changes=_ASK_ANEW)
    tell_handler(case, step, now=now)
    return step


_ASK_ANEW: dict[str, Any] = {"answer": None, "answer_note": None, "answer_attempts": 0, "rating": None}


def reopen(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """Open a closed case again within 14 days: back to its handler, and its points are taken back."""
    changes = {**_ASK_ANEW, "resolved_level": None, "self_solved": False, "second_check": None}
    step = _move(case, "reopen", actor=actor, now=now, note=note, changes=changes)
    points.reverse_for_case(case_id=case.id, actor=actor, now=now)
    tell_handler(case, step, now=now)
    follow(case, now=now)
    return step
