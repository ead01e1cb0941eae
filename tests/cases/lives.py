"""Random lives of a case beside a model in plain Python: the machine of `test_lives`. Many lives share one database,
as the cases of a town do; what a life leaves open is voided at its end.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from gridcase.app import create_app, load_viewer
from gridcase.calendar import queries as calendar
from gridcase.calendar.rules import Day
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseFile, CaseStep, SupervisionSheet, Whistle
from gridcase.cases.rules import (
    ENDED_STATES,
    Answer,
    ExtensionReason,
    Level,
    Rating,
    ReturnReason,
    State,
    WhistleKind,
    climbs_to,
    moves_open_to,
)
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.worktime import DayKind, Limit, LimitUnit
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from gridcase.reminders import jobs
from gridcase.reminders.service import calendar as desk
from gridcase.users.models import User
from gridcase.users.session import Account
from tests.cases.test_rules import EXPECTED
from tests.conftest import Templates
from tests.factories.cases import collected
from tests.factories.world import World
from tests.files.corpus import jpeg

TOGETHER = 100  # lives in one database
RARE = frozenset({"withdraw", "void", "reject_duplicate", "self_solve"})  # end a life too soon
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLOSED_DAY = date(2026, 12, 2)  # a Wednesday within the ten working days of the class
ROLES = (
    Role.LIAISON, Role.GRID_LEADER, Role.VILLAGE_HEAD, Role.DEPT, Role.UNIT_LEAD, Role.DISPATCHER,
    Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT, Role.TOWN_MANAGER, Role.SECTION_LEADER,
)  # fmt: skip
UNITS = ("water", "justice", "county_water", "other_station")
# Where a move may start and lead, out of the table written down a second time; None: the state stays.
ARROWS = {name: (frozenset(sources.split()), target) for name, (sources, target, _right) in EXPECTED.items()}
# Working hours of a stage for an ordinary case; handling has the case's own limit.
STAGES = {"registered": 8, "accepted": 4, "returned": 4, "dispatched": 8, "feedback": 16}
NOTED = ("rework", "reopen", "withdraw", "void", "refuse_extension", "refuse_pause", "follow_up")
PLAIN = ("accept", "sign", "resume", "grant_extension", "report_in")
MAKER = job("lives")


@dataclass
class Town:
    """One database, the people of it, and an open case that others may repeat."""

    templates: Templates
    folder: Path
    lives: int = 0
    people: dict[Role, Viewer] = field(default_factory=dict)

    def open(self) -> None:
        """A fresh copy of the small world."""
        self.folder.mkdir(parents=True)
        self.config: Config = self.templates.copy(self.folder)
        self.app: Flask = create_app(self.config)
        self.context = self.app.app_context()
        self.context.push()
        self.world: World = self.templates.world
        self.people = {role: self._viewer(role) for role in ROLES}
        self.first = collected(self.world, self.people[Role.LIAISON], now=START).id
        self.photo: Prepared = files.prepare(jpeg())

    def close(self) -> None:
        """The doctor looks at all of it; then it is forgotten."""
        found = queries.check()
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
        self.context.pop()
        self.templates.drop(self.config)
        assert found == []

    def _viewer(self, role: Role) -> Viewer:
        return load_viewer(Account(db.session.get_one(User, self.world.users[role]), "", 0))


@dataclass
class Clock:
    """The model of both clocks. Reckoned anew where the office does so, never by the mere passing of time."""

    now: datetime = START
    extra: float = 0.0
    stood: list[tuple[datetime, datetime]] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    came: datetime = START
    due: datetime = START
    stage: datetime | None = None

    def reckon(self) -> None:
        """When it is due: from the registration, with what was granted, without what it stood."""
        pauses = list(self.stood)
        if self.since is not None and self.until is not None:
            pauses.append((self.since, self.until))
        self.due = calendar.work_calendar().add(START, Limit(80 + self.extra, LimitUnit.WORKING), pauses=pauses).at

    def arrive(self, state: State, came: datetime) -> None:
        """The stage's own clock, from the moment the case came to it."""
        self.came = came
        hours = STAGES.get(state)
        ends = calendar.work_calendar().add(came, Limit(hours, LimitUnit.WORKING)).at if hours else None
        self.stage = self.due if state is State.IN_PROGRESS else ends

    def pause(self, until: date) -> None:
        """From now to the end of a day."""
        midnight = datetime(until.year, until.month, until.day, tzinfo=TOWN_ZONE) + timedelta(days=1)
        self.since, self.until = self.now, midnight - timedelta(microseconds=1)

    def go_on(self) -> None:
        """A pause ends when the case leaves it, never later than granted."""
        if self.since is not None and self.until is not None:
            self.stood.append((self.since, min(self.now, self.until)))
            self.since = self.until = None


def seldom(pick: int, share: float) -> bool:
    """Whether this is one of the few times; small numbers, which Hypothesis likes, are spread."""
    return random.Random(pick).random() < share


class CaseLives(RuleBasedStateMachine):
    """One case, ten people, any move at any hour."""

    templates: ClassVar[Templates]
    folder: ClassVar[Path]
    towns: ClassVar[list[Town]]  # the one open now, if any

    @initialize()
    def start(self) -> None:
        self.town = self._town()
        self.people, self.world = self.town.people, self.town.world
        self.clock = Clock()
        home = self.world.homes["circle"][self.town.lives % 6]
        self.case = collected(self.world, self.people[Role.LIAISON], now=START, home=home)
        self.made = ["register"]  # the model: names of the moves made
        self.state = State.REGISTERED
        self.papers = 0
        self.clock.reckon()
        self.clock.arrive(self.state, START)

    def _town(self) -> Town:
        if self.towns and self.towns[0].lives >= TOGETHER:
            self.towns.pop().close()
        if not self.towns:
            town = Town(self.templates, self.folder / str(self.templates.copies))
            town.open()
            self.towns.append(town)
        self.towns[0].lives += 1
        return self.towns[0]

    def teardown(self) -> None:
        """What is still open can be voided; a life that went wrong leaves its town behind."""
        if not hasattr(self, "case"):
            return
        db.session.rollback()
        left = db.session.scalars(select(Case).where(Case.closed_at.is_(None), Case.id != self.town.first)).all()
        for case in left:
            with transaction():
                service.void(case, actor=self.people[Role.TOWN_MANAGER], now=self.clock.now, note="结束")
        db.session.remove()

    # -- one move

    def _make(self, name: str, role: Role, **more: Any) -> bool:
        """Try a move; a refusal must leave no trace, a success must follow an arrow of the table."""
        return self._do(name, lambda **who: getattr(service, name)(self.case, **who, **more), role, **more)

    def _do(self, name: str, deed: Callable[..., Any], role: Role, **more: Any) -> bool:
        asked = [one.amount for one in self.case.requests if (one.kind, one.state) == ("extension", "asked")]
        try:
            with transaction():
                deed(actor=self.people[role], now=self.clock.now)
        except Refused:
            db.session.expire_all()
            return False
        sources, target = ARROWS[name]
        assert self.state in sources, f"{name} out of {self.state}"
        self.made.append(name)
        if name == "suspend":
            self.clock.pause(more["until"])
        if name == "grant_extension":
            self.clock.extra += float(asked[0] or 0)
        if target is not None:
            self._arrive(State(target))
        if name in ("suspend", "resume", "grant_extension"):
            self._reckon()
        return True

    def _arrive(self, state: State) -> None:
        if self.state is State.SUSPENDED and state is not State.SUSPENDED:
            self.clock.go_on()
        self.state = state
        self.clock.arrive(state, self.clock.now)

    def _reckon(self) -> None:
        self.clock.reckon()
        self.clock.arrive(self.state, self.clock.came)

    # -- time

    @rule(hours=st.sampled_from((1, 3, 9, 30, 90, 340)))
    def wait(self, hours: int) -> None:
        self.clock.now += timedelta(hours=hours)

    @rule(pick=st.integers(0, 10_000))
    def other_calendar(self, pick: int) -> None:
        """The county closes a day, or opens it again: what runs is counted anew, with all that was granted."""
        if not seldom(pick, 0.15):
            return
        days = calendar.days_of(CLOSED_DAY.year)
        rest = [one for one in days if one.day != CLOSED_DAY]
        closing = [Day(CLOSED_DAY, DayKind.LOCAL_OFF, "")] if len(rest) == len(days) else []
        draft = desk.draft(CLOSED_DAY.year, [*rest, *closing])
        with transaction():
            desk.save(draft, actor=MAKER, source="试", seen=draft.seen, now=self.clock.now)
        if self.state not in ENDED_STATES:
            self._reckon()

    @rule(pick=st.integers(0, 10_000))
    def sweep(self, pick: int) -> None:
        """Whoever looks again tells nothing twice; a drafted sheet can be signed."""
        if not seldom(pick, 0.15):
            return
        jobs.sweep(actor=MAKER, now=self.clock.now)
        assert jobs.sweep(actor=MAKER, now=self.clock.now) == 0
        drafted = select(SupervisionSheet).where(
            SupervisionSheet.case_id == self.case.id, SupervisionSheet.state == "drafted"
        )
        for sheet in db.session.scalars(drafted).all():
            deed = {"demand": "限期办好。", "answer_by": town_day(self.clock.now)}
            self._do("supervise", lambda *, s=sheet, **who: service.sign_sheet(s, **who, **deed), Role.TOWN_MANAGER)

    # -- moves

    @rule(role=st.sampled_from(ROLES), name=st.sampled_from((*PLAIN, "remind")))
    def plain(self, role: Role, name: str) -> None:
        self._make(name, role)

    @rule(
        role=st.sampled_from(ROLES), name=st.sampled_from((*NOTED, "comment")),
        words=st.sampled_from(("说明一句", "说明一句", "")),
    )  # fmt: skip
    def with_words(self, role: Role, name: str, words: str) -> None:
        if name not in RARE or len(self.made) > 12:
            made = self._make(name, role, note=words)
            assert not (made and not words), f"{name} went through without words"

    @rule(
        role=st.sampled_from((Role.VILLAGE_HEAD, Role.DISPATCHER, Role.COUNTY_DISPATCHER, Role.DEPT)),
        name=st.sampled_from(("dispatch", "dispatch", "transfer", "add_helper")),
        to=st.sampled_from((*UNITS, "leader")),
    )
    def send(self, role: Role, name: str, to: str) -> None:
        unit = db.session.get(Unit, self.world.units[to]) if to in UNITS else None
        post = db.session.get(Post, self.world.posts[Role.GRID_LEADER]) if unit is None else None
        if self._make(name, role, unit=unit, post=post, note="请办理"):
            assert to != "other_station", "sent to a unit that does not serve the place"

    @rule(role=st.sampled_from(ROLES), amount=st.integers(0, 12))
    def ask_for_time(self, role: Role, amount: int) -> None:
        if self._make("ask_extension", role, reason=ExtensionReason.FUNDING, amount=amount):
            assert 1 <= amount <= 10

    @rule(role=st.sampled_from(ROLES), days=st.integers(-1, 9), name=st.sampled_from(("suspend", "ask_pause")))
    def pause(self, role: Role, days: int, name: str) -> None:
        until = (self.clock.now + timedelta(days=days)).astimezone(TOWN_ZONE).date()
        if self._make(name, role, reason=ExtensionReason.WEATHER_OR_SEASON, until=until):
            assert days >= 0

    @rule(role=st.sampled_from(ROLES))
    def give_back(self, role: Role) -> None:
        self._make("give_back", role, reason=ReturnReason.NOT_OUR_DUTY)

    @rule(role=st.sampled_from(ROLES))
    def hand_in(self, role: Role) -> None:
        self._make("submit_result", role, result="办好了。")

    @rule(role=st.sampled_from(ROLES), answer=st.sampled_from((Answer.SOLVED, Answer.NOT_SOLVED, None)))
    def word(self, role: Role, answer: Answer | None) -> None:
        before = self.case.answer
        if self._make("record_answer", role, answer=answer, rating=Rating.SATISFIED) and answer is None:
            assert before not in ("solved", "not_solved"), "an attempt wiped out the villager's word"

    @rule(role=st.sampled_from(ROLES))
    def close(self, role: Role) -> None:
        handler, answered = self.case.handled_by_user_id, self.case.answer is not None
        if self._make("verify", role, note="已核查。"):
            assert answered, "closed without a word"
            assert handler != self.people[role].user_id, "checked by who handled it"

    @rule(role=st.sampled_from((Role.LIAISON, Role.GRID_LEADER, Role.VILLAGE_HEAD, Role.DEPT)))
    def solve(self, role: Role) -> None:
        if len(self.made) > 6:
            policy = service.ClosingPolicy(second_check_percent=100)
            self._make("self_solve", role, result="当场办好。", answer=Answer.SOLVED, policy=policy)

    @rule(role=st.sampled_from(ROLES), passed=st.booleans())
    def look_again(self, role: Role, passed: bool) -> None:
        handler = self.case.handled_by_user_id
        if self._make("second_check", role, passed=passed, note="看过了"):
            assert handler != self.people[role].user_id, "looked at by who solved it"

    @rule(role=st.sampled_from(ROLES), itself=st.booleans())
    def merge(self, role: Role, itself: bool) -> None:
        if len(self.made) > 12:
            first = self.case if itself else db.session.get_one(Case, self.town.first)
            assert not (self._make("reject_duplicate", role, first=first) and itself)

    @rule(role=st.sampled_from(ROLES), name=st.sampled_from(("rate_units", "rate_whistle")))
    def rate(self, role: Role, name: str) -> None:
        self._make(name, role, rating=Rating.BASICALLY)

    @rule(role=st.sampled_from(ROLES), kind=st.sampled_from((None, *WhistleKind)), call=st.booleans())
    def climb(self, role: Role, kind: WhistleKind | None, call: bool) -> None:
        before = self.case.level
        unit = db.session.get(Unit, self.world.units["water"])
        if self._make("escalate", role, note="提级", kind=kind, units=[unit] if call and unit else []):
            order = [None, "grid", "village", "town", "county"]
            assert order.index(self.case.level) > order.index(before)

    @rule(role=st.sampled_from(ROLES), many=st.integers(1, 3))
    def with_papers(self, role: Role, many: int) -> None:
        """Papers come with a step or not at all."""
        sent = [
            replace(self.town.photo, digest=sha256(f"{self.case.id} {self.papers + n}".encode()).hexdigest())
            for n in range(many)
        ]

        def deed(*, actor: Viewer, now: datetime) -> None:
            service.comment(self.case, actor=actor, now=now, note="附照片")
            service.attach(self.case, service.Papers(sent), actor=actor, now=now)

        if self._do("comment", deed, role):
            self.papers += many

    # -- a life that goes on: one of the moves that are open to somebody now (the rules above mostly try what is not)

    @rule(picks=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 30)), min_size=3, max_size=8))
    def go_on(self, picks: list[tuple[int, int]]) -> None:
        for pick, hours in picks:
            self._go(random.Random(pick), pick)
            self.nothing_is_lost()
            self.the_clocks_are_right()
            self.clock.now += timedelta(hours=hours)

    def _go(self, chosen: random.Random, pick: int) -> None:
        """By name first, so that every move has its turn, however many may make it."""
        open_to: dict[str, list[Role]] = {}
        for role in ROLES:
            for move in moves_open_to(queries.standing_of(self.case, self.people[role]), now=self.clock.now):
                if move.name in self._ways and (move.name not in RARE or len(self.made) > 20 or pick % 9 == 0):
                    open_to.setdefault(move.name, []).append(role)
        if open_to:
            name = chosen.choice(sorted(open_to))
            self._ways[name](chosen.choice(open_to[name]), pick)

    @property
    def _ways(self) -> dict[str, Callable[[Role, int], Any]]:
        places, pauses = ("water", "county_water", "leader", "justice"), {"ask_pause": 3, "suspend": 2}
        words: dict[str, Any] = {"note": "说明一句"}
        return {
            **{name: lambda role, _pick, n=name: self._make(n, role, **words) for name in NOTED},
            **{name: lambda role, _pick, n=name: self._make(n, role) for name in PLAIN},
            **{
                name: lambda role, pick, n=name: self._call("send", role=role, name=n, to=places[pick % len(places)])
                for name in ("dispatch", "transfer", "add_helper")
            },
            **{
                name: lambda role, _pick, n=name, d=days: self._call("pause", role=role, days=d, name=n)
                for name, days in pauses.items()
            },
            **{
                name: lambda role, _pick, n=name: self._call("rate", role=role, name=n)
                for name in ("rate_units", "rate_whistle")
            },
            "ask_extension": lambda role, _pick: self._call("ask_for_time", role=role, amount=2),
            "give_back": lambda role, _pick: self._call("give_back", role=role),
            "submit_result": lambda role, _pick: self._call("hand_in", role=role),
            "record_answer": lambda role, pick: self._call("word", role=role, answer=None if pick % 4 else Answer.SOLVED),
            "verify": lambda role, _pick: self._call("close", role=role),
            "self_solve": lambda role, _pick: self._call("solve", role=role),
            "second_check": lambda role, pick: self._call("look_again", role=role, passed=pick % 2 == 0),
            "reject_duplicate": lambda role, _pick: self._call("merge", role=role, itself=False),
            "escalate": self._climb,
        }

    def _call(self, rule_name: str, **given: Any) -> None:
        """Make the move of a rule of the machine with these values."""
        getattr(type(self), rule_name)(self, **given)

    def _climb(self, role: Role, pick: int) -> None:
        level = climbs_to(queries.standing_of(self.case, self.people[role]))
        kind = list(WhistleKind)[pick % 3] if level in service.WHISTLED else None
        self._call("climb", role=role, kind=kind, call=level is Level.TOWN and pick % 2 == 0)

    # -- what always holds

    @invariant()
    def nothing_is_lost(self) -> None:
        """State, steps, papers and parties agree with the model, whatever was refused."""
        if not hasattr(self, "case"):
            return
        db.session.expire_all()
        case, line = self.case, queries.steps(self.case.id)
        assert case.state == self.state
        assert [step.move for step in line] == self.made
        assert [step.seq for step in line] == list(range(1, len(line) + 1))
        for earlier, later in pairwise(line):
            assert later.from_state == earlier.to_state
            assert later.at >= earlier.at
        assert (case.closed_at is not None) == (self.state in ENDED_STATES)
        self._in_whose_hands(case)
        self._beside(case, line)

    def _in_whose_hands(self, case: Case) -> None:
        held = (case.handler_post_id, case.handler_unit_id)
        assert held.count(None) >= 1
        if self.state in {State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED}:
            assert held != (None, None), "in nobody's hands"
        helping = [(one.post_id, one.unit_id) for one in case.parties if one.kind == "helper" and one.ended_at is None]
        assert held == (None, None) or held not in helping, "leads and helps"
        assert len(set(helping)) == len(helping)

    def _beside(self, case: Case, line: Any) -> None:
        asked = [one.kind for one in case.requests if one.state == "asked"]
        assert len(set(asked)) == len(asked)
        assert not asked or self.state is State.IN_PROGRESS
        assert sum(one.kind == "extension" and one.state == "granted" for one in case.requests) <= 1
        if self.papers:
            rows = db.session.execute(
                select(CaseFile.seq, CaseFile.step_id).where(CaseFile.case_id == case.id).order_by(CaseFile.seq)
            ).all()
            assert [row.seq for row in rows] == list(range(1, self.papers + 1))
            assert {row.step_id for row in rows} <= {step.id for step in line}
        if "escalate" in self.made:
            whistles = db.session.scalars(select(Whistle.id).where(Whistle.case_id == case.id)).all()
            assert len(whistles) == (case.level in ("town", "county")), "one matter, one whistle"
        if "follow_up" in self.made:
            later = db.session.scalars(select(CaseStep.id).where(CaseStep.move == "follow_up")).all()
            assert len(queries.linked(case)[1]) == self.made.count("follow_up") <= len(later)

    @invariant()
    def the_clocks_are_right(self) -> None:
        """The due time and the stage's, reckoned anew from what happened."""
        if not hasattr(self, "case") or self.state in ENDED_STATES - {State.CLOSED}:
            return
        assert self.case.due_at == self.clock.due
        assert self.case.stage_due_at == self.clock.stage
        assert self.case.registered_at == START
