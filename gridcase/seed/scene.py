"""What the demo's story is played with: the places with their people, the words, the calendar, chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

from sqlalchemy import select

from gridcase.calendar.queries import work_calendar
from gridcase.cases.models import CaseClass
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.worktime import Limit, LimitUnit, WorkCalendar
from gridcase.people.rules import Role
from gridcase.seed.places import OUJIANGCHA, chance
from gridcase.seed.reference import read_csv
from gridcase.seed.towns import Offices
from gridcase.seed.villages import Neighbour, Team, Worker

DAY_BEGINS, DAY_ENDS = time(8, 0), time(20, 0)
OVER_DUE = (2, 0, 4, 1)  # days by which the visits of the demo liaison's most urgent homes are due


@dataclass(frozen=True)
class Kind:
    """A class of the catalogue as the story needs it."""

    id: int
    code: str
    level: str
    urgency: int
    limit: Limit
    helped: bool
    restricted: bool
    departments: tuple[str, ...]

    @property
    def natural(self) -> bool:
        """Whether its clock runs at night too."""
        return self.limit.unit == LimitUnit.NATURAL

    def before(self, now: datetime, share: float, calendar: WorkCalendar) -> datetime:
        """The moment from which a share of the limit has run by now."""
        if self.limit.unit == LimitUnit.WORKING:
            return calendar.subtract_hours(now, self.limit.amount * share)
        hours = self.limit.amount * (24 if self.limit.unit == LimitUnit.DAYS else 1)
        return now - timedelta(hours=hours * share)


@dataclass(frozen=True)
class Words:
    """A demand with its class."""

    kind: Kind
    title: str
    text: str


@dataclass
class Scene:
    """Everything the tales draw on. `liaison_of` finds who looks after a home."""

    teams: list[Team]
    offices: dict[str, Offices]
    now: datetime
    # the telling in which even the small demo comes to every state
    rng: Random = field(default_factory=lambda: chance("story", "3"))
    calendar: WorkCalendar = field(default_factory=work_calendar)
    words: list[Words] = field(default_factory=list)
    replies: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    liaison_of: dict[int, Worker] = field(default_factory=dict)
    helping: Iterator[int] = field(default_factory=count)  # cases in which a neighbour may have helped
    waiting: dict[int, int] = field(default_factory=dict)  # home: days over due; no case leads anybody there

    def __post_init__(self) -> None:
        kinds = _kinds()
        self.words = [Words(kinds[row["code"]], row["title"], row["text"]) for row in read_csv("demands.csv")]
        for row in read_csv("replies.csv"):
            self.replies.setdefault((row["major"], row["kind"]), []).append(row["text"])
        for team in self.teams:
            for worker in team.of(Role.LIAISON):
                self.liaison_of.update(dict.fromkeys(worker.homes, worker))
        circle = self.own.one(Role.LIAISON).homes[1:-1]  # neither the liaison's own nor the demo villager's
        urgent = sorted(circle, key=lambda home_id: self.own.homes[home_id].tier.interval_days)
        self.waiting = dict(zip(urgent, OVER_DUE, strict=False))

    def demand(self, *, among: Sequence[str] = (), restricted: bool = False) -> Words:
        """A demand of a class among these levels or codes (empty: any); restricted ones only when asked for."""
        fitting = [
            words
            for words in self.words
            if words.kind.restricted == restricted
            and (not among or words.kind.level in among or words.kind.code in among)
        ]
        return self.rng.choice(fitting)

    def reply(self, kind: Kind, sort: str) -> str:
        """What was done, what the villager said, or why it was returned."""
        return self.rng.choice(self.replies[(kind.code[:2], sort)])

    @property
    def own(self) -> Team:
        """The village of the demo accounts."""
        return next(team for team in self.teams if _is_home(team))

    def team(self) -> Team:
        """A village: the demo accounts' own in a third of the cases, then the others of its town."""
        home, *others = sorted(self.teams, key=lambda team: (not _is_home(team), team.code))
        if not others or self.rng.random() < 0.36:
            return home
        weights = [1.0 if team.town_code == OUJIANGCHA else 0.4 for team in others]
        return self.rng.choices(others, weights=weights)[0]

    def home(self, team: Team) -> Neighbour:
        """A home with a problem; the demo liaison's circle has its share."""
        near = _is_home(team) and self.rng.random() < 0.25
        homes = team.one(Role.LIAISON).homes if near else team.homes
        return team.homes[self.rng.choice([home_id for home_id in homes if home_id not in self.waiting])]

    def leader_of(self, team: Team, home: Neighbour | None) -> Worker:
        """Who leads the cell or the section of a home, else the full-time worker."""
        if home is not None:
            section_id = self.liaison_of[home.id].section_id
            leaders = [
                worker
                for worker in team.of(Role.SECTION_LEADER, Role.GRID_LEADER)
                if (worker.section_id is not None and worker.section_id == section_id)
                or (worker.role is Role.GRID_LEADER and home.path.startswith(worker.path))
            ]
            if leaders:
                return self.rng.choice(leaders)
        return team.one(Role.FULLTIME_GRID)

    def station(self, team: Team, kind: Kind) -> tuple[int, Sequence[Worker]]:
        """The unit of the town that a class belongs to, and who works there: the handler, then the head."""
        offices = self.offices[team.town_code]
        units: Mapping[str, int] = offices.units
        name = next((name for name in kind.departments if offices.by_unit.get(units.get(name, 0))), "便民服务中心")
        return units[name], offices.by_unit[units[name]]

    def daytime(self, at: datetime) -> datetime:
        """This moment, or the next morning when it falls into the night."""
        local = at.astimezone(TOWN_ZONE)
        if local.time() < DAY_BEGINS:
            local = local.replace(hour=8, minute=local.minute)
        elif local.time() >= DAY_ENDS:
            local = (local + timedelta(days=1)).replace(hour=8, minute=local.minute)
        return local.astimezone(at.tzinfo)


def _is_home(team: Team) -> bool:
    return bool(team.of(Role.REVIEW_MEMBER))


def _kinds() -> dict[str, Kind]:
    return {
        row.code: Kind(
            row.id, row.code, row.level, row.urgency, Limit(row.limit, LimitUnit(row.limit_unit)),
            bool(row.helper_rule), row.restricted,
            tuple(name.split("（")[0].removeprefix("镇") for name in row.department.split("、") if name != "综治中心"),
        )
        for row in db.session.scalars(select(CaseClass))
    }  # fmt: skip
