"""The places of a campaign: those whose counts somebody sees, and those he enters numbers for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.affairs.models import Campaign
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import with_above
from gridcase.core.scope import covers, reach, under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel

RUNS, MANAGES, LOOKS = Permission.RUN_ACTIVITY, Permission.MANAGE_TOWN, Permission.SEE_DASHBOARD
LEVELS = (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL)


def reached(viewer: Viewer, path: Any) -> ColumnElement[bool]:
    """The places whose counts the viewer sees."""
    return or_(reach(viewer, RUNS, path=path), reach(viewer, LOOKS, path=path))


def entered(viewer: Viewer, path: Any) -> ColumnElement[bool]:
    """The places the viewer may write entries for."""
    return or_(reach(viewer, RUNS, path=path), reach(viewer, MANAGES, path=path))


def writes_for(viewer: Viewer, path: str) -> bool:
    """The same of one place."""
    return _covered(viewer, path, RUNS, MANAGES)


def reads_of(viewer: Viewer, path: str) -> bool:
    """Whether the viewer sees the counts of one place whole."""
    return _covered(viewer, path, RUNS, LOOKS)


def _covered(viewer: Viewer, path: str, *permissions: Permission) -> bool:
    grants = (grant for permission in permissions for grant in viewer.grants_with(permission))
    return any(covers(grant, path=path, section_id=None, household_id=None) for grant in grants)


def above(viewer: Viewer) -> set[str]:
    """The paths of the own places and of all above them."""
    found = set()
    for permission in (RUNS, LOOKS):
        for grant in viewer.grants_with(permission):
            if grant.path and grant.section_id is None and grant.household_ids is None:
                found.update(with_above(grant.path))
    return found


def enters(campaign: Campaign, *, viewer: Viewer, place: Grid | None = None) -> bool:
    """Whether the viewer writes for a place of a campaign; for any at all where none is named."""
    query = select(Grid.id).where(_written_for(campaign, viewer))
    return db.session.scalar((query if place is None else query.where(Grid.id == place.id)).limit(1)) is not None


def _written_for(campaign: Campaign, viewer: Viewer) -> ColumnElement[bool]:
    mine = entered(viewer, Grid.path)
    return and_(Grid.level.in_(LEVELS), Grid.valid_to.is_(None), under(Grid.path, campaign.path), mine)


def places_in(campaign: Campaign, *, viewer: Viewer, village_id: int | None) -> list[Grid]:
    """The places of one village the viewer writes for, by code; of none, the villages themselves."""
    where = Grid.level == GridLevel.VILLAGE if village_id is None else _village() == village_id
    return list(db.session.scalars(select(Grid).where(_written_for(campaign, viewer), where).order_by(Grid.code)))


def villages_entered(campaign: Campaign, *, viewer: Viewer) -> list[Grid]:
    """The villages in which the viewer writes for a place, by code."""
    mine = select(_village()).where(_written_for(campaign, viewer))
    return list(db.session.scalars(select(Grid).where(Grid.id.in_(mine)).order_by(Grid.code)))


def _village() -> ColumnElement[int]:
    return func.coalesce(Grid.village_id, Grid.id)


def villages_in(campaign: Campaign, *, viewer: Viewer) -> list[Grid]:
    """The villages of a campaign that the viewer looks at, by code; of who looks at a part of one, that one."""
    mine = reached(viewer, Grid.path)
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), under(Grid.path, campaign.path),
                or_(mine, Grid.path.in_(above(viewer))),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


def bases(viewer: Viewer) -> list[Grid]:
    """The towns and villages the viewer may begin a campaign in, the widest first."""
    town = and_(Grid.level == GridLevel.TOWN, reach(viewer, MANAGES, path=Grid.path))
    village = and_(Grid.level == GridLevel.VILLAGE, entered(viewer, Grid.path))
    return list(db.session.scalars(select(Grid).where(or_(town, village), Grid.valid_to.is_(None)).order_by(Grid.code)))
