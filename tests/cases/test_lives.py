"""Random lives of a case against a model in plain Python, on both databases: no illegal state, no lost step, no wrong
clock. A few short lives by default; GRIDCASE_FULL=1 runs 10,000 of up to 40 moves.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gridcase.app import create_app, load_viewer
from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries, service
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
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.worktime import Limit, LimitUnit
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from gridcase.users.models import User
from gridcase.users.session import Account
from tests.cases.test_rules import EXPECTED
from tests.conftest import Templates
from tests.factories.cases import collected
from tests.factories.world import World

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
LIVES, STEPS = (10_000, 40) if FULL else (10, 25)
PHASES = tuple(Phase) if FULL else (Phase.generate,)  # shrinking a failure takes minutes: the full run does it
LATE = frozenset({"withdraw", "void"})  # end a life too soon
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROLES = (
    Role.LIAISON, Role.GRID_LEADER, Role.VILLAGE_HEAD, Role.DEPT, Role.UNIT_LEAD, Role.DISPATCHER,
    Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT, Role.TOWN_MANAGER, Role.SECTION_LEADER,
)  # fmt: skip
UNITS = ("water", "justice", "county_water", "other_station")
# Where a move may start and lead, out of the table written down a second time; None: the state stays.
ARROWS = {name: (frozenset(sources.split()), target) for name, (sources, target, _right) in EXPECTED.items()}


def _call(life: CaseLives, rule_name: str, **given: Any) -> None:
    """Make the move of a rule of the machine with these values."""
    getattr(type(life), rule_name)(life, **given)


def _way(rule_name: str, **given: Any) -> Any:
    return lambda life, role, _pick: _call(life, rule_name, role=role, **given)


def _sending(name: str) -> Any:
    places = ("water", "county_water", "leader", "justice")
    return lambda life, role, pick: _call(life, "send", role=role, name=name, to=places[pick % len(places)])


def _climbing(life: CaseLives, role: Role, pick: int) -> None:
    level = climbs_to(queries.standing_of(life.case, life.people[role]))
    kind = list(WhistleKind)[pick % 3] if level in service.WHISTLED else None
    _call(life, "climb", role=role, kind=kind, call=level is Level.TOWN and pick % 2 == 0)


class CaseLives(RuleBasedStateMachine):
    """One case, ten people, any move at any hour."""

    templates: ClassVar[Templates]
    folder: ClassVar[Path]

    @initialize()
    def start(self) -> None:
        self.config: Config = self.templates.copy(self.folder)
        self.app: Flask = create_app(self.config)
        self.context = self.app.app_context()
        self.context.push()
        self.world: World = self.templates.world
        self.people = {role: self._viewer(role) for role in ROLES}
        self.now = START
        self.case = collected(self.world, self.people[Role.LIAISON], now=self.now)
        self.made = ["register"]  # the model: names of the moves made
        self.state = State.REGISTERED
        self.extra, self.stood, self.since, self.until = 0.0, [], None, None

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
            self.context.pop()
            self.templates.drop(self.config)

    def _viewer(self, role: Role) -> Viewer:
        return load_viewer(Account(db.session.get_one(User, self.world.users[role]), "", 0))

    def _make(self, name: str, role: Role, **more: Any) -> bool:
        """Try a move; a refusal must leave no trace, a success must follow an arrow of the table."""
        sources, target = ARROWS[name]
        try:
            with transaction():
                getattr(service, name)(self.case, actor=self.people[role], now=self.now, **more)
        except Refused:
            db.session.expire_all()
            return False
        assert self.state in sources, f"{name} out of {self.state}"
        if target is not None and target != self.state:
            self._leave(self.state)
            self.state = State(target)
        self.made.append(name)
        return True

    def _leave(self, state: State) -> None:
        """A pause ends when the case leaves it, never later than granted."""
        if state is State.SUSPENDED and self.since is not None and self.until is not None:
            self.stood.append((self.since, min(self.now, self.until)))
            self.since = self.until = None

    # -- time

    @rule(hours=st.integers(1, 90))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # -- moves

    @rule(
        role=st.sampled_from(ROLES),
        name=st.sampled_from(("accept", "sign", "resume", "remind", "grant_extension", "report_in")),
    )
    def plain(self, role: Role, name: str) -> None:
        asked = [one.amount for one in self.case.requests if (one.kind, one.state) == ("extension", "asked")]
        if self._make(name, role) and name == "grant_extension":
            self.extra += float(asked[0])

    @rule(
        role=st.sampled_from(ROLES),
        name=st.sampled_from(
            ("comment", "rework", "reopen", "withdraw", "void", "refuse_extension", "refuse_pause", "follow_up")
        ),
        words=st.sampled_from(("说明一句", "说明一句", "")),
    )
    def with_words(self, role: Role, name: str, words: str) -> None:
        rare = name in {"withdraw", "void"} and len(self.made) < 12
        if not rare:
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

    @rule(role=st.sampled_from(ROLES), days=st.integers(-1, 9), grant=st.booleans())
    def pause(self, role: Role, days: int, grant: bool) -> None:
        until = (self.now + timedelta(days=days)).astimezone(TOWN_ZONE).date()
        name = "suspend" if grant else "ask_pause"
        if self._make(name, role, reason=ExtensionReason.WEATHER_OR_SEASON, until=until):
            assert days >= 0
            if grant:
                midnight = datetime(until.year, until.month, until.day, tzinfo=TOWN_ZONE) + timedelta(days=1)
                self.since, self.until = self.now, midnight - timedelta(microseconds=1)

    @rule(role=st.sampled_from(ROLES))
    def give_back(self, role: Role) -> None:
        self._make("give_back", role, reason=ReturnReason.NOT_OUR_DUTY)

    @rule(role=st.sampled_from(ROLES))
    def hand_in(self, role: Role) -> None:
        self._make("submit_result", role, result="办好了。")

    @rule(role=st.sampled_from(ROLES), answer=st.sampled_from((Answer.SOLVED, Answer.NOT_SOLVED, None)))
    def word(self, role: Role, answer: Answer | None) -> None:
        self._make("record_answer", role, answer=answer, rating=Rating.SATISFIED)

    @rule(role=st.sampled_from(ROLES))
    def close(self, role: Role) -> None:
        handler, answered = self.case.handled_by_user_id, self.case.answer is not None
        if self._make("verify", role, note="已核查。"):
            assert answered, "closed without a word"
            assert handler != self.people[role].user_id, "checked by who handled it"

    @rule(role=st.sampled_from(ROLES), kind=st.sampled_from((None, *WhistleKind)), call=st.booleans())
    def climb(self, role: Role, kind: WhistleKind | None, call: bool) -> None:
        before = self.case.level
        unit = db.session.get(Unit, self.world.units["water"])
        if self._make("escalate", role, note="提级", kind=kind, units=[unit] if call and unit else []):
            order = [None, "grid", "village", "town", "county"]
            assert order.index(self.case.level) > order.index(before)

    # -- a life that goes on: one of the moves that are open to somebody now (the rules above mostly try what is not)

    @rule(picks=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 30)), min_size=4, max_size=12))
    def go_on(self, picks: list[tuple[int, int]]) -> None:
        for pick, hours in picks:
            self._go(pick)
            self.nothing_is_lost()
            self.the_citizens_clock_is_right()
            self.now += timedelta(hours=hours)

    def _go(self, pick: int) -> None:
        """By name first, so that every move has its turn, however many may make it."""
        open_to: dict[str, list[Role]] = {}
        for role in ROLES:
            for move in moves_open_to(queries.standing_of(self.case, self.people[role]), now=self.now):
                if move.name in self._ways and (len(self.made) > 20 or move.name not in LATE):
                    open_to.setdefault(move.name, []).append(role)
        if open_to:
            chosen = random.Random(pick)  # small numbers, which Hypothesis likes, are not all the same move
            name = chosen.choice(sorted(open_to))
            self._ways[name](self, chosen.choice(open_to[name]), pick)

    @property
    def _ways(self) -> dict[str, Any]:
        words = ("rework", "reopen", "withdraw", "void", "refuse_extension", "refuse_pause", "follow_up")
        return {
            **{name: _way("with_words", name=name, words="说明一句") for name in words},
            **{name: _way("plain", name=name) for name in ("accept", "sign", "resume", "grant_extension", "report_in")},
            **{name: _sending(name) for name in ("dispatch", "transfer", "add_helper")},
            "ask_extension": _way("ask_for_time", amount=2),
            "ask_pause": _way("pause", days=3, grant=False),
            "suspend": _way("pause", days=2, grant=True),
            "give_back": _way("give_back"),
            "submit_result": _way("hand_in"),
            "record_answer": _way("word", answer=Answer.SOLVED),
            "verify": _way("close"),
            "escalate": _climbing,
        }

    # -- what always holds

    @invariant()
    def nothing_is_lost(self) -> None:
        """State, steps and counters agree with the model, whatever was refused."""
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
        held = (case.handler_post_id, case.handler_unit_id)
        assert held.count(None) >= 1
        if self.state in {State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED} and "self_solve" not in self.made:
            assert held != (None, None), "in nobody's hands"
        asked = [one.kind for one in case.requests if one.state == "asked"]
        assert len(set(asked)) == len(asked)
        assert not asked or self.state is State.IN_PROGRESS
        assert sum(one.kind == "extension" and one.state == "granted" for one in case.requests) <= 1

    @invariant()
    def the_citizens_clock_is_right(self) -> None:
        """The due time from the registration, with what was granted and what it stood, reckoned anew."""
        if not hasattr(self, "case") or self.state in ENDED_STATES - {State.CLOSED}:
            return
        pauses = list(self.stood)
        if self.since is not None and self.until is not None:
            pauses.append((self.since, self.until))
        limit = Limit(80 + self.extra, LimitUnit.WORKING)
        due = work_calendar().add(START, limit, pauses=pauses)
        assert self.case.due_at == due.at
        assert self.case.registered_at == START

    @invariant()
    def the_doctor_finds_nothing(self) -> None:
        if hasattr(self, "case") and len(self.made) % 8 == 0:
            assert queries.check() == []


def test_random_lives_of_a_case(templates: Templates, tmp_path: Path, at: Any) -> None:
    at(START.isoformat())
    machine = type("Machine", (CaseLives,), {"templates": templates, "folder": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=LIVES, stateful_step_count=STEPS, deadline=None, derandomize=not FULL, database=None,
            print_blob=True, phases=PHASES, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
