"""Which forms and runs somebody sees, and what he keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.places import COUNTY, depth_of, with_above
from gridcase.core.scope import covers, under
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.reports.models import ReportForm, ReportRun

SEES = Permission.SEE_DASHBOARD
BUILDS = frozenset({Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY})
# Who answers for what leaves a place keeps reports and lets them be made by themselves.
KEEPS = Permission.EXPORT_REGISTERS
ENTERS = (Permission.KEEP_DECISIONS, Permission.MANAGE_COUNTY)
LEVELS = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)


def _standing(viewer: Viewer) -> list[Grant]:
    """The posts with figures over a place."""
    return [
        grant
        for grant in viewer.grants_with(SEES)
        if grant.path and grant.section_id is None and grant.unit_id is None and grant.household_ids is None
    ]


def _below(column: Any, path: str) -> ColumnElement[bool]:
    return under(column, path) if path != "/" else column >= "/"


def places(viewer: Viewer, *, keeps: bool = False, builds: bool = False) -> list[Grid]:
    """The places one may have reports of, the largest first; those one keeps reports of, or makes forms for."""
    held = [
        grant
        for grant in _standing(viewer)
        if (not keeps or KEEPS in grant.permissions) and (not builds or grant.permissions & BUILDS)
    ]
    ways = [_below(Grid.path, grant.path or "") for grant in held]
    if not ways:
        return []
    found = db.session.scalars(
        select(Grid).where(or_(*ways), Grid.level.in_(LEVELS), Grid.valid_to.is_(None)).order_by(Grid.code)
    ).all()
    return sorted(found, key=lambda place: (LEVELS.index(GridLevel(place.level)), place.code))


def get_place(place_id: int, *, viewer: Viewer) -> Grid:
    """One place the viewer may have reports of, else `Missing`."""
    found = grids.get_grid(place_id, viewer=viewer, permission=SEES)
    if found.level not in LEVELS or not any(found.path.startswith(grant.path or "") for grant in _standing(viewer)):
        raise Missing
    return found


def keeping(viewer: Viewer, path: str) -> Grant | None:
    """The post from which the viewer keeps reports of this place."""
    held = (grant for grant in _standing(viewer) if KEEPS in grant.permissions)
    return next((grant for grant in held if path.startswith(grant.path or "")), None)


def keeps(viewer: Viewer, path: str) -> bool:
    """Whether the viewer may keep a report of this place."""
    return keeping(viewer, path) is not None


def builds(viewer: Viewer, path: str) -> bool:
    """Whether the viewer may make and change forms for this place; those that come with the system nobody changes."""
    return path != "/" and any(
        grant.permissions & BUILDS and path.startswith(grant.path or "") for grant in _standing(viewer)
    )


def builds_anywhere(viewer: Viewer) -> bool:
    """Whether there are places the viewer makes forms for."""
    return any(grant.permissions & BUILDS for grant in _standing(viewer))


def entering(viewer: Viewer, path: str) -> Grant | None:
    """The post from which the viewer enters indicators of this place."""
    held = (grant for permission in ENTERS for grant in viewer.grants_with(permission))
    return next((grant for grant in held if covers(grant, path=path, section_id=None, household_id=None)), None)


def enters(viewer: Viewer, path: str) -> bool:
    """Whether the viewer may enter indicators of this place."""
    return entering(viewer, path) is not None


def above(path: str) -> list[str]:
    """The paths of a place and of those above it, and of no place at all."""
    return ["/", *with_above(path)]


def visible_forms(viewer: Viewer) -> ColumnElement[bool]:
    """Forms that come with the system, those of the own places and of the places above them."""
    ways = []
    for grant in _standing(viewer):
        ways += [_below(ReportForm.path, grant.path or ""), ReportForm.path.in_(above(grant.path or ""))]
    return or_(*ways) if ways else false()


def visible_runs(viewer: Viewer) -> ColumnElement[bool]:
    """What was made for the own places; a county sees of its towns what was handed up."""
    ways = [
        _below(ReportRun.path, grant.path or "")
        if depth_of(grant.path or "/") != COUNTY
        else and_(
            under(ReportRun.path, grant.path or ""),
            or_(ReportRun.path == grant.path, ReportRun.handed_up_at.is_not(None)),
        )
        for grant in _standing(viewer)
    ]
    return or_(*ways) if ways else false()


def choices(found: Sequence[Grid]) -> list[tuple[int, str]]:
    """Places to choose from, under names told apart."""
    return [(one.id, one.name) for one in grids.told_apart(found)]
