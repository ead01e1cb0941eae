"""Cases for measuring, with steps, audit rows, points on the map, the words they are found by, and counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.audit.service import chain_of
from gridcase.cases.models import Case, CaseClass, CasePoint, CaseSearch, CaseSequence, CaseStep, CaseTally
from gridcase.cases.rules import Answer, Channel, Level, Rating, State, case_number
from gridcase.cases.rules.majors import UNSORTED_CLASS
from gridcase.cases.rules.searching import words_of
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.seed.scale import texts, writing
from gridcase.seed.scale.places import Home, Town, Village

DAYS = 365
BATCH = 20_000
YOUNG = 1.1  # times the share of open cases: the newest cases, of which most are open
OPEN_AMONG_YOUNG, OPEN_AMONG_OLD = 0.8, 0.12  # the latter times the share of open cases, over all that are older
_OPEN = (State.REGISTERED, State.ACCEPTED, State.DISPATCHED, State.IN_PROGRESS, State.FEEDBACK)
_OPEN_WEIGHTS = (15, 10, 20, 40, 15)
# (move, state after it) from the first to the last
_WAY = (
    ("register", State.REGISTERED), ("accept", State.ACCEPTED), ("dispatch", State.DISPATCHED),
    ("sign", State.IN_PROGRESS), ("submit_result", State.FEEDBACK), ("record_answer", State.FEEDBACK),
    ("verify", State.CLOSED),
)  # fmt: skip
_SHORT = (("register", State.REGISTERED), ("self_solve", State.CLOSED))
_CASE = (
    "id number class_id title text channel state urgency county_id town_id village_id grid_id path household_id "
    "reporter_name anonymous restricted unsorted collector_post_id handler_post_id handler_unit_id registered_at "
    "contact_due_at contacted_at due_at soon_at due_provisional stage_due_at closed_at closed_late resolved_level "
    "result answer answer_attempts rating self_solved"
)
_STEP = "case_id seq move from_state to_state actor_post_id actor_name actor_role at note detail"
_AUDIT = "at actor_post_id actor_name action subject_kind subject_id place_path chain detail"


@dataclass(frozen=True)
class Draft:
    """One case before it is written."""

    id: int
    number: str
    town: Town
    village: Village
    home: Home
    case_class: Any
    state: State
    self_solved: bool
    registered_at: datetime
    due_at: datetime
    closed_at: datetime | None
    title: str
    text: str

    @property
    def way(self) -> tuple[tuple[str, State], ...]:
        """Its moves so far."""
        if self.self_solved:
            return _SHORT
        last = {**{state: n for n, (_, state) in enumerate(_WAY)}, State.FEEDBACK: 4}[self.state]
        return _WAY[: last + 1]

    @property
    def to_station(self) -> bool:
        """Whether the town's station has it, not the village head."""
        return self.case_class.level == Level.TOWN

    @property
    def sent(self) -> bool:
        """Whether it was sent to somebody."""
        return len(self.way) > 2


def write(
    towns: Sequence[Town], count: int, still_open: int, *, now: datetime, rng: Random, progress: Callable[[int], None]
) -> None:
    """Cases of the last year, oldest first, about `still_open` of them open, in batches of one transaction each."""
    running: Counter[tuple[str, date]] = Counter()  # the last number of each town's day
    drafts = _drafts(towns, count, still_open / max(1, count), running, now=now, rng=rng)
    tallies: Counter[tuple[int, int, int, str]] = Counter()
    for start in range(0, count, BATCH):
        batch = [next(drafts) for _ in range(min(BATCH, count - start))]
        with transaction():
            writing.write(Case, _CASE, (_case(draft, rng) for draft in batch))
            writing.write(
                CasePoint, "case_id geom source", ((d.id, writing.point_text(d.home.at), "household") for d in batch)
            )
            steps = [pair for draft in batch for pair in _steps(draft)]
            writing.write(CaseStep, _STEP, (row for row, _ in steps))
            writing.write(AuditRow, _AUDIT, (row for _, row in steps))
            writing.write(CaseSearch, "case_id words", ((draft.id, _words(draft)) for draft in batch))
        tallies.update((d.town.id, d.village.id, d.case_class.id, str(d.state)) for d in batch)
        progress(start + len(batch))
    with transaction():
        writing.write(CaseTally, "town_id village_id class_id state delta", ((*k, n) for k, n in tallies.items()))
        writing.write(CaseSequence, "town_code day last", ((*k, n) for k, n in running.items()))


def _drafts(
    towns: Sequence[Town], count: int, share: float, running: Counter[tuple[str, date]], *, now: datetime, rng: Random
) -> Iterator[Draft]:
    classes = db.session.execute(
        select(
            CaseClass.id, CaseClass.zh, CaseClass.level, CaseClass.limit, CaseClass.limit_unit, CaseClass.urgency
        ).where(CaseClass.code != UNSORTED_CLASS, CaseClass.restricted.is_(False))
    ).all()
    names = texts.coined()
    with transaction():
        ids = writing.reserve(Case, count)
    for n in range(count):
        at = now - timedelta(days=DAYS) * (1 - (n + rng.random()) / count)
        town = rng.choice(towns)
        village = rng.choice(town.villages)
        day, case_class = town_day(at), rng.choice(classes)
        running[town.code[:9], day] += 1
        state = _state(n / count, share, rng)
        title, text = texts.said(rng, names, village.name)
        closed = state is State.CLOSED
        limit = timedelta(hours=case_class.limit * {"W": 4, "N": 1, "D": 24}[case_class.limit_unit])  # near enough
        yield Draft(
            id=next(ids), number=case_number(day, town.code[:9], running[town.code[:9], day]), town=town,
            village=village, home=rng.choice(village.homes), case_class=case_class, state=state,
            self_solved=closed and rng.random() < 0.5, registered_at=at, due_at=at + limit,
            closed_at=min(at + limit * rng.uniform(0.1, 1.1), now) if closed else None, title=title, text=text,
        )  # fmt: skip


def _state(age: float, share: float, rng: Random) -> State:
    """`age` 0 is the oldest case, 1 the newest; `share` of all are open."""
    still_open = OPEN_AMONG_YOUNG if age > 1 - YOUNG * share else OPEN_AMONG_OLD * share
    return rng.choices(_OPEN, weights=_OPEN_WEIGHTS)[0] if rng.random() < still_open else State.CLOSED


def _case(d: Draft, rng: Random) -> tuple[Any, ...]:
    closed, late = d.closed_at is not None, d.closed_at is not None and d.closed_at > d.due_at
    post = None if not d.sent or d.to_station else d.village.head_post
    unit = d.town.station if d.sent and d.to_station else None
    level = (Level.GRID if d.self_solved else Level.TOWN if d.to_station else Level.VILLAGE) if closed else None
    soon = d.due_at - (d.due_at - d.registered_at) / 4
    return (
        d.id, d.number, d.case_class.id, d.title, d.text, Channel.VISIT, d.state,
        d.case_class.urgency, d.town.county_id, d.town.id, d.village.id, d.home.cell.id, d.home.cell.path, d.home.id,
        "住户", False, False, False, rng.choice(d.village.liaison_posts), post, unit, d.registered_at, d.due_at,
        d.registered_at, d.due_at, soon, False, None if closed else d.due_at, d.closed_at, late, level,
        "已办好。" if closed else None, Answer.SOLVED if closed else None, 0, Rating.SATISFIED if closed else None,
        d.self_solved,
    )  # fmt: skip


def _words(d: Draft) -> str:
    """What the case is found by, in the order of `cases.service.searching`."""
    told = (d.title, d.text, d.case_class.zh, d.village.name, d.home.cell.name)
    return writing.words_text(words_of(told, (d.number,), d.home.cell.path))


def _steps(d: Draft) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Each step with its audit row."""
    way, before = d.way, None
    chain = chain_of(d.home.cell.path)
    lasted = d.closed_at - d.registered_at if d.closed_at else (d.due_at - d.registered_at) / 2
    for seq, (move, state) in enumerate(way, start=1):
        at = d.registered_at + lasted * (seq - 1) / max(1, len(way) - 1)
        post = d.village.head_post if seq > 1 else d.village.liaison_posts[0]
        yield (
            (d.id, seq, move, before, state, post, "试算", "village_head", at, None, {}),
            (at, post, "试算", f"case.{move}", "case", d.id, d.home.cell.path, chain, {"step": seq}),
        )
        before = state
