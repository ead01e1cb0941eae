"""What the registers of the demo hold besides homes and posts: elections and certificates in every village; in the
home village also organisations, identities, lines of work, resources and nominations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid import queries as grids
from gridcase.grid import service as places
from gridcase.grid.models import Grid
from gridcase.grid.rules import Line, ResourceKind, SizeLimits
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import ADULT, age_on
from gridcase.people import service as people
from gridcase.people.models import Person, Post
from gridcase.people.rules import BodyKind, Candidate, MeetingKind, Role, Tag
from gridcase.people.service import Election
from gridcase.seed.villages import Team, Worker

TERM_YEARS, SIGNED_SHARE = 3, 0.8
WIDE_CELLS = SizeLimits(households=(40, 80), persons=(150, 320))  # one county's cells hold about 64 homes
BODIES = (
    (BodyKind.PARTY_BRANCH, "党支部"), (BodyKind.VILLAGE_COMMITTEE, "村委会"), (BodyKind.SUPERVISION, "村监委会"),
    (BodyKind.WOMEN, "妇联"), (BodyKind.YOUTH, "团支部"), (BodyKind.DELIBERATION, "村民议事会"),
    (BodyKind.MORAL, "道德评议会"), (BodyKind.REDWHITE, "红白理事会"), (BodyKind.ANTIDRUG, "禁毒禁赌会"),
)  # fmt: skip
SEATS = ("主任", "副主任", "委员")
RESOURCES = (
    (ResourceKind.FACILITY, "便民服务点", 1), (ResourceKind.FACILITY, "屋场会议事亭", 3),
    (ResourceKind.TEAM, "治安联防队", 1), (ResourceKind.TEAM, "志愿服务队", 1),
    (ResourceKind.EQUIPMENT, "抽水泵", 4), (ResourceKind.EQUIPMENT, "应急照明灯", 12),
)  # fmt: skip
LINES = (Line.PARTY, Line.GOVERNANCE, Line.CIVIL_AFFAIRS, Line.PETITION)


def certify_all(teams: Sequence[Team], *, actor: Viewer, now: datetime, rng: Random) -> None:
    """Every village chose its representatives before they took their posts, and gave them certificates."""
    for team in teams:
        village = db.session.get_one(Grid, team.id)
        since = village.valid_from
        rows = [
            (db.session.get_one(Post, worker.post_id), worker.viewer.person_id or 0, _election(worker, since, rng))
            for worker in team.of(Role.LIAISON)
        ]
        people.certify_many(actor=actor, village=village, rows=rows, now=now)


def _election(worker: Worker, since: date, rng: Random) -> Election:
    return Election(
        elected_on=since, meeting=rng.choice(tuple(MeetingKind)), candidate=rng.choice(tuple(Candidate)[:-1]),
        led_by="村民小组长", term_from=since, term_to=since.replace(year=since.year + TERM_YEARS),
        signatures=max(1, round(len(worker.homes) * SIGNED_SHARE)), oath_on=since + timedelta(days=7),
    )  # fmt: skip


def furnish(team: Team, *, actor: Viewer, now: datetime, rng: Random) -> None:
    """The home village: who sits where, what it has, whom its homes trust."""
    village, today = db.session.get_one(Grid, team.id), town_day(now)
    _bodies(team, village, actor=actor, now=now)
    _identities(team, village.valid_from, actor=actor, now=now)
    places.set_lines(village, actor=actor, lines=LINES, on=village.valid_from, now=now)
    head = team.one(Role.VILLAGE_HEAD).post_id
    for kind, name, quantity in RESOURCES:
        places.add_resource(
            village, actor=actor, kind=kind, name=name, quantity=quantity, contact_post_id=head, note="",
            on=village.valid_from, now=now,
        )  # fmt: skip
    _nominations(team, actor=actor, now=now, rng=rng, today=today)


def _bodies(team: Team, village: Grid, *, actor: Viewer, now: datetime) -> None:
    busy = {worker.viewer.person_id for worker in team.workers}
    free = (home for home in team.homes.values() if home.head_person_id not in busy)
    branch = None
    for kind, name in BODIES:
        body = people.add_organisation(
            actor=actor, kind=kind, name=f"{village.name.removesuffix('村')}{name}", place=village, parent=branch,
            since=village.valid_from, now=now,
        )  # fmt: skip
        branch = branch or body
        for rank, title in enumerate(SEATS, start=1):
            people.seat(
                body, actor=actor, person_id=next(free).head_person_id, title=title, rank=rank,
                start=village.valid_from, end=None, now=now,
            )  # fmt: skip


def _identities(team: Team, since: date, *, actor: Viewer, now: datetime) -> None:
    """Every representative is a grid worker, every second a party member, every third all three in one."""
    for n, worker in enumerate(team.of(Role.LIAISON)):
        person = db.session.get_one(Person, worker.viewer.person_id)
        tags = [Tag.GRID_WORKER, *([Tag.PARTY_MEMBER] if n % 2 == 0 else [])]
        if n % 3 == 0:
            tags += [Tag.GROUP_LEADER, Tag.SHAREHOLDER]
        for kind in tags:
            people.tag(person, actor=actor, kind=kind, start=since, end=None, now=now)


def _nominations(team: Team, *, actor: Viewer, now: datetime, rng: Random, today: date) -> None:
    """Most homes trust the one who comes today; some would rather have a neighbour's."""
    own = {home: worker for worker in team.of(Role.LIAISON) for home in worker.homes}
    trusted = [worker.viewer.person_id or 0 for worker in team.of(Role.LIAISON)]
    for home_id, worker in own.items():
        if rng.random() < 0.1:
            continue
        at = trusted.index(worker.viewer.person_id or 0)
        named = [trusted[at], trusted[(at + 1) % len(trusted)], trusted[at - 1]]
        if rng.random() < 0.35:
            named.reverse()
        grown = [person for person in dict.fromkeys(named) if _grown(person, today)]
        households.nominate(
            db.session.get_one(Household, home_id), actor=actor, person_ids=grown[: rng.randint(1, 3)], now=now
        )


def _grown(person_id: int, today: date) -> bool:
    age = age_on(db.session.get_one(Person, person_id).born_on, today)
    return age is None or age >= ADULT


def wide_cells(code: str, *, actor: Viewer, now: datetime) -> None:
    """A county whose cells are larger than elsewhere says so in its settings."""
    county = grids.by_code(code)
    if county is not None:
        places.set_sizes(actor=actor, place=county, limits=WIDE_CELLS, on=county.valid_from, now=now)
