"""The last ninety days of the demo, day by day: cases, visits, points, and what the jobs of those days did."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count, pairwise

from sqlalchemy import select

from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.service import HistoryRow
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.people.rules import Role
from gridcase.points import jobs as point_jobs
from gridcase.points import service as points
from gridcase.points.models import PointNotice, Transfer
from gridcase.seed.places import OUJIANGCHA
from gridcase.seed.scene import DAY_BEGINS, Scene
from gridcase.seed.scripts import FULL, STORY_DAYS, Part, few, tales
from gridcase.seed.tale import Tale, visit_record
from gridcase.seed.villages import Neighbour, Team, Worker
from gridcase.visits import service as visits
from gridcase.visits.rules import VisitMode

Event = Iterator[datetime]
Progress = Callable[[int, int], None]
HOTLINE = "12345"
IMPORTED, ANSWERED, SORTED = 30, 8, 3
SMALL_CIRCLES = 6
_VISITS = {CareTier.CONNECTED: 3, CareTier.CONCERNED: 2}
LATEST = 1.12  # of the interval: some homes wait for a visit


class Story:
    """All that happens, ordered by time; one transaction a day."""

    def __init__(self, scene: Scene, *, actor: Viewer, small: bool) -> None:
        self.scene, self.actor, self.small = scene, actor, small
        self._order = count()
        self._due: list[tuple[datetime, int, Event]] = []
        for part, tale in tales(scene, few(FULL) if small else FULL):
            self._plan(tale.at, _told(part, tale))
        self._plan(scene.now - timedelta(days=20), self._import())
        for team in scene.teams:
            self._plan_visits(team)
        for days in (61, 40, 26, 12):
            self._plan(scene.now - timedelta(days=days), self._confirm_tier(scene.now - timedelta(days=days)))
        self._plan(scene.now - timedelta(days=20), self._object(scene.now - timedelta(days=20), settled=True))
        self._plan(scene.now - timedelta(days=1), self._object(scene.now - timedelta(days=1), settled=False))

    def _plan(self, at: datetime, event: Event) -> None:
        heapq.heappush(self._due, (at, next(self._order), event))

    def play(self, progress: Progress) -> None:
        """From the first day to now."""
        now = self.scene.now
        first = min(now - timedelta(days=STORY_DAYS), self._due[0][0])
        mornings = [*_mornings(first, now), now]
        for n, (begins, ends) in enumerate(pairwise(mornings), start=1):
            point_jobs.mature(actor=self.actor, now=begins)
            if self._due and self._due[0][0] <= ends:
                with transaction():
                    self._day(ends)
            progress(n, len(mornings) - 1)

    def _day(self, ends: datetime) -> None:
        while self._due and self._due[0][0] <= ends:
            _, _, event = heapq.heappop(self._due)
            at = next(event, None)
            if at is not None and at <= self.scene.now:
                self._plan(at, event)

    # -- besides the cases

    def _plan_visits(self, team: Team) -> None:
        """At home every circle is visited in its rhythm; elsewhere the homes that need close support."""
        at_home = team is self.scene.own
        for n, liaison in enumerate(team.of(Role.LIAISON)):
            if self.small and n >= SMALL_CIRCLES:
                return
            for home in (team.homes[home_id] for home_id in liaison.homes):
                if home.id in self.scene.waiting:
                    at = self._last_visit(home)
                    self._plan(at, self._visit(liaison, home, at, mode=VisitMode.HOME))
                elif at_home or home.tier is CareTier.CONNECTED:
                    times = _VISITS.get(home.tier, 1) if at_home else 1
                    for at in self._rhythm(home, times):
                        self._plan(at, self._visit(liaison, home, at))

    def _last_visit(self, home: Neighbour) -> datetime:
        """When somebody was last at a home that waits: its next visit is due today or some days ago."""
        ago = home.tier.interval_days + self.scene.waiting[home.id]
        morning = datetime.combine(town_day(self.scene.now), DAY_BEGINS, TOWN_ZONE)
        return morning + timedelta(hours=self.scene.rng.uniform(1, 9)) - timedelta(days=ago)

    def _rhythm(self, home: Neighbour, times: int) -> Iterator[datetime]:
        """Days of visits back from now; most homes are in time, some wait for the next visit."""
        rng, interval = self.scene.rng, home.tier.interval_days
        ago = interval * rng.uniform(0.02, LATEST)
        for _ in range(times):
            at = self.scene.daytime(self.scene.now - timedelta(days=ago, minutes=rng.randint(0, 600)))
            if ago < STORY_DAYS * LATEST and at <= self.scene.now:
                yield at
            ago += interval * rng.uniform(0.8, 1.1)

    def _visit(self, liaison: Worker, home: Neighbour, at: datetime, *, mode: VisitMode | None = None) -> Event:
        household = db.session.get_one(Household, home.id)
        record = visit_record(self.scene, at)
        record = replace(record, mode=mode or record.mode)
        visits.log_visit(actor=liaison.viewer, household=household, record=record, now=at)
        return
        yield

    def _confirm_tier(self, at: datetime) -> Event:
        """The village head confirms that a home needs more care than before."""
        team = self.scene.own
        home = self.scene.rng.choice([home for home in team.homes.values() if home.tier is CareTier.REASSURED])
        household = db.session.get_one(Household, home.id)
        households.confirm_tier(
            household, actor=team.one(Role.VILLAGE_HEAD).viewer, tier=CareTier.CONCERNED,
            reason="户主生病住院，家中缺劳力，经村两委会议研判。", now=at,
        )  # fmt: skip
        return
        yield

    def _object(self, at: datetime, *, settled: bool) -> Event:
        """A villager's objection to points on notice, written down by the supervisor; the reviewers answer one."""
        team = self.scene.own
        transfer = db.session.scalar(
            select(Transfer)
            .join(PointNotice, PointNotice.transfer_id == Transfer.id)
            .where(
                Transfer.village_id == team.id,
                PointNotice.settled_at.is_(None),
                PointNotice.objected_at.is_(None),
                PointNotice.closes_on > town_day(at),
            )
            .order_by(Transfer.id)
            .limit(1)
        )
        if transfer is None:
            return
        supervisor = team.one(Role.VILLAGE_SUPERVISOR).viewer
        points.object_to(transfer, actor=supervisor, reason="邻居反映这件事是两家一起办的，请核对。", now=at)
        if settled:
            yield at + timedelta(days=1)
            points.settle_objection(
                transfer, actor=team.of(Role.REVIEW_MEMBER)[-1].viewer, upheld=False, note="核对过登记，情况属实。",
                now=at + timedelta(days=1),
            )  # fmt: skip

    def _import(self) -> Event:
        """A list of the citizens' hotline: answered ones are history, the others wait in the town's tray."""
        scene, at = self.scene, self.scene.now - timedelta(days=20)
        manager = scene.offices[OUJIANGCHA].one(Role.TOWN_MANAGER)
        rows = []
        for n in range(1, IMPORTED + ANSWERED + 1):
            words = scene.demand()
            happened = at - timedelta(days=scene.rng.uniform(3, 200))
            answered = n > IMPORTED
            row = HistoryRow(f"{happened:%Y}-{n:05d}", words.title, words.text, happened)
            if answered:
                row = replace(
                    row, answer_text=scene.reply(words.kind, "result"), answered_at=happened + timedelta(days=2)
                )
            rows.append(row)
        town = db.session.get_one(Grid, scene.offices[OUJIANGCHA].town_id)
        cases.import_history(actor=manager.viewer, town=town, village=None, source_system=HOTLINE, rows=rows, now=at)
        for n in range(SORTED):
            yield at + timedelta(days=n + 1)
            self._sort(at + timedelta(days=n + 1))

    def _sort(self, at: datetime) -> None:
        """The duty desk finds class and village of one of them."""
        scene = self.scene
        desk = scene.offices[OUJIANGCHA].one(Role.DISPATCHER)
        waiting = db.session.scalar(select(Case).where(Case.unsorted.is_(True)).order_by(Case.id).limit(1))
        assert waiting is not None
        kind = next(words.kind for words in scene.words if words.title == waiting.title)
        team = next(team for team in scene.teams if team.town_code == OUJIANGCHA)
        cases.sort(
            waiting, actor=desk.viewer, now=at, grid=db.session.get_one(Grid, team.id),
            case_class=db.session.get_one(CaseClass, kind.id),
        )  # fmt: skip


def _told(part: Part, tale: Tale) -> Event:
    """A script as far as its part lets it go."""
    script = part.script(tale)
    for _ in range(part.deeds):
        at = next(script, None)
        if at is None:
            return
        yield at


def _mornings(first: datetime, last: datetime) -> Iterator[datetime]:
    """Six o'clock of every day of the story."""
    day: date = town_day(first)
    while True:
        at = datetime(day.year, day.month, day.day, 6, tzinfo=TOWN_ZONE)
        if at >= last:
            return
        yield at
        day += timedelta(days=1)
