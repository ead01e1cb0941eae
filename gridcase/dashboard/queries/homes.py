"""The homes of the liaisons' circles, as places without names, for those who may see the homes themselves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer, and_, cast, func, select

from gridcase.cases.rules.spots import SCALE
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.dashboard.queries.places import Root
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import CirclePlace, Household, HouseholdPoint, Member
from gridcase.people.models import Holding
from gridcase.people.rules import Role

HOMES_MOST = 3_000  # a village has fewer; a town is asked village by village


def shows_homes(viewer: Viewer, root: Root) -> bool:
    """Whether this map may carry the homes: it is of one village, and the viewer sees homes at all."""
    return root.level is GridLevel.VILLAGE and viewer.may(Permission.SEE_HOUSEHOLD)


def circles(viewer: Viewer, root: Root, *, on: date) -> list[tuple[int, int, int, bool]]:
    """(number of the circle, x, y, whether the liaison lives there) of the homes the viewer may see, a circle after
    the other. The numbers count from 1 and mean nothing else.
    """
    if not shows_homes(viewer, root):
        return []
    lon, lat = lon_lat(HouseholdPoint.geom)
    own = (
        select(func.count())
        .select_from(Member)
        .join(Holding, and_(Holding.person_id == Member.person_id, in_force(Holding, on), Holding.stand_in.is_(False)))
        .where(Member.household_id == Household.id, in_force(Member, on), Holding.post_id == CirclePlace.post_id)
        .correlate(Household, CirclePlace)
        .scalar_subquery()
    )
    x, y = (cast(func.round(degrees * SCALE), Integer) for degrees in (lon, lat))
    rows = db.session.execute(
        select(CirclePlace.post_id, x, y, own)
        .join(Household, Household.id == CirclePlace.household_id)
        .join(HouseholdPoint, HouseholdPoint.household_id == Household.id)
        .where(
            CirclePlace.role == Role.LIAISON, in_force(CirclePlace, on), households.visible(viewer),
            households.standing(), under(Household.path, root.path),
        )
        .order_by(CirclePlace.post_id, Household.id)
        .limit(HOMES_MOST)
    )  # fmt: skip
    numbers: dict[int, int] = {}
    return [(numbers.setdefault(post, len(numbers) + 1), east, north, bool(at)) for post, east, north, at in rows]
