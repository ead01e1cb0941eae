"""The body of an item, by kind: a visit, a case, a change, an announcement passed on, a good deed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gridcase.cases.rules import Answer
from gridcase.checks.rules import CheckKind
from gridcase.households.rules import LifeKind
from gridcase.sync.rules.reading import MISSING, UNKNOWN, Reader
from gridcase.visits.rules import DoneBy, Errand, Purpose, Tick, VisitMode, VisitState

MET_MOST, TITLE_MOST, TEXT_MOST, RESULT_MOST, NOTE_MOST = 99, 60, 2000, 1000, 500
TOLD_MOST, SPOT_MOST = 400, 100


@dataclass(frozen=True)
class CaseBody:
    """A demand; with `result` and `answer` it was settled on the spot."""

    class_code: str
    title: str
    text: str
    result: str | None
    answer: Answer | None


@dataclass(frozen=True)
class CheckBody:
    """What a seasonal check found."""

    kind: CheckKind
    found: tuple[str, ...]


@dataclass(frozen=True)
class SpotBody:
    """An errand done, or a question answered, on the spot."""

    kind: Errand
    words: str
    by: DoneBy


@dataclass(frozen=True)
class VisitBody:
    """A visit."""

    visited_at: datetime
    mode: VisitMode
    met: int
    state: VisitState
    purpose: Purpose
    ticks: tuple[Tick, ...]
    note: str | None
    demand: CaseBody | None
    check: CheckBody | None
    spot: SpotBody | None


@dataclass(frozen=True)
class ToldBody:
    """Homes an announcement was passed on to."""

    notice: int
    homes: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class ChangeBody:
    """A change in a family, for its village to confirm."""

    kind: LifeKind
    who: str
    on: date | None
    note: str


@dataclass(frozen=True)
class DeedBody:
    """A good deed."""

    text: str
    on: date


def classes_of(body: object) -> tuple[str, ...]:
    """The codes of the classes that an item names."""
    if isinstance(body, CaseBody):
        return (body.class_code,)
    if not isinstance(body, VisitBody):
        return ()
    spot = (body.spot.kind.class_code,) if body.spot else ()
    return (*classes_of(body.demand), *spot)


Body = VisitBody | CaseBody | ToldBody | ChangeBody | DeedBody


def read_case(read: Reader) -> CaseBody:
    """A demand: the class is known by its code; who settled it on the spot says how, and what the villager said."""
    title = read.text("title", most=TITLE_MOST)
    result, answer = read.text("result", most=RESULT_MOST, needed=False), None
    if read.has("answer"):
        answer = read.choice("answer", Answer)
        if not answer.is_word:  # that nobody could be asked is not said of somebody who stands there
            read.complain("answer", UNKNOWN)
        if not result:
            read.complain("result", MISSING)
    elif result:
        read.complain("answer", MISSING)
    text = read.text("text", most=TEXT_MOST, needed=False)
    return CaseBody(read.text("class", most=12), title, text or title, result or None, answer)


def read_visit(read: Reader) -> VisitBody:
    """A visit; a demand and a seasonal check may be part of it."""
    check = None
    if read.has("check"):
        inner = read.inner("check")
        check = CheckBody(inner.choice("kind", CheckKind), inner.words("found", most=40, length=40))
    return VisitBody(
        visited_at=read.moment("visited_at"),
        mode=read.choice("mode", VisitMode),
        met=read.number("met", most=MET_MOST) or 0,
        state=read.choice("state", VisitState),
        purpose=read.choice("purpose", Purpose),
        ticks=read.choices("ticks", Tick),
        note=read.text("note", most=NOTE_MOST, needed=False) or None,
        demand=read_case(read.inner("demand")) if read.has("demand") else None,
        check=check,
        spot=_spot(read.inner("spot")) if read.has("spot") else None,
    )


def _spot(read: Reader) -> SpotBody:
    kind = read.choice("kind", Errand)
    words = read.text("words", most=SPOT_MOST, needed=kind is Errand.QUESTION)
    return SpotBody(kind, words, read.choice("by", DoneBy, default=DoneBy.SELF))


def read_told(read: Reader) -> ToldBody:
    """An announcement passed on."""
    return ToldBody(
        notice=read.number("notice", least=1) or 0,
        homes=read.numbers("homes", most=TOLD_MOST),
        at=read.moment("at"),
    )


def read_change(read: Reader) -> ChangeBody:
    """A change in a family."""
    return ChangeBody(
        kind=read.choice("change", LifeKind),
        who=read.text("who", most=60),
        on=read.day("on", needed=False),
        note=read.text("note", most=300, needed=False),
    )


def read_deed(read: Reader) -> DeedBody:
    """A good deed."""
    return DeedBody(text=read.text("text", most=NOTE_MOST), on=read.day("on") or date(2000, 1, 1))
