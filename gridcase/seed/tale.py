"""One case of the demo from its first day: each deed is done by who would do it, through the service, at its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules import Answer, Channel, ExtensionReason, Rating, ReturnReason
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from gridcase.seed.scene import Scene, Words
from gridcase.seed.villages import Neighbour, Team, Worker
from gridcase.visits import service as visits
from gridcase.visits.rules import Purpose, Tick, VisitMode, VisitState
from gridcase.visits.service import Demand, VisitRecord

SPOKEN = (Channel.PHONE, Channel.MEETING, Channel.PROXY)
_RATINGS = (Rating.SATISFIED,) * 7 + (Rating.BASICALLY,) * 2 + (Rating.UNSATISFIED,)


class Tale:
    """The case, its village, home and people, and the hour it has come to (`at`, UTC)."""

    def __init__(self, scene: Scene, words: Words, team: Team, at: datetime, home: Neighbour | None = None) -> None:
        self.scene, self.words, self.team, self.at = scene, words, team, at
        self.rng, self.kind = scene.rng, words.kind
        self.started = at
        self.case_id = 0
        self.from_hotline = self.kind.restricted or self.rng.random() < 0.12
        self.home = None if self.kind.restricted else home or scene.home(team)
        self.unit_id, self.staff = scene.station(team, self.kind)
        self.handler: Worker | None = None  # a post of the village; None: the station
        self.pace = 1.0  # of the waiting between deeds
        self.share = self.rng.uniform(0.2, 0.85) if self.rng.random() < 0.9 else self.rng.uniform(1.05, 1.4)

    # -- the clock

    def office(self, hours: float) -> datetime:
        """Go on by office hours; what is urgent does not wait for the morning."""
        if self.kind.natural:
            self.at += timedelta(hours=hours * self.pace / 3)
        else:
            self.at = self.scene.calendar.add_hours(self.at, hours * self.pace).at
        return self.at

    def later(self, hours: float) -> datetime:
        """Go on by hours of the day, not at night."""
        self.at = self.scene.daytime(self.at + timedelta(hours=hours))
        return self.at

    def towards_due(self, share: float) -> datetime:
        """Go on to a share of the time from registration to the due time (above 1: late)."""
        case = self.case()
        assert case.due_at is not None
        target = self.started + (case.due_at - self.started) * share
        at = max(self.at + timedelta(minutes=20), target)
        self.at = at if self.kind.natural else self.scene.calendar.next_opening(at)
        return self.at

    # -- who

    def case(self) -> Case:
        """The case as it stands."""
        return db.session.get_one(Case, self.case_id)

    @property
    def liaison(self) -> Worker:
        """Who looks after the home, else the village's full-time worker."""
        return self.scene.liaison_of[self.home.id] if self.home else self.team.one(Role.FULLTIME_GRID)

    @property
    def desk(self) -> Worker:
        """The town's duty desk."""
        return self.scene.offices[self.team.town_code].one(Role.DISPATCHER)

    @property
    def sender(self) -> Worker:
        """Who dispatches: the town's desk what came over it, else the village."""
        return self.desk if self.from_hotline else self.team.one(Role.FULLTIME_GRID)

    def household(self) -> Household | None:
        """The home's row."""
        return db.session.get_one(Household, self.home.id) if self.home else None

    # -- deeds

    def register(self) -> None:
        """Collected on a visit, told to the liaison, or come over the town's desk."""
        if self.from_hotline:
            self._over_the_desk()
        elif self.rng.random() < 0.55 and self.scene.daytime(self.at) == self.at:
            visit = visits.log_visit(
                actor=self.liaison.viewer, household=self._home(), record=self._record(None), now=self.at
            )
            assert visit.case_id is not None
            self.case_id = visit.case_id
        else:
            channel = self.rng.choice((*SPOKEN, Channel.SNAP, Channel.PATROL))
            case = cases.collect(actor=self.liaison.viewer, now=self.at, **self._intake(channel))
            self.case_id = case.id

    def solve_at_once(self) -> None:
        """The normal way inside a grid: noted and settled in one form."""
        kind = self.kind
        answer = Answer.ANSWERED_QUESTION if kind.code == "1001" else Answer.SOLVED
        result = self.scene.reply(kind, "result")
        if not self.kind.helped and self.rng.random() < 0.6:  # the form of a visit names no helper
            record = self._record(Demand(kind.code, self.words.title, self.words.text, result, answer))
            visit = visits.log_visit(actor=self.liaison.viewer, household=self._home(), record=record, now=self.at)
            assert visit.case_id is not None
            self.case_id = visit.case_id
            return
        case = cases.collect_and_solve(
            actor=self.liaison.viewer, now=self.at, result=result, answer=answer, rating=self.rng.choice(_RATINGS),
            helper_household=self._helper(), **self._intake(self.rng.choice(SPOKEN)),
        )  # fmt: skip
        self.case_id = case.id

    def accept(self) -> None:
        """Taken up by who leads the grid, or by the town's desk."""
        actor = self.desk if self.from_hotline else self.scene.leader_of(self.team, self.home)
        cases.accept(self.case(), actor=actor.viewer, now=self.at)

    def dispatch(self) -> None:
        """Sent to a post of the village for small things, else to the station."""
        case = self.case()
        self.handler = self._village_handler()
        if self.handler is not None:
            post = db.session.get_one(Post, self.handler.post_id)
            cases.dispatch(case, actor=self.sender.viewer, now=self.at, post=post)
        else:
            unit = db.session.get_one(Unit, self.unit_id)
            cases.dispatch(case, actor=self.sender.viewer, now=self.at, unit=unit)

    def sign(self) -> None:
        """Taken in hand."""
        cases.sign(self.case(), actor=self.handling, now=self.at)

    @property
    def handling(self) -> Viewer:
        """Who works on it."""
        return self.handler.viewer if self.handler else self.staff[0].viewer

    def submit(self) -> None:
        """What was done."""
        cases.submit_result(
            self.case(), actor=self.handling, now=self.at, result=self.scene.reply(self.kind, "result"),
            helper_household=self._helper(),
        )  # fmt: skip

    def ask(self, *, reached: bool = True) -> None:
        """The villager's word, or an attempt that reached nobody."""
        case = self.case()
        answer = None
        if reached:
            answer = Answer.ANSWERED_QUESTION if self.kind.code == "1001" else Answer.SOLVED
        if case.anonymous:
            answer = Answer.NO_WORD_ANONYMOUS
        spoken = answer is not None and answer.is_word
        actor = self.desk if self.from_hotline else self.liaison
        cases.record_answer(
            case, actor=actor.viewer, now=self.at, answer=answer, rating=self.rng.choice(_RATINGS) if spoken else None,
            note=self.scene.reply(self.kind, "answer") if spoken else None,
        )  # fmt: skip

    def verify(self) -> None:
        """Checked by somebody who did not handle it."""
        checker = self.desk if self.from_hotline else self.team.one(Role.FULLTIME_GRID)
        if self.handler is not None and self.handler.post_id == checker.post_id:
            checker = self.desk
        cases.verify(self.case(), actor=checker.viewer, now=self.at)

    def rework(self) -> None:
        """Sent back to its handler."""
        cases.rework(self.case(), actor=self.desk.viewer, now=self.at, note="现场看过，还有一处没有办到位，请补办。")

    def give_back(self) -> None:
        """Returned to the dispatcher with a reason."""
        reason = self.rng.choice((ReturnReason.NOT_OUR_DUTY, ReturnReason.INCOMPLETE))
        cases.give_back(
            self.case(), actor=self.handling, now=self.at, reason=reason, note=self.scene.reply(self.kind, "return")
        )

    def suspend(self, days: int) -> None:
        """The head of the station grants a pause."""
        until = town_day(self.at) + timedelta(days=days)
        reason = self.rng.choice((ExtensionReason.WEATHER_OR_SEASON, ExtensionReason.FUNDING))
        lead = self.staff[1].viewer if self.handler is None else self.desk.viewer
        cases.suspend(self.case(), actor=lead, now=self.at, reason=reason, until=until, note="材料已报，等批复后继续。")

    def resume(self) -> None:
        """The pause is over."""
        lead = self.staff[1].viewer if self.handler is None else self.desk.viewer
        cases.resume(self.case(), actor=lead, now=self.at)

    def reopen(self) -> None:
        """The villager says that it is not settled."""
        actor = self.desk if self.from_hotline else self.liaison
        cases.reopen(self.case(), actor=actor.viewer, now=self.at, note="群众反映又出现同样的问题，请再处理。")

    def withdraw(self) -> None:
        """The villager does not want it any more."""
        actor = self.desk if self.from_hotline else self.liaison
        cases.withdraw(self.case(), actor=actor.viewer, now=self.at, note="群众自己已经解决，要求撤回。")

    def void(self) -> None:
        """Registered by mistake."""
        manager = self.scene.offices[self.team.town_code].one(Role.TOWN_MANAGER)
        cases.void(self.case(), actor=manager.viewer, now=self.at, note="测试登记，作废。")

    def fold_into_an_earlier_one(self) -> None:
        """The same matter as an earlier open case of the village, of the same class if there is one."""
        own = self.case()
        first = db.session.scalar(
            select(Case)
            .where(Case.village_id == own.village_id, Case.id < own.id, Case.closed_at.is_(None))
            .where(Case.restricted.is_(False))
            .order_by(Case.class_id != own.class_id, Case.id.desc())
            .limit(1)
        )
        if first is not None and not own.restricted:
            sender = self.sender.viewer
            cases.reject_duplicate(own, actor=sender, now=self.at, first=first, note="与首件是同一件事。")

    def second_check(self) -> None:
        """A self-solved case that was drawn is looked at again."""
        if self.case().second_check == "due":
            leader = self.scene.leader_of(self.team, self.home)
            viewer = leader.viewer if leader.role is Role.SECTION_LEADER else self.team.one(Role.VILLAGE_HEAD).viewer
            cases.second_check(self.case(), actor=viewer, now=self.at, passed=True, note="电话回访，情况属实。")

    def hurry(self) -> None:
        """The dispatcher asks to hurry, the handler answers."""
        cases.remind(self.case(), actor=self.sender.viewer, now=self.at, note="群众在等，请说明进展。")

    def comment(self) -> None:
        """A word on how it goes."""
        cases.comment(self.case(), actor=self.handling, now=self.at, note="已到现场看过，正在安排人手和材料。")

    # -- inside

    def _home(self) -> Household:
        household = self.household()
        assert household is not None
        return household

    def _intake(self, channel: Channel) -> cases.Intake:
        household = self.household()
        return {
            "case_class": db.session.get_one(CaseClass, self.kind.id), "channel": channel, "title": self.words.title,
            "text": self.words.text, "grid": db.session.get_one(Grid, self.team.id), "household": household,
            "reporter_name": household.head_name if household else None,
            "reporter_phone": household.phone if household else None,
        }  # fmt: skip

    def _over_the_desk(self) -> None:
        restricted, anonymous = self.kind.restricted, self.rng.random() < 0.3
        channel = Channel.PHONE if restricted else self.rng.choice((Channel.HOTLINE, Channel.RESIDENT_WEB))
        intake = self._intake(channel)
        if restricted or anonymous:  # the home stays out of what it reports
            spot = self.rng.choice(list(self.team.homes.values()))
            intake |= {"household": None, "reporter_name": None, "reporter_phone": None, "anonymous": True}
            if not restricted:
                intake |= {"lon": spot.lon, "lat": spot.lat}
            self.home = None
        self.case_id = cases.collect(actor=self.desk.viewer, now=self.at, **intake).id

    def _village_handler(self) -> Worker | None:
        level = self.kind.level
        if level == "grid" and self.home is not None:
            return self.liaison
        if level in ("grid", "village"):
            return self.team.one(Role.VILLAGE_HEAD)
        return None

    def _helper(self) -> Household | None:
        """A neighbour who helped, where the class rewards it."""
        if not self.kind.helped or self.home is None or next(self.scene.helping) % 5 > 2:
            return None
        return db.session.get_one(Household, self.rng.choice([h for h in self.liaison.homes if h != self.home.id]))

    def _record(self, demand: Demand | None) -> VisitRecord:
        demand = demand or Demand(self.kind.code, self.words.title, self.words.text)
        state = VisitState.SAFE if demand.result else VisitState.PASSED_ON
        return visit_record(self.scene, self.at, state=state, demand=demand)


def visit_record(
    scene: Scene, at: datetime, *, state: VisitState = VisitState.SAFE, demand: Demand | None = None
) -> VisitRecord:
    """A visit as a liaison notes it down; its mark comes from the scene's chance, so that it repeats."""
    rng = scene.rng
    mode = VisitMode.HOME if demand or rng.random() < 0.85 else VisitMode.PHONE
    ticks = (rng.choice(tuple(Tick)),) if rng.random() < 0.2 else ()
    purpose = rng.choice((Purpose.CARE, Purpose.CARE, Purpose.SAFETY_CHECK, Purpose.POLICY_DELIVERY))
    return VisitRecord(
        client_uuid=str(UUID(int=rng.getrandbits(128), version=4)), visited_at=at, mode=mode, state=state,
        purpose=purpose, met=rng.randint(1, 3), ticks=ticks, demand=demand,
    )  # fmt: skip
