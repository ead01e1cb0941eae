"""What activities came to: points, party members, days of unpaid work and what they would have cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from gridcase.affairs.models import Activity, Participation
from gridcase.affairs.queries.activities import RUNS, SOURCE
from gridcase.affairs.rules import (
    HOURS_A_DAY,
    WORK_VALUE_KEY,
    WORK_VALUE_YUAN,
    ActivityState,
)
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household, Member
from gridcase.people.models import PersonTag
from gridcase.people.rules import Tag
from gridcase.points import queries as points
from gridcase.points.models import Declaration


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
