"""Activities for who may see them, who is on their lists, and whom a sheet of names could mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.affairs.models import Activity, Participation
from gridcase.affairs.rules import (
    ActivityState,
    HowCame,
    HowJoined,
)
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.models import Person, Post

RUNS, JOINS = Permission.RUN_ACTIVITY, Permission.DECLARE_POINTS
SOURCE = "activity"  # what the points of an activity name as their source
LISTED_MOST = 500  # lines of one list


@dataclass(frozen=True)
class Came:
    """One line of a list: never a full name, and no name of a child (an empty one: a child leads the home)."""

    id: int
    household_id: int
    person_id: int | None
    name: str
    place: str
    joined: HowJoined
    came: HowCame | None


@dataclass(frozen=True)
class Count:
    """How many put their names down, how many came, of how many homes."""

    joined: int = 0
    came: int = 0
    homes: int = 0


def joinable(viewer: Viewer, village_id: Any) -> ColumnElement[bool]:
    """Whether a home of the viewer's lies in this village: an activity is for all of its homes."""
    homes = select(Household.village_id).where(households.visible(viewer, JOINS))
    found: ColumnElement[bool] = village_id.in_(homes)  # no EXISTS over homes named by id: SQLite lists a row per home
    return found


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Activities one runs, and those of the villages one has a home in or serves one in."""
    return or_(reach(viewer, RUNS, path=Activity.path), joinable(viewer, Activity.village_id))


def get_activity(activity_id: int, *, viewer: Viewer) -> Activity:
    """One activity the viewer may see, else `Missing`."""
    return _one(Activity.id == activity_id, visible(viewer))


def get_own(activity_id: int, *, viewer: Viewer, permission: Permission = RUNS) -> Activity:
    """One activity of a place the viewer answers for, else `Missing`."""
    return _one(Activity.id == activity_id, reach(viewer, permission, path=Activity.path))


def at_the_door() -> Viewer:
    """Whoever signs in by the code on paper: nobody known, with no right to anything."""
    return Viewer(kind="door", name="")


def at_token(token: str) -> Activity:
    """The activity behind a code on paper; one that does not run leads nowhere."""
    return _one(Activity.token == token, Activity.state == ActivityState.RUNNING)


def _one(*conditions: ColumnElement[bool]) -> Activity:
    found = db.session.scalar(select(Activity).where(*conditions))
    if found is None:
        raise Missing
    return found


def by_uuid(client_uuid: str) -> Activity | None:
    """The activity called under this mark."""
    return db.session.scalar(select(Activity).where(Activity.client_uuid == client_uuid))


def runs(activity: Activity, *, viewer: Viewer) -> bool:
    """Whether the viewer answers for its place."""
    return may(activity.path, viewer, RUNS)


def may(path: str, viewer: Viewer, permission: Permission) -> bool:
    """Whether a post of the viewer's holds the permission over a place."""
    return any(
        grant.path and path.startswith(grant.path)
        for grant in viewer.grants_with(permission)
        if grant.household_ids is None and grant.section_id is None and grant.unit_id is None
    )


def page(viewer: Viewer, *, over: bool, village_id: int | None = None, after: str | None = None) -> Page[Any]:
    """(Activity, place name): what is to come, soonest first; or what is over, newest first."""
    states = (ActivityState.CALLED, ActivityState.RUNNING)
    query = (
        select(Activity, Grid.name.label("place"))
        .join(Grid, Grid.id == Activity.place_id)
        .where(visible(viewer), Activity.state.not_in(states) if over else Activity.state.in_(states))
        .limit(PAGE_SIZE + 1)
    )
    if village_id is not None:
        query = query.where(Activity.village_id == village_id)
    order = (Activity.starts_at.desc(), Activity.id.desc()) if over else (Activity.starts_at, Activity.id)
    last = read_mark(after, instant, int)
    if last:
        at, row_id = last
        beyond = Activity.starts_at < at if over else Activity.starts_at > at
        same = and_(Activity.starts_at == at, Activity.id < row_id if over else Activity.id > row_id)
        query = query.where(or_(beyond, same))
    rows = db.session.execute(query.order_by(*order)).all()
    return cut(rows, lambda row: [row.Activity.starts_at.isoformat(), row.Activity.id])


def counts_of(activity_ids: Collection[int]) -> dict[int, Count]:
    """How many, by activity."""
    came = Participation.came != ""
    rows = db.session.execute(
        select(
            Participation.activity_id, func.count(Participation.joined_at),
            func.count().filter(came), func.count(Participation.household_id.distinct()).filter(came),
        )
        .where(Participation.activity_id.in_(set(activity_ids)))
        .group_by(Participation.activity_id)
    )  # fmt: skip
    return {row[0]: Count(row[1], row[2], row[3]) for row in rows}


def count_of(activity: Activity) -> Count:
    """How many, of one activity."""
    return counts_of([activity.id]).get(activity.id, Count())


def came_to(activity: Activity, *, viewer: Viewer) -> list[Came]:
    """Who is on the list: everybody for who runs it, else only the viewer's own homes. Who has not
    come yet first, then by code of the home; no more than `LISTED_MOST`."""
    mine = or_(households.visible(viewer, RUNS), households.visible(viewer, JOINS))
    if not runs(activity, viewer=viewer):
        mine = households.visible(viewer, JOINS)
    rows = db.session.execute(
        select(Participation, Person.name, Household.head_name, Grid.name)
        .join(Household, Household.id == Participation.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .outerjoin(Person, Person.id == Participation.person_id)
        .where(Participation.activity_id == activity.id, mine)
        .order_by(Participation.came != "", Household.code, Participation.id)
        .limit(LISTED_MOST)
    ).all()
    nameless = households.child_led(
        [row[0].household_id for row in rows if row[1] is None], on=town_day(activity.starts_at)
    )
    return [
        Came(
            row.id, row.household_id, row.person_id,
            "" if name is None and row.household_id in nameless else mask_name(name or head), place,
            HowJoined(row.joined), HowCame(row.came) if row.came else None,
        )
        for row, name, head, place in rows
    ]  # fmt: skip


def rows_of(activity_id: int, household_ids: Collection[int]) -> list[Participation]:
    """The lines of some homes, oldest first."""
    return list(
        db.session.scalars(
            select(Participation)
            .where(Participation.activity_id == activity_id, Participation.household_id.in_(set(household_ids)))
            .order_by(Participation.id)
        )
    )


def present(activity_id: int) -> list[Participation]:
    """Those who came, oldest line first."""
    return list(
        db.session.scalars(
            select(Participation)
            .where(Participation.activity_id == activity_id, Participation.came != "")
            .order_by(Participation.id)
        )
    )


def lines_of(activity_id: int) -> list[Participation]:
    """Everybody on the list."""
    return list(
        db.session.scalars(
            select(Participation).where(Participation.activity_id == activity_id).order_by(Participation.id)
        )
    )


def line_of(line_id: int, *, viewer: Viewer) -> tuple[Participation, Activity]:
    """One line of a list that the viewer may change, with its activity, else `Missing`."""
    mine = or_(households.visible(viewer, RUNS), households.visible(viewer, JOINS))
    row = db.session.execute(
        select(Participation, Activity)
        .join(Activity, Activity.id == Participation.activity_id)
        .join(Household, Household.id == Participation.household_id)
        .where(Participation.id == line_id, mine, visible(viewer))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def places(viewer: Viewer) -> list[Grid]:
    """The villages, groups and cells the viewer may call to, the widest first; nobody above a village calls."""
    levels = (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL)
    return list(
        db.session.scalars(
            select(Grid)
            .where(Grid.level.in_(levels), Grid.valid_to.is_(None), reach(viewer, RUNS, path=Grid.path))
            .order_by(Grid.code)
        )
    )


def title_of(activity: Activity) -> str | None:
    """The post that called."""
    return db.session.scalar(select(Post.title).where(Post.id == activity.post_id)) if activity.post_id else None
