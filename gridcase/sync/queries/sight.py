"""Who had a home on a day that is over: what was noted down then may be handed in later by whoever had it then."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select

from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers, under
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import CirclePlace, Household, HouseholdPlace
from gridcase.people import queries as people
from gridcase.people.models import Holding, Post
from gridcase.users import queries as users
from gridcase.users.models import User


@dataclass(frozen=True)
class Right:
    """Who somebody was on a day, and the post through which the home was theirs, narrowed to this home: it may lie
    elsewhere by now."""

    viewer: Viewer
    grant: Grant


def viewer_on(user: User, moment: datetime, *, known_at: datetime | None = None) -> Viewer:
    """An account as it stood on the day of a moment: its posts, with the homes of its circles, as known now or then."""
    someone = users.viewer_of(user, now=moment)
    return dataclasses.replace(someone, grants=households.name_circles(someone, on=town_day(moment), known_at=known_at))


def right_over(home: Household, user: User, *, at: datetime, kept_id: int | None = None) -> Right | None:
    """The right of an account over a home at a moment. What was corrected afterwards takes no work away: it counts when
    the home was theirs by what is known now, or by what was known when it was noted down. `kept_id` is the home it was
    found to be one with since."""
    for known_at in (None, at):
        someone = viewer_on(user, at, known_at=known_at)
        path = _path_on(home, at, known_at)
        for grant in someone.grants_with(Permission.LOG_VISIT):
            if covers(grant, path=path, section_id=home.section_id, household_id=home.id):
                own = dataclasses.replace(grant, household_ids=frozenset({kept_id or home.id}))
                others = tuple(other for other in someone.grants if other is not grant)
                return Right(dataclasses.replace(someone, grants=(own, *others)), own)
    return None


def _path_on(home: Household, at: datetime, known_at: datetime | None) -> str:
    """Where a home lay at a moment."""
    path = db.session.scalar(
        select(Grid.path)
        .join(HouseholdPlace, HouseholdPlace.grid_id == Grid.id)
        .where(HouseholdPlace.household_id == home.id, in_force(HouseholdPlace, town_day(at), known_at=known_at))
    )
    return path or home.path


def ever_had(home_id: int, user: User) -> bool:
    """Whether a home was ever this person's to visit, by whatever was believed at any time: nobody else hears that it
    exists."""
    in_circle = exists().where(
        CirclePlace.household_id == home_id,
        CirclePlace.post_id == Holding.post_id,
        Holding.person_id == user.person_id,
    )
    if db.session.scalar(select(in_circle)):
        return True
    posts = db.session.scalars(
        select(Post).join(Holding, Holding.post_id == Post.id).where(Holding.person_id == user.person_id)
    )
    grants = [grant for grant in map(people.grant_of, posts) if Permission.LOG_VISIT in grant.permissions]
    roots = [under(Grid.path, grant.path) for grant in grants if grant.path and grant.household_ids is None]
    if not roots:
        return False
    lay_there = exists().where(HouseholdPlace.household_id == home_id, HouseholdPlace.grid_id == Grid.id, or_(*roots))
    return bool(db.session.scalar(select(lay_there)))


def homes_known(home_ids: Sequence[int], user: User) -> dict[int, Household]:
    """Those of these homes that were this person's at any time, by id."""
    rows = db.session.scalars(select(Household).where(Household.id.in_(set(home_ids))))
    return {home.id: home for home in rows if ever_had(home.id, user)}
