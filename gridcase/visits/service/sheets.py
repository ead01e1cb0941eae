"""Typing in a weekly sheet: every line is a visit of the representative, noted by who typed it, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from gridcase.audit import service as audit
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_, Text
from gridcase.households.models import Household
from gridcase.people.models import Post
from gridcase.visits import queries
from gridcase.visits.models import Visit
from gridcase.visits.queries.sheets import WEEK, homes_of, monday_of, noted_otherwise
from gridcase.visits.rules import TICKS, Purpose, Tick, VisitMode, VisitState, as_found
from gridcase.visits.service.records import Paper, VisitRecord, log_visit

WEEKS_BACK = 5  # how long a sheet may lie before it is typed in
MET_MOST, NOTE_LENGTH = 6, 500
NOON = time(12)
Choice = TypeVar("Choice", VisitMode, VisitState)


@dataclass(frozen=True)
class Line:
    """One line as it was typed: single digits for what has boxes on the paper."""

    household_id: int
    day: str = ""
    mode: str = ""
    met: str = ""
    state: str = ""
    ticks: str = ""
    note: str = ""
    again: bool = False  # a second visit of a day that has one by phone or on the web

    @property
    def empty(self) -> bool:
        """Whether nothing was typed; the way of the visit stands there by itself."""
        return not any(part.strip() for part in (self.day, self.met, self.state, self.ticks, self.note))


@dataclass(frozen=True)
class Typed:
    """What became of the lines: visits saved, and by home the field and the words of what has to be put right."""

    saved: tuple[Visit, ...]
    wrong: dict[int, tuple[str | None, Text]]


def enter_sheet(*, actor: Viewer, post: Post, week: date, lines: Sequence[Line], now: datetime) -> Typed:
    """Save all good lines in one transaction; a line that is not good is named and keeps nobody waiting.

    A line typed twice is one visit: home, representative and week make it.
    """
    check_week(week, today=town_day(now))
    circle = {home.id for home in homes_of([post], week=week, whole=True)[post.id]}
    saved: list[Visit] = []
    wrong: dict[int, tuple[str | None, Text]] = {}
    for line in lines:
        if line.empty:
            continue
        try:
            if line.household_id not in circle:
                raise Missing
            with db.session.begin_nested():
                saved.append(_enter(line, actor=actor, post=post, week=week, now=now))
        except Refused as refusal:
            wrong[line.household_id] = (refusal.field, refusal.text)
        except Missing:
            wrong[line.household_id] = (None, N_("这一户现在不归您管，请交给它现在的村或片。"))
    if saved or wrong:
        audit.record(
            actor=actor, action="visit.sheet", subject_kind="post", subject_id=post.id, place_path=post.place_path,
            now=now, detail={"week": week.isoformat(), "visits": [visit.id for visit in saved], "wrong": len(wrong)},
        )  # fmt: skip
    db.session.flush()
    return Typed(tuple(saved), wrong)


def check_week(week: date, *, today: date) -> None:
    """Refuse a sheet of the future, and one that lay too long."""
    if week != monday_of(week) or week > today:
        raise Refused(N_("请选这一周或以前的周。"), field="week")
    if week < monday_of(today) - WEEKS_BACK * WEEK:
        raise Refused(N_("只能补录最近 %(weeks)s 周的表。", weeks=WEEKS_BACK), field="week")


def _enter(line: Line, *, actor: Viewer, post: Post, week: date, now: datetime) -> Visit:
    record = read_line(line, post_id=post.id, week=week, now=now)
    known = queries.by_uuid(record.client_uuid)
    if known is not None:
        return _same(known, record)
    if not line.again:
        _check_new(record, post, line.household_id)
    household = db.session.get(Household, line.household_id)
    if household is None:
        raise Missing
    return log_visit(actor=actor, household=household, record=record, now=now)


def _check_new(record: VisitRecord, post: Post, home_id: int) -> None:
    """Paper beside a phone: the same visit is not noted twice. Who met nobody and then came again has visited twice."""
    day = town_day(record.visited_at)
    others = noted_otherwise(post.id, first=day, days=1, home_id=home_id)
    if any(one.met or not record.met for one in others):
        words = N_("%(day)s这一户已经有手机或网页上记的走访，不用再录；确实去了两次，请勾“另一次”。", day=day)
        raise Refused(words, field="again")


def _same(known: Visit, record: VisitRecord) -> Visit:
    """The line is there already; what was typed now must say the same."""
    before = (town_day(known.visited_at), known.mode, known.met, known.state, sorted(known.ticks), known.note)
    after = (
        town_day(record.visited_at), record.mode, record.met, record.state, sorted(record.ticks), record.note,
    )  # fmt: skip
    if before != after:
        raise Refused(N_("这一行已经录过，内容不同。要补充请从户里另记一次走访。"))
    return known


def read_line(line: Line, *, post_id: int, week: date, now: datetime) -> VisitRecord:
    """What a typed line says, or `Refused` at the field that says nothing."""
    day = _day(line.day, week, town_day(now))
    at = min(datetime.combine(day, NOON, TOWN_ZONE), now)
    met = _met(line.met)
    state = VisitState.NOT_MET if not met and not line.state.strip() else _state(line.state)
    met, state = as_found(met, state)
    end = datetime.combine(week + WEEK, time(), TOWN_ZONE)
    return VisitRecord(
        client_uuid=str(uuid5(NAMESPACE_URL, f"gridcase/sheet/{post_id}/{week}/{line.household_id}")),
        visited_at=at,
        noted_at=min(end, now),
        mode=_one_of(tuple(VisitMode), line.mode or "1", "mode", N_("“方式”填 1、2 或 3。")),
        met=met,
        state=state,
        ticks=_ticks(line.ticks),
        note=clean(line.note)[:NOTE_LENGTH] or None,
        purpose=Purpose.CARE,
        paper=Paper(post_id, week),
    )


def _day(typed: str, week: date, today: date) -> date:
    """The day of the month, alone or after the month; it lies in the week of the sheet and is not still to come."""
    days = [week + timedelta(days=n) for n in range(WEEK.days)]
    numbers = [int(part) for part in re.findall(r"\d{1,2}", typed)]
    found = [day for day in days if numbers and numbers[-1] == day.day and numbers[:-1] in ([], [day.month])]
    if not found:
        raise Refused(_between(days[0], days[-1]), field="day")
    if found[0] > today:
        raise Refused(N_("这一天还没有到。"), field="day")
    return found[0]


def _between(first: date, last: date) -> Text:
    span = {"month": first.month, "first": first.day, "last": last.day}
    if first.month == last.month:
        return N_("请填 %(month)s月%(first)s日至%(last)s日 之间的日期。", **span)
    return N_("请填 %(month)s月%(first)s日至%(end)s月%(last)s日 之间的日期。", end=last.month, **span)


def _one_of(members: tuple[Choice, ...], typed: str, field: str, words: Text) -> Choice:
    if not typed.strip().isdecimal() or not 1 <= int(typed) <= len(members):
        raise Refused(words, field=field)
    return members[int(typed) - 1]


def _state(typed: str) -> VisitState:
    states = tuple(VisitState)
    return _one_of(states, typed, "state", N_("“这一户现在”填 1 到 %(most)s。", most=len(states)))


def _met(typed: str) -> int:
    if not typed.strip().isdecimal() or int(typed) > MET_MOST:
        raise Refused(N_("“见到几人”填 0 到 6，6 人以上填 6。"), field="met")
    return int(typed)


def _ticks(typed: str) -> tuple[Tick, ...]:
    """Each digit is a box of the paper."""
    digits = [int(one) for one in re.sub(r"[\s,，、.]", "", typed) if one.isdecimal()]
    if len(digits) != len(re.sub(r"[\s,，、.]", "", typed)) or any(not 1 <= one <= len(TICKS) for one in digits):
        raise Refused(N_("“看到的、问到的”填 1 到 %(most)s，可以连着填。", most=len(TICKS)), field="ticks")
    return tuple(TICKS[one - 1] for one in sorted(set(digits)))
