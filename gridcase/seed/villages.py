"""One village of the demo: its register, its sections and circles, and who holds its posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import zip_longest
from random import Random

from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel
from gridcase.households import service as households
from gridcase.households.models import Household, Member
from gridcase.households.rules import CareTier
from gridcase.people import queries as posts
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.people.service import PostRow
from gridcase.seed import circles
from gridcase.seed.families import Home, homes_of
from gridcase.seed.places import HOME_VILLAGE, Size, Spot

REASON = "熟人推选"
FRESH, TIRED = 25, 68  # ages of those who take a post


@dataclass(frozen=True)
class Worker:
    """Somebody on a post, as the one who acts in the story."""

    viewer: Viewer
    post_id: int
    role: Role
    path: str
    section_id: int | None = None
    homes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    """A home as the story needs it."""

    id: int
    path: str
    tier: CareTier
    head: str
    head_person_id: int
    phone: str | None
    lon: float
    lat: float


@dataclass
class Team:
    """A village after it was settled."""

    id: int
    code: str
    name: str
    path: str
    town_code: str
    homes: dict[int, Neighbour] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def of(self, *roles: Role) -> list[Worker]:
        """Who holds posts of these roles."""
        return [worker for worker in self.workers if worker.role in roles]

    def one(self, role: Role) -> Worker:
        """The village's one post of a role."""
        return self.of(role)[0]


def settle(
    village: Grid, spots: Sequence[Spot], size: Size, *, town_code: str, actor: Viewer, now: datetime, rng: Random
) -> Team:
    """Take over the village's register, form its sections and circles, fill its posts."""
    since = village.valid_from
    made = homes_of(spots, size, village_name=village.name, rng=rng, today=town_day(now))
    ids = households.register_households(
        actor=actor, village=village, rows=[home.row for home in made], since=since, now=now
    )
    team = Team(village.id, village.code, village.name, village.path, town_code)
    team.homes = _neighbours(village, ids, made)
    drawn = circles.draw(made, size.liaisons, rng=rng)
    sections = [
        grids.add_section(actor=actor, village=village, code=f"P{n}", name=f"第{n}片", now=now)
        for n in range(1, size.sections + 1)
    ]
    by_circle = [sections[i * len(sections) // len(drawn)] if sections else None for i in range(len(drawn))]
    homes = [[ids[i] for i in circle] for circle in drawn]
    chosen = _Election(team, made, ids, today=town_day(now))
    rows, holders = _village_posts(village, spots, sections, homes, chosen)
    first = len(rows)
    rows += [_liaison(village, section, n) for n, section in enumerate(by_circle, start=1)]
    holders += [chosen.of(circle) for circle in homes]
    created = people.add_posts(actor=actor, place=village, rows=rows, valid_from=since, now=now)
    people.appoint_many(
        actor=actor, place=village, rows=list(zip(created, holders, strict=True)), valid_from=since, now=now
    )
    households.form_circles(
        actor=actor, village=village, circles=list(zip(created[first:], homes, strict=True)), valid_from=since,
        reason=REASON, now=now,
    )  # fmt: skip
    names = {home.head_person_id: home.head for home in team.homes.values()}
    own: list[Sequence[int]] = [*([()] * first), *homes]
    team.workers = [
        worker_of(post, names[person], person, circle)
        for post, person, circle in zip(created, holders, own, strict=True)
    ]
    return team


def worker_of(post: Post, name: str, person_id: int, homes: Iterable[int] = (), user_id: int | None = None) -> Worker:
    """The holder of a post as a viewer, the homes of its circle named."""
    grant, role, circle = posts.grant_of(post), Role(post.role), tuple(homes)
    if grant.household_ids is not None:
        grant = replace(grant, household_ids=frozenset(circle))
    viewer = Viewer(kind="staff", name=name, user_id=user_id, person_id=person_id, grants=(grant,))
    return Worker(viewer, post.id, role, post.place_path, post.section_id, circle)


def _neighbours(village: Grid, ids: Sequence[int], made: Sequence[Home]) -> dict[int, Neighbour]:
    heads = {
        row.household_id: row.person_id
        for row in db.session.execute(
            select(Member.household_id, Member.person_id)
            .join(Household, Household.id == Member.household_id)
            .where(Household.village_id == village.id, Member.relation == "head")
        )
    }
    return {
        household_id: Neighbour(
            household_id, home.row.grid.path, home.row.tier, home.row.members[0].name, heads[household_id],
            home.row.phone, home.lon, home.lat,
        )
        for household_id, home in zip(ids, made, strict=True)
    }  # fmt: skip


class _Election:
    """Gives every post to somebody else: the head of a home, of an age to do it, not away for work."""

    def __init__(self, team: Team, made: Sequence[Home], ids: Sequence[int], *, today: date) -> None:
        self._team = team
        self._fit = {
            household_id
            for household_id, home in zip(ids, made, strict=True)
            if not home.row.absent and home.row.tier is CareTier.REASSURED and home.row.members[0].born_on is not None
            and FRESH <= (today - home.row.members[0].born_on).days / 365 <= TIRED
        }  # fmt: skip
        self._taken: set[int] = set()

    def of(self, homes: Iterable[int]) -> int:
        """A person of one of these homes."""
        free = [home for home in homes if home not in self._taken]
        home = next((home for home in free if home in self._fit), free[0])
        self._taken.add(home)
        return self._team.homes[home].head_person_id


def _village_posts(
    village: Grid,
    spots: Sequence[Spot],
    sections: Sequence[Section],
    homes: Sequence[Sequence[int]],
    chosen: _Election,
) -> tuple[list[PostRow], list[int]]:
    """The posts above the liaisons: head, full-time worker, leaders of sections and cells, reviewers."""
    last_ones = [home for row in zip_longest(*(reversed(circle) for circle in reversed(homes))) for home in row]
    everybody = [home for home in last_ones if home is not None]
    rows = [
        PostRow(f"{village.code}-HEAD", Role.VILLAGE_HEAD, f"{village.name}总网格长", village, paid=True),
        PostRow(f"{village.code}-FULL", Role.FULLTIME_GRID, f"{village.name}专职网格员", village, paid=True),
    ]
    holders = [chosen.of(everybody), chosen.of(everybody)]
    for i, section in enumerate(sections):
        title = f"{village.name}{section.name}网格长"
        rows.append(PostRow(f"{village.code}-{section.code}", Role.SECTION_LEADER, title, village, section))
        start, stop = i * len(homes) // len(sections), (i + 1) * len(homes) // len(sections)
        own = {home for circle in homes[start:stop] for home in circle}
        holders.append(chosen.of(home for home in everybody if home in own))
    for spot in spots:
        if spot.grid.level == GridLevel.CELL:
            title = f"{village.name}{spot.grid.name}网格长"
            rows.append(PostRow(f"{spot.grid.code}-LEAD", Role.GRID_LEADER, title, spot.grid))
            holders.append(chosen.of(everybody))
    if village.code == HOME_VILLAGE:
        for role, count in ((Role.REVIEW_MEMBER, 3), (Role.VILLAGE_SUPERVISOR, 1)):
            for n in range(1, count + 1):
                rows.append(PostRow(f"{village.code}-{role.upper()}{n}", role, f"{village.name}{role.label}", village))
                holders.append(chosen.of(everybody))
    return rows, holders


def _liaison(village: Grid, section: Section | None, n: int) -> PostRow:
    title = f"{village.name}{section.name if section else ''}联户代表{n:02d}"
    return PostRow(f"{village.code}-L{n:03d}", Role.LIAISON, title, village, section)
