"""A village as a change finds it: its cells and circles with their sizes, its homes, its posts and who holds them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, HouseholdPoint, Member, Nomination
from gridcase.people.models import Holding, Person, Post
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role
from gridcase.planner.rules.reorganise import Spot

PLAN = Permission.PLAN_GRID
INSIDE = (GridLevel.GROUP, GridLevel.CELL)
NOMINATED_MOST = 12


def village(village_id: int, *, viewer: Viewer, permission: Permission = PLAN) -> Grid:
    """One village that the viewer may plan, else `Missing`."""
    return _grid(viewer, permission, Grid.id == village_id, Grid.level == GridLevel.VILLAGE)


def place(grid_id: int, *, viewer: Viewer) -> Grid:
    """One group or cell that the viewer may plan and that still stands, else `Missing`."""
    return _grid(viewer, PLAN, Grid.id == grid_id, Grid.level.in_(INSIDE))


def _grid(viewer: Viewer, permission: Permission, *conditions: Any) -> Grid:
    found = db.session.scalar(
        select(Grid).where(Grid.valid_to.is_(None), reach(viewer, permission, path=Grid.path), *conditions)
    )
    if found is None:
        raise Missing
    return found


def post(post_id: int, *, viewer: Viewer, on: date) -> tuple[Post, Grid]:
    """One post of a village that the viewer may plan, with the village, else `Missing`."""
    row = db.session.execute(
        select(Post, Grid.village_id)
        .join(Grid, Grid.id == Post.place_id)
        .where(
            Post.id == post_id,
            Grid.village_id.is_not(None),
            valid_on(Post, on),
            reach(viewer, PLAN, path=Post.place_path),
        )
    ).first()
    if row is None:
        raise Missing
    return row[0], db.session.get_one(Grid, row.village_id)


@dataclass(frozen=True)
class PlaceRow:
    """A group or cell and how many live in it."""

    id: int
    code: str
    name: str
    level: str
    homes: int
    persons: int


def places_in(village_path: str, *, on: date) -> list[PlaceRow]:
    """The groups and cells of a village with their homes and persons on a day, by code."""
    homes = (
        select(HouseholdPlace.grid_id, func.count().label("n"))
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .where(under(Grid.path, village_path), in_force(HouseholdPlace, on))
        .group_by(HouseholdPlace.grid_id)
        .subquery()
    )
    persons = (
        select(HouseholdPlace.grid_id, func.count().label("n"))
        .join(Member, Member.household_id == HouseholdPlace.household_id)
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .where(under(Grid.path, village_path), in_force(HouseholdPlace, on), in_force(Member, on))
        .group_by(HouseholdPlace.grid_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Grid.id, Grid.code, Grid.name, Grid.level, func.coalesce(homes.c.n, 0), func.coalesce(persons.c.n, 0)
        )
        .outerjoin(homes, homes.c.grid_id == Grid.id)
        .outerjoin(persons, persons.c.grid_id == Grid.id)
        .where(under(Grid.path, village_path), Grid.level.in_(INSIDE), Grid.valid_to.is_(None))
        .order_by(Grid.code)
    )  # fmt: skip
    return [PlaceRow(*row) for row in rows]


@dataclass(frozen=True)
class CircleRow:
    """A liaison's post and how many homes it looks after."""

    id: int
    code: str
    title: str
    section: str
    homes: int
    section_id: int | None


def circles_in(village_path: str, *, on: date) -> list[CircleRow]:
    """The liaisons' posts of a village with the size of their circles on a day, by code."""
    homes = (
        select(CirclePlace.post_id, func.count().label("n"))
        .join(Post, Post.id == CirclePlace.post_id)
        .where(under(Post.place_path, village_path), in_force(CirclePlace, on))
        .group_by(CirclePlace.post_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Post.id, Post.code, Post.title, func.coalesce(Section.name, ""), func.coalesce(homes.c.n, 0),
            Post.section_id,
        )
        .outerjoin(homes, homes.c.post_id == Post.id)
        .outerjoin(Section, Section.id == Post.section_id)
        .where(under(Post.place_path, village_path), Post.role == Role.LIAISON, valid_on(Post, on))
        .order_by(Post.code)
    )  # fmt: skip
    return [CircleRow(*row) for row in rows]


def _homes() -> Any:
    return select(
        Household.id, Household.code, Household.head_name, Household.address, Household.next_visit_on,
    )  # fmt: skip


def homes_in(grid_ids: Collection[int], *, on: date) -> Sequence[Any]:
    """The homes that lie in these places on a day, by code."""
    return db.session.execute(
        _homes()
        .add_columns(HouseholdPlace.grid_id)
        .join(HouseholdPlace, HouseholdPlace.household_id == Household.id)
        .where(HouseholdPlace.grid_id.in_(set(grid_ids)), in_force(HouseholdPlace, on))
        .order_by(Household.code)
    ).all()


def homes_of(post_id: int, *, on: date) -> Sequence[Any]:
    """The homes of a post's circle on a day, by code."""
    return db.session.execute(
        _homes()
        .join(CirclePlace, CirclePlace.household_id == Household.id)
        .where(CirclePlace.post_id == post_id, in_force(CirclePlace, on))
        .order_by(Household.code)
    ).all()


def grids_of(home_ids: Collection[int], *, on: date) -> dict[int, int]:
    """In which place each home lies on a day."""
    if not home_ids:
        return {}
    rows = db.session.execute(
        select(HouseholdPlace.household_id, HouseholdPlace.grid_id).where(
            HouseholdPlace.household_id.in_(set(home_ids)), in_force(HouseholdPlace, on)
        )
    )
    return {row.household_id: row.grid_id for row in rows}


def liaisons_of(home_ids: Collection[int], *, on: date) -> dict[int, int]:
    """The liaison's post of each home on a day."""
    if not home_ids:
        return {}
    rows = db.session.execute(
        select(CirclePlace.household_id, CirclePlace.post_id).where(
            CirclePlace.household_id.in_(set(home_ids)), CirclePlace.role == Role.LIAISON, in_force(CirclePlace, on)
        )
    )
    return {row.household_id: row.post_id for row in rows}


def spots_of(home_ids: Collection[int]) -> dict[int, Spot | None]:
    """Where homes are, WGS 84 degrees; None without a pin."""
    rows = db.session.execute(
        select(HouseholdPoint.household_id, *lon_lat(HouseholdPoint.geom)).where(
            HouseholdPoint.household_id.in_(set(home_ids))
        )
    )
    return {**dict.fromkeys(home_ids), **{row[0]: (row[1], row[2]) for row in rows}}


def centres_of(post_ids: Collection[int], *, on: date) -> dict[int, Spot | None]:
    """The middle of each circle's homes, WGS 84 degrees."""
    lon, lat = lon_lat(HouseholdPoint.geom)
    rows = db.session.execute(
        select(CirclePlace.post_id, func.avg(lon), func.avg(lat))
        .join(HouseholdPoint, HouseholdPoint.household_id == CirclePlace.household_id)
        .where(CirclePlace.post_id.in_(set(post_ids)), in_force(CirclePlace, on))
        .group_by(CirclePlace.post_id)
    )
    return {**dict.fromkeys(post_ids), **{row[0]: (row[1], row[2]) for row in rows}}


def nominated_posts(home_ids: Collection[int], post_ids: Collection[int], *, on: date) -> dict[int, list[int]]:
    """Which of these posts are held by somebody a home nominated, its first choice first."""
    rows = db.session.execute(
        select(Nomination.household_id, Holding.post_id)
        .join(Holding, Holding.person_id == Nomination.person_id)
        .where(Nomination.household_id.in_(set(home_ids)), Holding.post_id.in_(set(post_ids)), valid_on(Holding, on))
        .order_by(Nomination.household_id, Nomination.rank, Holding.post_id)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.household_id, []).append(row.post_id)
    return found


def leaders_at(grid_ids: Collection[int], *, on: date) -> dict[int, int]:
    """The grid leader's post of each place that has one."""
    rows = db.session.execute(
        select(Post.place_id, func.min(Post.id))
        .where(Post.place_id.in_(set(grid_ids)), Post.role == Role.GRID_LEADER, valid_on(Post, on))
        .group_by(Post.place_id)
    )
    return {row[0]: row[1] for row in rows}


def posts_at(grid_ids: Collection[int], *, on: date) -> Sequence[Post]:
    """All posts that stand at these very places on a day or later."""
    return db.session.scalars(
        select(Post)
        .where(Post.place_id.in_(set(grid_ids)), or_(Post.valid_to.is_(None), Post.valid_to > on))
        .order_by(Post.id)
    ).all()


def posts_by_id(ids: Collection[int]) -> dict[int, Post]:
    """Posts by id."""
    return {one.id: one for one in db.session.scalars(select(Post).where(Post.id.in_(set(ids))))} if ids else {}


def seated(post_ids: Collection[int], *, on: date) -> dict[int, list[tuple[int, bool]]]:
    """Who holds these posts on a day: (person, whether he stands in), the regular holder first."""
    rows = db.session.execute(
        select(Holding.post_id, Holding.person_id, Holding.stand_in)
        .where(Holding.post_id.in_(set(post_ids)), valid_on(Holding, on))
        .order_by(Holding.post_id, Holding.stand_in, Holding.id)
    )
    found: dict[int, list[tuple[int, bool]]] = {}
    for row in rows:
        found.setdefault(row.post_id, []).append((row.person_id, row.stand_in))
    return found


def persons_named(person_ids: Collection[int | None]) -> dict[int, str]:
    """Names of persons who hold or come to posts."""
    wanted = {one for one in person_ids if one}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def village_posts(village_path: str, *, on: date) -> Sequence[Post]:
    """All posts of a village on a day, for leave and stand-ins, by code."""
    return db.session.scalars(
        select(Post)
        .where(under(Post.place_path, village_path), Post.role != Role.RESIDENT, valid_on(Post, on))
        .order_by(Post.role, Post.code)
    ).all()


def staff_of(village_path: str, *, on: date) -> Sequence[Any]:
    """(id, name, title) of who holds a post of the village on a day, one row a person."""
    return db.session.execute(
        select(Person.id, Person.name, func.min(Post.title).label("title"))
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .where(under(Post.place_path, village_path), valid_on(Post, on), valid_on(Holding, on))
        .group_by(Person.id, Person.name)
        .order_by(Person.id)
    ).all()


def nominees(home_ids: Collection[int], *, on: date) -> Sequence[Any]:
    """(id, name, born_on, votes, home) of whom these homes nominated, the most votes first; names of villagers, to be
    masked; `home`: the code of the home somebody lives in on the day."""
    votes = func.count(Nomination.household_id.distinct()).label("votes")
    lives = and_(Member.person_id == Person.id, in_force(Member, on))
    return db.session.execute(
        select(Person.id, Person.name, Person.born_on, votes, func.min(Household.code).label("home"))
        .join(Nomination, Nomination.person_id == Person.id)
        .outerjoin(Member, lives)
        .outerjoin(Household, Household.id == Member.household_id)
        .where(Nomination.household_id.in_(set(home_ids)))
        .group_by(Person.id, Person.name, Person.born_on)
        .order_by(votes.desc(), Person.id)
        .limit(NOMINATED_MOST)
    ).all()


def persons_called(words: str, *, village_path: str) -> list[int]:
    """Persons of a village with exactly this name; the last four digits of the phone may follow it."""
    name, _blank, tail = clean_line(words).partition(" ")
    conditions: list[Any] = [under(Person.place_path, village_path), Person.name == name]
    if tail:
        conditions.append(Person.phone.endswith(tail.strip(), autoescape=True))
    return list(db.session.scalars(select(Person.id).where(*conditions).order_by(Person.id).limit(3)))
