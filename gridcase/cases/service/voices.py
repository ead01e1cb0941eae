"""Voices (附议): a report of the same matter joins the case at hand, follows it, and can be taken out again.

A voice keeps its number, its page and its clock. While it has joined it stands at "duplicate", so that nothing counts
it late a second time; taken out it is registered again, due when it always was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep, CaseVoice
from gridcase.cases.queries import voices as found
from gridcase.cases.rules import State
from gridcase.cases.rules.voices import MILESTONES, News, counted, speaker
from gridcase.cases.service.clocks import stage_due_at, start_clocks
from gridcase.cases.service.door import SYSTEM, _move, lock
from gridcase.cases.service.telling import tell_former, tell_spoken, tell_voice
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_

# Ended without being dealt with: nothing can be left to such a case.
DROPPED = frozenset({State.DUPLICATE, State.VOIDED, State.WITHDRAWN})
AT_ONCE = 20  # voices that follow in the transaction of their first case; the rest a minute later, by the job


def reject_duplicate(
    case: Case, *, actor: Viewer, now: datetime, first: Case | None, note: str | None = None
) -> CaseStep:
    """Let a case join another one of the town as a voice; that one carries on for both. A voice of a voice joins what
    that one has joined, and its own voices come along.
    """
    if first is None or first.town_id != case.town_id:
        raise Refused(N_("没有找到首件，请核对编号。"), field="duplicate_of")
    first = _first_behind(first)
    if first.id == case.id:
        raise Refused(N_("不能并入自己，请填首件的编号。"), field="duplicate_of")
    for one in sorted((case, first), key=lambda each: each.id):  # always in this order: two desks may merge crosswise
        lock(one)
    _check(case, first)
    sent_to = (case.handler_post_id, case.handler_unit_id)
    step = _move(
        case, "reject_duplicate", actor=actor, now=now, note=note, detail={"of": first.id, "to": first.number},
        changes={"handler_post_id": None, "handler_unit_id": None},
    )  # fmt: skip
    tell_former(case, step, now=now, post_id=sent_to[0], unit_id=sent_to[1])
    _join(case, first, step)
    return step


def _first_behind(first: Case) -> Case:
    joined = found.joined_of(first)
    return first if joined is None else db.session.get_one(Case, joined.first_id)


def _check(case: Case, first: Case) -> None:
    if case.restricted or first.restricted:
        raise Refused(N_("限定可见的事不并件，请单独办理。"), field="duplicate_of")
    if first.state in DROPPED:
        raise Refused(N_("首件自己已不再办理，请填仍有人办的那一件。"), field="duplicate_of")
    if first.state == State.CLOSED:
        raise Refused(N_("首件已经办结。问题还在的，请重启首件，或单独受理本件。"), field="duplicate_of")


def _join(case: Case, first: Case, step: CaseStep) -> None:
    seq = found.newest_step(first.id)
    own = found.voices_of(case.id)
    for voice in own:
        voice.first_id, voice.heard_seq = first.id, seq
        _hear(voice, News.MOVED, first.number, step.at)
    voice = CaseVoice(
        case_id=case.id, first_id=first.id, since=step.at, by_name=step.actor_name, counted=False, heard_seq=seq
    )
    db.session.add(voice)
    db.session.flush()
    count = _count(first)
    if not voice.counted and speaker(case.household_id, case.reporter_phone, case.reporter_name):
        tell_spoken(first, voice.id, now=step.at, count=None)
    elif count in MILESTONES:
        tell_spoken(first, voice.id, now=step.at, count=count)


def _count(first: Case) -> int:
    """Say anew which voices add a home or person; returns how many have spoken."""
    rows, voices = found.speakers(first.id), {voice.id: voice for voice in found.voices_of(first.id)}
    own = speaker(first.household_id, first.reporter_phone, first.reporter_name)
    adds = counted(own, [speaker(row.household_id, row.reporter_phone, row.reporter_name) for row in rows])
    for row, one in zip(rows, adds, strict=True):
        voices[row.id].counted = one
    db.session.flush()
    return 1 + sum(adds)


def take_out(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """Let a voice have its own life again: registered, with the clock it always had."""
    voice = found.joined_of(case)
    if voice is None:
        raise Refused(N_("本件没有附议别的事件。"))
    first = db.session.get_one(Case, voice.first_id)
    lock(first)  # the first case before its voices: so does whoever lets them follow
    db.session.refresh(voice, with_for_update=True)
    if voice.ended_at is not None or voice.first_id != first.id:
        raise Refused(N_("本件刚刚已被移出，请刷新页面。"))
    step = _out(case, voice, actor=actor, now=now, note=note, detail={"from": first.number})
    _count(first)
    return step


def _out(case: Case, voice: CaseVoice, *, actor: Viewer, now: datetime, note: str, detail: dict[str, str]) -> CaseStep:
    step = _move(case, "take_out", actor=actor, now=now, note=note, detail=detail)
    voice.ended_at = now
    if case.due_at is not None:  # the calendar may have changed meanwhile
        clock = queries.clock_of(case, queries.steps(case.id))
        start_clocks(case, start=clock.start, pauses=clock.pauses, extra=clock.extra)
        case.stage_due_at = stage_due_at(case, now=now)
    db.session.flush()
    tell_voice(case, step, now=now)
    return step


def follow(first: Case, *, now: datetime, most: int = AT_ONCE) -> int:
    """Let the voices of a case follow it: each gets a step of its own and its reporter's post is told. Where the case
    ended without being dealt with, they are taken out. Returns how many moved; safe to call at any time.
    """
    if first.state in (State.VOIDED, State.WITHDRAWN):
        return _release(first, found.voices_of(first.id, most=most), str(N_("首件不再办理，本件恢复单独办理。")), now)
    news = found.news_of(first.id)
    if news is None:
        return 0
    voices = found.voices_of(first.id, heard_before=news[0], most=most)
    for voice in voices:
        voice.heard_seq = news[0]
        _hear(voice, news[1], first.number, now)
    return len(voices)


def _hear(voice: CaseVoice, news: News, number: str, now: datetime) -> None:
    case = db.session.get_one(Case, voice.case_id)
    step = _move(case, "follow_first", actor=SYSTEM, now=now, detail={"what": news, "to": number})
    tell_voice(case, step, now=now)


def _release(first: Case, voices: Sequence[CaseVoice], why: str, now: datetime) -> int:
    for voice in voices:
        case = db.session.get_one(Case, voice.case_id)
        _out(case, voice, actor=SYSTEM, now=now, note=why, detail={"from": first.number})
    return len(voices)


def part(*, now: datetime, among: Collection[int] | None = None, most: int = AT_ONCE) -> int:
    """Where a case or a voice of it became restricted while it is open, each stands on its own again; of an ended one
    nothing is left to do. `among`: only these cases. Returns how many voices were taken out.
    """
    parted = 0
    for first_id in found.firsts_to_part(among):
        first = db.session.get_one(Case, first_id)
        lock(first)  # the first case before its voices, as everywhere
        voices = found.voices_to_part(first, most=most - parted)
        parted += _release(first, voices, str(N_("首件另行办理，本件恢复单独办理。")), now)
        _count(first)
        if parted >= most:
            break
    return parted


def follow_all(*, now: datetime) -> int:
    """A batch of what could not follow, or be parted, at once; returns how many voices moved."""
    moved = part(now=now)
    for first_id in found.unheard(limit=1):
        first = db.session.get_one(Case, first_id)
        lock(first)
        moved += follow(first, now=now)
    return moved
