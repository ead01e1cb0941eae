"""Village A of the small world with every home in a circle: three liaisons, a leader at every cell, open cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, or_, select

from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid, Section
from gridcase.households import service as households
from gridcase.households.models import CirclePlace, Household, HouseholdPlace
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Holding, Post
from gridcase.people.rules import Role
from gridcase.planner.queries import village as villages
from gridcase.users import service as users
from tests.factories.cases import collected
from tests.factories.world import MAKER, MEMORY_KIB, PASSWORD, SINCE, START, World


@dataclass
class Village:
    """Post ids of the three liaisons (the first is the world's own) and of the leaders of cells 1 to 4."""

    grid: Grid
    liaisons: list[int] = field(default_factory=list)
    leaders: list[int] = field(default_factory=list)
    persons: dict[int, int] = field(default_factory=dict)  # post to its holder


def settle_in(world: World) -> Village:
    """Two more liaisons for the homes without one, and leaders for the cells without one."""
    grid = db.session.get_one(Grid, world.grids["village_a"])
    made = Village(grid, [world.posts[Role.LIAISON]], [world.posts[Role.GRID_LEADER]])
    rest = [home for home in world.homes["village_a"] if home not in world.homes["circle"]]
    with transaction():
        section = db.session.get_one(Section, world.sections["section_2"])
        for number, homes in ((2, rest[:5]), (3, rest[5:])):
            post_id, person_id = _post(grid, Role.LIAISON, f"L{number}", f"联户代表{number}", section)
            post = db.session.get_one(Post, post_id)
            households.join_circle(
                actor=MAKER, post=post, household_ids=homes, valid_from=SINCE, reason="熟人", now=START
            )  # fmt: skip
            made.liaisons.append(post_id)
            made.persons[post_id] = person_id
            world.users[f"liaison_{number}"] = users.add_user(
                actor=MAKER, login=f"liaison{number}", password=PASSWORD, person_id=person_id, now=START,
                memory_kib=MEMORY_KIB,
            ).id  # fmt: skip
        for number in (2, 3, 4):
            cell = db.session.get_one(Grid, world.grids[f"village_a_cell_{number}"])
            post_id, person_id = _post(cell, Role.GRID_LEADER, f"G{number}", f"第{number}网格网格长", None)
            made.leaders.append(post_id)
            made.persons[post_id] = person_id
    return made


def _post(place: Grid, role: Role, code: str, title: str, section: Section | None) -> tuple[int, int]:
    person = people_service.add_person(actor=MAKER, name=f"新{title}", place_path=place.path, now=START)
    post = people_service.add_post(
        actor=MAKER, code=f"V-{code}", role=role, title=title, place=place, section=section, now=START,
        valid_from=SINCE,
    )  # fmt: skip
    people_service.appoint(actor=MAKER, post=post, person_id=person.id, valid_from=SINCE, now=START)
    return post.id, person.id


def open_case(world: World, home: int, *, collector: int, handler: int | None = None, code: str = "0503") -> int:
    """A case of a home, taken down by a post, and sent to another where one is named."""
    case = collected(world, MAKER, home=home, collector_post=collector, code=code)
    if handler is not None:
        with transaction():
            now = case.registered_at
            cases.accept(case, actor=MAKER, now=now)
            cases.dispatch(case, actor=MAKER, post=db.session.get_one(Post, handler), now=now)
    return case.id


# --- what must never be lost


def living_posts(day: date) -> set[int]:
    """Posts in force that somebody holds."""
    rows = db.session.scalars(
        select(Post.id)
        .join(Holding, Holding.post_id == Post.id)
        .where(people.valid_on(Post, day), people.valid_on(Holding, day))
    )
    return set(rows)


def lost_cases(day: date) -> list[str]:
    """Open cases that lie with a post which has ended or which nobody holds."""
    living = living_posts(day)
    rows = db.session.execute(
        select(Case.number, Case.state, Case.handler_post_id, Case.collector_post_id).where(
            Case.closed_at.is_(None), or_(Case.handler_post_id.is_not(None), Case.collector_post_id.is_not(None))
        )
    )
    return [row.number for row in rows if {row.handler_post_id, row.collector_post_id} - {None} - living]


def homes_of_village(village_id: int) -> set[int]:
    """The homes whose row of today says this village."""
    return set(db.session.scalars(select(Household.id).where(Household.village_id == village_id)))


def looked_after(day: date) -> dict[int, int]:
    """Each home with exactly one liaison in force, and which; a second one fails."""
    rows = db.session.execute(
        select(CirclePlace.household_id, func.count(), func.min(CirclePlace.post_id))
        .where(CirclePlace.role == Role.LIAISON, in_force(CirclePlace, day))
        .group_by(CirclePlace.household_id)
    ).all()
    assert [row for row in rows if row[1] != 1] == []
    return {row[0]: row[2] for row in rows}


def places_agree(day: date) -> bool:
    """Every home lies in exactly one place that stands, and its row of today says which."""
    rows = db.session.execute(
        select(HouseholdPlace.household_id, HouseholdPlace.grid_id, Household.grid_id, Grid.valid_to)
        .join(Household, Household.id == HouseholdPlace.household_id)
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .where(in_force(HouseholdPlace, day))
    ).all()
    one_each = len({row[0] for row in rows}) == len(rows) == db.session.scalar(select(func.count(Household.id)))
    return one_each and all(row[1] == row[2] and (row[3] is None or row[3] > day) for row in rows)


def circle(post_id: int, now: datetime) -> list[int]:
    """The homes of a post's circle today."""
    return [row.id for row in villages.homes_of(post_id, on=town_day(now))]
