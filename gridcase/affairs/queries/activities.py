"""Activities for who may see them, who is on their lists, and whom a sheet of names could mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.affairs.models import Activity, ActivityKnock, Participation
from gridcase.affairs.rules import (
    HOURS_A_DAY,
    WORK_VALUE_KEY,
    WORK_VALUE_YUAN,
    ActivityState,
    HowCame,
    HowJoined,
    is_child,
)
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.text import clean_line
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household, Member
from gridcase.people.models import Person, PersonTag, Post
from gridcase.people.rules import Tag
from gridcase.points import queries as points
from gridcase.points.models import Declaration

LEAST_WORDS = 2
RUNS, JOINS = Permission.RUN_ACTIVITY, Permission.DECLARE_POINTS
SOURCE = "activity"  # what the points of an activity name as their source


@dataclass(frozen=True)
class Came:
    """One line of a list: never a full name, and no name of a child."""

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
    """Who is on the list: everybody for who runs it, else only the viewer's own homes. By code of the home."""
    mine = or_(households.visible(viewer, RUNS), households.visible(viewer, JOINS))
    if not runs(activity, viewer=viewer):
        mine = households.visible(viewer, JOINS)
    rows = db.session.execute(
        select(Participation, Person.name, Household.head_name, Grid.name)
        .join(Household, Household.id == Participation.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .outerjoin(Person, Person.id == Participation.person_id)
        .where(Participation.activity_id == activity.id, mine)
        .order_by(Household.code, Participation.id)
        .limit(500)
    )
    return [
        Came(
            row.id, row.household_id, row.person_id, mask_name(name or head), place, HowJoined(row.joined),
            HowCame(row.came) if row.came else None,
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


# --- whom one may put down


def places(viewer: Viewer) -> list[Grid]:
    """The villages, groups and cells the viewer may call to, the widest first."""
    levels = (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL)
    return list(
        db.session.scalars(
            select(Grid)
            .where(Grid.level.in_(levels), Grid.valid_to.is_(None), reach(viewer, RUNS, path=Grid.path))
            .order_by(Grid.code)
            .limit(500)
        )
    )


def homes_to_join(activity: Activity, *, viewer: Viewer, limit: int = 60) -> list[Household]:
    """The viewer's homes in the village: the own one, or those of the circle; by code."""
    narrow = [grant for grant in viewer.grants_with(JOINS) if grant.household_ids is not None]
    ids = {one for grant in narrow for one in grant.household_ids or ()}
    return list(
        db.session.scalars(
            select(Household)
            .where(Household.id.in_(ids), Household.village_id == activity.village_id, households.standing())
            .order_by(Household.code)
            .limit(limit)
        )
    )


def grown_of(household_ids: Collection[int], *, on: date) -> list[Any]:
    """(person_id, household_id, name) of the members of homes that may be put down by name."""
    rows = db.session.execute(
        select(Person.id, Member.household_id, Person.name, Person.born_on)
        .join(Member, Member.person_id == Person.id)
        .where(Member.household_id.in_(set(household_ids)), in_force(Member, on))
        .order_by(Member.household_id, Member.relation != "head", Member.id)
    )
    return [row for row in rows if not is_child(row.born_on, on=on)]


def home_of_person(person_id: int, *, on: date) -> tuple[Household, Person] | None:
    """A person with the home lived in on a day."""
    home = households.home_of(person_id, on=on)
    return (home, db.session.get_one(Person, person_id)) if home is not None else None


@dataclass(frozen=True)
class Namesake:
    """Somebody a name on a sheet could mean."""

    person_id: int
    household_id: int
    name: str
    head_name: str
    place: str
    code: str
    child: bool


def namesakes(activity: Activity, names: Collection[str], *, viewer: Viewer, on: date) -> dict[str, list[Namesake]]:
    """Everybody of the homes the viewer runs activities for who bears one of these names, by name."""
    found: dict[str, list[Namesake]] = {}
    wanted = sorted(set(names))
    for start in range(0, len(wanted), 400):
        rows = db.session.execute(
            select(Person.id, Household.id, Person.name, Household.head_name, Grid.name, Household.code, Person.born_on)
            .join(Member, Member.person_id == Person.id)
            .join(Household, Household.id == Member.household_id)
            .join(Grid, Grid.id == Household.grid_id)
            .where(
                Person.name.in_(wanted[start : start + 400]), in_force(Member, on), households.standing(),
                Household.village_id == activity.village_id, households.visible(viewer, RUNS),
            )
            .order_by(Household.code, Person.id)
        )  # fmt: skip
        for person_id, home_id, name, head, place, code, born in rows:
            one = Namesake(person_id, home_id, name, head, place, code, is_child(born, on=on))
            found.setdefault(name, []).append(one)
    return found


def behind_digits(activity: Activity, digits: str, words: str, *, on: date) -> list[tuple[int, int | None]]:
    """(home, person or None) in the activity's village whose code ends so and where somebody is called so: a surname
    finds the home, a whole name the person too."""
    end = f"-{digits[:3]}-{digits[3:]}"
    rows = db.session.execute(
        select(Household.id, Person.id, Person.name, Person.born_on)
        .join(Member, Member.household_id == Household.id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Household.village_id == activity.village_id, households.standing(), in_force(Member, on),
            Household.code.endswith(end, autoescape=True), Person.name.startswith(words, autoescape=True),
        )
        .order_by(Household.code, Person.id)
    ).all()  # fmt: skip
    whole = [
        (home, None if is_child(born, on=on) else person) for home, person, name, born in rows if name == words
    ]  # a child's act is the home's
    return whole or [(home, None) for home in dict.fromkeys(row[0] for row in rows)]


def knocks(kind: str, who: str, *, hour: datetime) -> int:
    """How often it was done in this hour."""
    return (
        db.session.scalar(
            select(ActivityKnock.times).where(
                ActivityKnock.kind == kind, ActivityKnock.who == who, ActivityKnock.hour == hour
            )
        )
        or 0
    )


# --- figures


def party_members(activity: Activity, *, on: date) -> tuple[int, int]:
    """(came, of how many): the party members of the village who were there."""
    tagged = (
        select(PersonTag.person_id)
        .join(Member, Member.person_id == PersonTag.person_id)
        .join(Household, Household.id == Member.household_id)
        .where(
            PersonTag.kind == Tag.PARTY_MEMBER, in_force(PersonTag, on), in_force(Member, on),
            Household.village_id == activity.village_id, households.standing(),
        )
        .distinct()
    )  # fmt: skip
    whole = db.session.scalar(select(func.count()).select_from(tagged.subquery())) or 0
    came = db.session.scalar(
        select(func.count(Participation.person_id.distinct())).where(
            Participation.activity_id == activity.id, Participation.came != "", Participation.person_id.in_(tagged)
        )
    )
    return came or 0, whole


def party_days_of(person_ids: Collection[int], *, year: int) -> dict[int, int]:
    """How many activities of a year each person came to; for the yearly judging of pledges."""
    begins = datetime(year, 1, 1, tzinfo=TOWN_ZONE)
    rows = db.session.execute(
        select(Participation.person_id, func.count())
        .join(Activity, Activity.id == Participation.activity_id)
        .where(
            Participation.person_id.in_(set(person_ids)), Participation.came != "",
            Activity.state == ActivityState.ENDED, Activity.starts_at >= begins,
            Activity.starts_at < datetime(year + 1, 1, 1, tzinfo=TOWN_ZONE),
        )
        .group_by(Participation.person_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows if row[0] is not None}


@dataclass(frozen=True)
class Work:
    """A village's year: activities, people, hours, and what they would have cost."""

    village_id: int
    village: str
    activities: int
    people: int
    hours: int
    yuan: int


def work_of(viewer: Viewer, *, year: int) -> list[Work]:
    """The ended activities of a year summed by village, of the places one runs activities or keeps schemes in."""
    begins = datetime(year, 1, 1, tzinfo=TOWN_ZONE)
    came = (
        select(Participation.activity_id, func.count().label("people"))
        .where(Participation.came != "")
        .group_by(Participation.activity_id)
        .subquery()
    )
    people = func.coalesce(came.c.people, 0)
    hours = people * Activity.hours
    seen = or_(reach(viewer, RUNS, path=Activity.path), reach(viewer, Permission.SET_SCHEME, path=Activity.path))
    rows = db.session.execute(
        select(
            Activity.village_id, Grid.name, func.count(Activity.id), func.sum(people), func.sum(hours),
            func.sum(hours * func.coalesce(Activity.day_value, 0)),
        )
        .join(Grid, Grid.id == Activity.village_id)
        .outerjoin(came, came.c.activity_id == Activity.id)
        .where(
            seen, Activity.state == ActivityState.ENDED, Activity.starts_at >= begins,
            Activity.starts_at < datetime(year + 1, 1, 1, tzinfo=TOWN_ZONE),
        )
        .group_by(Activity.village_id, Grid.name, Grid.code)
        .order_by(Grid.code)
    )  # fmt: skip
    return [Work(row[0], row[1], row[2], row[3], row[4], round(row[5] / HOURS_A_DAY)) for row in rows]


def day_value(path: str, *, on: date) -> int:
    """The yuan that a day of unpaid work is reckoned at in a place."""
    found = grids.setting(path, WORK_VALUE_KEY, on=on)
    return int(found[0]["yuan"]) if found else WORK_VALUE_YUAN


def valued_places(viewer: Viewer) -> list[Grid]:
    """The places whose day value the viewer sets: towns and villages."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level.in_((GridLevel.TOWN, GridLevel.VILLAGE)), Grid.valid_to.is_(None),
                reach(viewer, Permission.SET_SCHEME, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What became of the points that were asked for."""

    homes: int
    points: int
    posted: int


def given(activity: Activity) -> Given:
    """The declarations of an activity: of how many homes, how many points, how many are posted already."""
    row = db.session.execute(
        select(
            func.count(Declaration.id), func.coalesce(func.sum(Declaration.points), 0),
            func.count(Declaration.id).filter(Declaration.state == "posted"),
        ).where(
            Declaration.source_kind == SOURCE, Declaration.source_id == str(activity.id),
            Declaration.state.not_in(("rejected", "withdrawn")),
        )
    ).one()  # fmt: skip
    return Given(*row)


def declared_homes(activity: Activity) -> frozenset[int]:
    """The homes for which points of this activity were asked already."""
    return frozenset(
        db.session.scalars(
            select(Declaration.household_id).where(
                Declaration.source_kind == SOURCE, Declaration.source_id == str(activity.id)
            )
        )
    )


def items_for(village_id: int, *, on: date) -> dict[str, Any]:
    """The items of the scheme in force that a batch may give: no deductions. Empty where no scheme is in force."""
    scheme = points.scheme_of(village_id, on=on)
    if scheme is None:
        return {}
    return {code: item for code, item in scheme.items.items() if item.points > 0 and "C" in str(item.who)}


def title_of(activity: Activity) -> str | None:
    """The post that called."""
    return db.session.scalar(select(Post.title).where(Post.id == activity.post_id)) if activity.post_id else None


def found_homes(activity: Activity, words: str, *, viewer: Viewer, limit: int = 20) -> list[Household]:
    """Homes of the village the viewer runs activities for, by two characters of a name or address, initials or a code's
    last digits."""
    typed = clean_line(words)
    if len(typed) < LEAST_WORDS:
        return []
    named = (
        or_(
            Household.initials.startswith(typed.lower(), autoescape=True),
            Household.code.endswith(typed.upper(), autoescape=True),
        )
        if typed.isascii()
        else or_(
            Household.head_name.contains(typed, autoescape=True), Household.address.contains(typed, autoescape=True),
            select(Member.id)
            .join(Person, Person.id == Member.person_id)
            .where(
                Member.household_id == Household.id, Member.superseded_at.is_(None), Member.valid_to.is_(None),
                Person.name == typed,
            )
            .exists(),
        )
    )  # fmt: skip
    return list(
        db.session.scalars(
            select(Household)
            .where(
                Household.village_id == activity.village_id, households.standing(),
                households.visible(viewer, RUNS), named,
            )
            .order_by(Household.code)
            .limit(limit)
        )
    )  # fmt: skip
