"""What a village looks like on a day, read once for the solver, and the fingerprint that tells when it has changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import func, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.geo import lon_lat
from gridcase.core.scope import under
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel, SizeLimits
from gridcase.households import queries as households
from gridcase.households.models import CirclePlace, HouseholdPoint, Member, Nomination
from gridcase.people.models import Holding, Post
from gridcase.people.rules import Role
from gridcase.planner.models.proposals import Plan
from gridcase.planner.rules.circles import Candidate, CircleRules, Village
from gridcase.planner.rules.ground import CellRules, Group, Home
from gridcase.planner.rules.states import SETTING_KEY, Wishes
from gridcase.planner.rules.work import CellWork, Kind

LEAST_SECONDS = 0.5  # a group gets at least this much of the village's time


@dataclass(frozen=True)
class Today:
    """Homes with the group they lie in, circles, who leads them, and whom the homes would trust."""

    homes: tuple[tuple[int | None, Home], ...]  # (group, home); group None: in the village only
    posts: dict[int, int]  # home -> post of its liaison
    leaders: dict[int, int]  # post -> person
    nominations: dict[int, tuple[int, ...]]
    lives: dict[int, int]  # person -> home, of those who may serve

    def fingerprint(self, kind: Kind) -> str:
        """Changes when anything changes that a plan of this kind was made from."""
        seen: list[object] = [
            [group, home.id, home.persons, home.lon, home.lat, home.cell] for group, home in self.homes
        ]
        if kind is Kind.CIRCLES:
            for part in (self.posts, self.leaders, self.nominations, self.lives):
                seen.append(sorted(part.items()))
        return hashlib.sha256(orjson.dumps(seen)).hexdigest()


def read_village(path: str, *, on: date) -> Today:
    """Everything the planner asks about a village (or one group) in a handful of statements."""
    homes = _homes(path, on)
    placed = households.homes_on(path, on=on).subquery()
    circles = db.session.execute(
        select(CirclePlace.household_id, CirclePlace.post_id).where(
            CirclePlace.household_id.in_(select(placed.c.household_id)),
            CirclePlace.role == Role.LIAISON,
            in_force(CirclePlace, on),
        )
    )
    posts = {row.household_id: row.post_id for row in circles}
    leaders = _leaders(path, on)
    wished = _nominations(path, on)
    persons = {*leaders.values(), *(person for named in wished.values() for person in named)}
    return Today(homes, posts, leaders, wished, _lives(persons, path, on))


def _homes(path: str, on: date) -> tuple[tuple[int | None, Home], ...]:
    placed = households.homes_on(path, on=on).subquery()
    members = (
        select(Member.household_id, func.count().label("persons"))
        .where(Member.household_id.in_(select(placed.c.household_id)), in_force(Member, on))
        .group_by(Member.household_id)
        .subquery()
    )
    lon, lat = lon_lat(HouseholdPoint.geom)
    rows = db.session.execute(
        select(placed.c.household_id, Grid.id, Grid.level, Grid.parent_id, members.c.persons, lon, lat)
        .select_from(placed)
        .join(Grid, Grid.id == placed.c.grid_id)
        .outerjoin(members, members.c.household_id == placed.c.household_id)
        .outerjoin(HouseholdPoint, HouseholdPoint.household_id == placed.c.household_id)
        .order_by(placed.c.household_id)
    )
    return tuple(
        (_group_of(level, grid_id, parent_id),
         Home(home_id, persons or 0, x, y, grid_id if level == GridLevel.CELL else None))
        for home_id, grid_id, level, parent_id, persons, x, y in rows
    )  # fmt: skip


def _group_of(level: str, grid_id: int, parent_id: int | None) -> int | None:
    return {GridLevel.CELL: parent_id, GridLevel.GROUP: grid_id}.get(GridLevel(level))


def _leaders(path: str, on: date) -> dict[int, int]:
    rows = db.session.execute(
        select(Holding.post_id, Holding.person_id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            under(Post.place_path, path), Post.role == Role.LIAISON, Holding.stand_in.is_(False),
            in_force(Holding, on), Post.valid_from <= on, (Post.valid_to.is_(None)) | (Post.valid_to > on),
        )
        .order_by(Holding.post_id, Holding.id)
    )  # fmt: skip
    return {row.post_id: row.person_id for row in rows}


def _nominations(path: str, on: date) -> dict[int, tuple[int, ...]]:
    placed = households.homes_on(path, on=on).subquery()
    rows = db.session.execute(
        select(Nomination.household_id, Nomination.person_id)
        .where(Nomination.household_id.in_(select(placed.c.household_id)))
        .order_by(Nomination.household_id, Nomination.rank)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found[row.household_id] = (*found.get(row.household_id, ()), row.person_id)
    return found


def _lives(persons: set[int], path: str, on: date) -> dict[int, int]:
    placed = households.homes_on(path, on=on).subquery()
    rows = db.session.execute(
        select(Member.person_id, Member.household_id)
        .where(Member.household_id.in_(select(placed.c.household_id)), in_force(Member, on))
        .order_by(Member.id)
    )
    return {row.person_id: row.household_id for row in rows if row.person_id in persons}


def wishes_of(path: str, *, on: date) -> Wishes:
    """What the village or the nearest place above it sets for its plans."""
    found = grids.setting(path, SETTING_KEY, on=on)
    return Wishes.from_json(found[0] if found else None)


def cell_work(today: Today, limits: SizeLimits, wishes: Wishes, *, seconds: float, seed: int) -> CellWork:
    """The groups of a village as work for the solver; the time is shared by their homes."""
    groups: dict[int, list[Home]] = {}
    for group, home in today.homes:
        if group is not None:
            groups.setdefault(group, []).append(home)
    total = sum(len(homes) for homes in groups.values()) or 1
    return CellWork(
        tuple(
            (group, Group(tuple(homes), CellRules(
                limits=limits, stay_metres=wishes.stay_metres, seed=seed,
                seconds=max(LEAST_SECONDS, seconds * len(homes) / total),
            )))
            for group, homes in sorted(groups.items())
        ),
        outside=sum(group is None for group, _ in today.homes),
    )  # fmt: skip


def circle_work(today: Today, limits: SizeLimits, wishes: Wishes, *, seconds: float, seed: int) -> Village:
    """The village as work for the solver: who was nominated or leads a circle may serve."""
    leads = {person: post for post, person in sorted(today.leaders.items(), reverse=True)}
    persons = sorted({*leads, *(person for named in today.nominations.values() for person in named)})
    return Village(
        homes=tuple(home for _, home in today.homes),
        candidates=tuple(Candidate(one, today.lives.get(one), leads.get(one)) for one in persons),
        nominations=today.nominations,
        posts=today.posts,
        rules=CircleRules(
            limits=limits, weights=(wishes.first, wishes.second, wishes.third), own_home=wishes.own_home,
            change_metres=wishes.change_metres, uneven_metres=wishes.uneven_metres, seconds=seconds, seed=seed,
        ),
    )  # fmt: skip


def work_of(
    kind: Kind, path: str, *, on: date, seconds: float, seed: int
) -> tuple[CellWork | Village, str, SizeLimits, Wishes]:
    """The work for the solver, the fingerprint of what it was made from, and what it was planned by."""
    today, limits, wishes = read_village(path, on=on), grids.size_limits(path, on=on), wishes_of(path, on=on)
    make = cell_work if kind is Kind.CELLS else circle_work
    work: CellWork | Village = make(today, limits, wishes, seconds=seconds, seed=seed)
    return work, today.fingerprint(kind), limits, wishes


def still_true(plan: Plan, *, on: date) -> bool:
    """Whether homes, members, cells, circles and nominations are still those a plan was made from."""
    return read_village(plan.place_path, on=on).fingerprint(Kind(plan.kind)) == plan.fingerprint
