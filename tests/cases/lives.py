"""Random lives of a case beside a model in plain Python: the machine of `test_lives`. Many lives share one database,
as the cases of a town do; what a life leaves open is voided at its end.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

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
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.worktime import DayKind
from gridcase.people.models import Post, Unit
from gridcase.people.rules import FOUR_COUNCILS, Role
from gridcase.reminders import jobs
from gridcase.reminders.service import calendar as desk
from tests.cases.lives_town import ROLES, START, Clock, Town
from tests.cases.test_rules import EXPECTED
from tests.conftest import Templates
from tests.factories.cases import collected

TOGETHER = 100  # lives in one database
RARE = frozenset({"withdraw", "void", "reject_duplicate", "self_solve"})  # end a life too soon
CLOSED_DAY = date(2026, 12, 2)  # a Wednesday within the ten working days of the class
UNITS = ("water", "justice", "county_water", "other_station")
# Where a move may start and lead, out of the table written down a second time; None: the state stays.
ARROWS = {name: (frozenset(sources.split()), target) for name, (sources, target, _right) in EXPECTED.items()}
# How much likelier than another open move: else no life would come to its end.
ONWARD = {
    "accept": 4, "dispatch": 4, "sign": 6, "submit_result": 6, "record_answer": 6, "verify": 8, "resume": 3,
    "grant_extension": 4, "report_in": 3, "reopen": 3, "rate_units": 3, "rate_whistle": 3, "follow_up": 3,
}  # fmt: skip
OVER = frozenset({State.VOIDED, State.WITHDRAWN})
MAKER = job("lives")


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
        self.lapsed = 0  # requests nobody answered in time
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
        lapsed = sum(one.state == "lapsed" for one in self.case.requests)
        self.made += ["lapse"] * (lapsed - self.lapsed)
        self.lapsed = lapsed
        if name == "suspend":
            self.clock.pause(more["until"])
        if name == "grant_extension":
            self.clock.extra += float(asked[0] or 0)
        if target is not None:
            self._arrive(State(target))
        if name in ("suspend", "resume", "grant_extension", "take_out"):
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

    # -- what happens: mostly one of the moves that are open to somebody now, by name first, so that every move has its
    # turn; now and then anything by anybody. The dice are Hypothesis's: a failure names their seed.

    @rule(dice=st.randoms(use_true_random=True), times=st.integers(4, 9))
    def live(self, dice: random.Random, times: int) -> None:
        self.haste = dice.choice((1, 2, 3))  # some stretches wander, some make for the end
        for _ in range(times):
            if self.state in OVER:
                return
            dice.choices((self.go_on, self.attempt, self.wait, self.other_calendar, self.sweep), (70, 15, 8, 4, 3))[0](
                dice
            )
            self.nothing_is_lost()
            self.the_clocks_are_right()
            self.clock.now += timedelta(hours=dice.randint(0, 12))

    def go_on(self, dice: random.Random) -> None:
        open_to: dict[str, list[Role]] = {}
        ending = len(self.made) > 16 or dice.random() < 0.04
        for role in ROLES:
            for move in moves_open_to(queries.standing_of(self.case, self.people[role]), now=self.clock.now):
                if move.name in WAYS and (ending or move.name not in RARE):
                    open_to.setdefault(move.name, []).append(role)
        if open_to:
            names = sorted(open_to)
            name = dice.choices(names, [ONWARD.get(one, 1) ** self.haste for one in names])[0]
            WAYS[name](self, name, dice.choice(open_to[name]), dice, False)

    def attempt(self, dice: random.Random) -> None:
        """Anything by anybody, with values that may make no sense; a life is not ended by an accident."""
        name = dice.choice(sorted(WAYS))
        if name not in RARE or len(self.made) > 12:
            WAYS[name](self, name, dice.choice(ROLES), dice, True)

    def wait(self, dice: random.Random) -> None:
        self.clock.now += timedelta(hours=dice.choice((9, 30, 90, 340)))

    def other_calendar(self, _dice: random.Random) -> None:
        """The county closes a day, or opens it again: what runs is counted anew, with all that was granted."""
        days = calendar.days_of(CLOSED_DAY.year)
        rest = [one for one in days if one.day != CLOSED_DAY]
        closing = [Day(CLOSED_DAY, DayKind.LOCAL_OFF, "")] if len(rest) == len(days) else []
        draft = desk.draft(CLOSED_DAY.year, [*rest, *closing])
        with transaction():
            desk.save(draft, actor=MAKER, source="试", seen=draft.seen, now=self.clock.now)
        if self.state not in ENDED_STATES:
            self._reckon()

    def sweep(self, _dice: random.Random) -> None:
        """Whoever looks again tells nothing twice; a drafted sheet can be signed."""
        jobs.sweep(actor=MAKER, now=self.clock.now)
        assert jobs.sweep(actor=MAKER, now=self.clock.now) == 0
        drafted = select(SupervisionSheet).where(
            SupervisionSheet.case_id == self.case.id, SupervisionSheet.state == "drafted"
        )
        for sheet in db.session.scalars(drafted).all():
            sign = partial(service.sign_sheet, sheet, demand="限期办好。", answer_by=town_day(self.clock.now))
            self._do("supervise", sign, Role.TOWN_MANAGER)

    # -- how each move is made; `odd`: also with what must be refused

    def plain(self, name: str, role: Role, _dice: random.Random, _odd: bool) -> None:
        self._make(name, role)

    def noted(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        words = "" if odd and dice.random() < 0.3 else "说明一句"
        made = self._make(name, role, note=words)
        assert not (made and not words), f"{name} went through without words"

    def sent(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        to = dice.choice((*UNITS, "leader") if odd else ("water", "county_water", "leader", "justice"))
        unit = db.session.get(Unit, self.world.units[to]) if to in UNITS else None
        post = db.session.get(Post, self.world.posts[Role.GRID_LEADER]) if unit is None else None
        if self._make(name, role, unit=unit, post=post, note="请办理"):
            assert to != "other_station", "sent to a unit that does not serve the place"

    def more_time(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        amount = dice.randint(0, 12) if odd else 2
        if self._make(name, role, reason=ExtensionReason.FUNDING, amount=amount):
            assert 1 <= amount <= 10

    def paused(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        days = dice.randint(-1 if odd else 0, 9)
        until = (self.clock.now + timedelta(days=days)).astimezone(TOWN_ZONE).date()
        if self._make(name, role, reason=ExtensionReason.WEATHER_OR_SEASON, until=until):
            assert days >= 0

    def given_back(self, name: str, role: Role, _dice: random.Random, _odd: bool) -> None:
        self._make(name, role, reason=ReturnReason.NOT_OUR_DUTY)

    def handed_in(self, name: str, role: Role, _dice: random.Random, _odd: bool) -> None:
        self._make(name, role, result="办好了。")

    def answered(self, name: str, role: Role, dice: random.Random, _odd: bool) -> None:
        before, answer = self.case.answer, dice.choice((Answer.SOLVED, Answer.NOT_SOLVED, None, None))
        if self._make(name, role, answer=answer, rating=Rating.SATISFIED) and answer is None:
            assert before not in ("solved", "not_solved"), "an attempt wiped out the villager's word"

    def verified(self, name: str, role: Role, _dice: random.Random, _odd: bool) -> None:
        handler, spoken = self.case.handled_by_user_id, self.case.answer is not None
        if self._make(name, role, note="已核查。"):
            assert spoken, "closed without a word"
            assert handler != self.people[role].user_id, "checked by who handled it"

    def solved(self, name: str, role: Role, _dice: random.Random, _odd: bool) -> None:
        policy = service.ClosingPolicy(second_check_percent=100)
        self._make(name, role, result="当场办好。", answer=Answer.SOLVED, policy=policy)

    def looked_at(self, name: str, role: Role, dice: random.Random, _odd: bool) -> None:
        handler = self.case.handled_by_user_id
        if self._make(name, role, passed=dice.random() < 0.5, note="看过了"):
            assert handler != self.people[role].user_id, "looked at by who solved it"

    def merged(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        itself = odd and dice.random() < 0.3
        first = self.case if itself else db.session.get_one(Case, self.town.first)
        assert not (self._make(name, role, first=first) and itself), "is its own double"

    def rated(self, name: str, role: Role, _dice: random.Random, _odd: bool) -> None:
        self._make(name, role, rating=Rating.BASICALLY)

    def climbed(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        before, level = self.case.level, climbs_to(queries.standing_of(self.case, self.people[role]))
        whistled, call = level in service.WHISTLED, level is Level.TOWN and dice.random() < 0.5
        kind = dice.choice(list(WhistleKind)) if whistled or (odd and dice.random() < 0.3) else None
        unit = db.session.get(Unit, self.world.units["water"])
        if self._make(name, role, note="提级", kind=kind, units=[unit] if call and unit else []):
            order = [None, "grid", "village", "town", "county"]
            assert order.index(self.case.level) > order.index(before)

    def laid_before(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        days, council = dice.randint(-1 if odd else 0, 9), dice.choice(list(FOUR_COUNCILS))
        planned = (self.clock.now + timedelta(days=days)).astimezone(TOWN_ZONE).date()
        if self._make(name, role, council=council, planned_on=planned, note="请大家商量"):
            assert days >= 0
            assert council is self.town.council, "the village has no other"

    def talked_over(self, name: str, role: Role, dice: random.Random, _odd: bool) -> None:
        self._make(name, role, outcome=dice.choice(list(AgendaOutcome)), note="大家说定了。")

    def with_papers(self, name: str, role: Role, dice: random.Random, odd: bool) -> None:
        """Papers come with a step or not at all."""
        many = dice.randint(1, 25 if odd else 3)
        sent = [
            replace(self.town.photo, digest=sha256(f"{self.case.id} {self.papers + n}".encode()).hexdigest())
            for n in range(many)
        ]

        def deed(*, actor: Viewer, now: datetime) -> None:
            service.comment(self.case, actor=actor, now=now, note="附照片")
            service.attach(self.case, service.Papers(sent), actor=actor, now=now)

        if self._do(name, deed, role):
            self.papers += many

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
        waiting = [one for one in case.agenda if one.outcome is None]
        assert len(waiting) == self.made.count("put_on_agenda") - self.made.count("agenda_outcome") <= 1
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


WAYS: dict[str, Callable[[CaseLives, str, Role, random.Random, bool], None]] = {
    **dict.fromkeys(("accept", "sign", "resume", "grant_extension", "report_in", "remind"), CaseLives.plain),
    **dict.fromkeys(
        ("rework", "reopen", "withdraw", "void", "refuse_extension", "refuse_pause", "follow_up", "take_out"),
        CaseLives.noted,
    ),
    **dict.fromkeys(("dispatch", "transfer", "add_helper"), CaseLives.sent),
    **dict.fromkeys(("ask_pause", "suspend"), CaseLives.paused),
    **dict.fromkeys(("rate_units", "rate_whistle"), CaseLives.rated),
    "ask_extension": CaseLives.more_time,
    "give_back": CaseLives.given_back,
    "submit_result": CaseLives.handed_in,
    "record_answer": CaseLives.answered,
    "verify": CaseLives.verified,
    "self_solve": CaseLives.solved,
    "second_check": CaseLives.looked_at,
    "reject_duplicate": CaseLives.merged,
    "escalate": CaseLives.climbed,
    "put_on_agenda": CaseLives.laid_before,
    "agenda_outcome": CaseLives.talked_over,
    "comment": CaseLives.with_papers,
}
