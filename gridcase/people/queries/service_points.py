"""Points where villagers are served: which stand where, and who keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import TOWN, VILLAGE, cut_to, with_above
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid
from gridcase.people.models import ServicePoint
from gridcase.people.rules.service_points import PointKind

KEEPS = Permission.MANAGE_POSTS
MOST = 200  # points of one town that are offered at once


def standing() -> ColumnElement[bool]:
    """Those that are not closed for good."""
    return ServicePoint.closed_on.is_(None)


def above(place: Grid) -> Sequence[ServicePoint]:
    """Those of the town and county over a place: open to everybody there, kept by others."""
    over = ServicePoint.path.in_(with_above(place.path)[:-1])
    query = select(ServicePoint).where(over, standing()).order_by(ServicePoint.path.desc(), ServicePoint.id)
    return db.session.scalars(query).all()


def keeps(viewer: Viewer, path: str) -> bool:
    """Whether somebody keeps the points of a place."""
    held = viewer.grants_with(KEEPS)
    return any(grant.path and grant.section_id is None and path.startswith(grant.path) for grant in held)


def get_kept(point_id: int, *, viewer: Viewer) -> ServicePoint:
    """One point that the viewer keeps, else `Missing`."""
    mine = reach(viewer, KEEPS, path=ServicePoint.path)
    found = db.session.scalar(select(ServicePoint).where(ServicePoint.id == point_id, mine))
    if found is None:
        raise Missing
    return found


def under_mark(client_uuid: str) -> ServicePoint | None:
    """The point that was sent under a mark before."""
    return db.session.scalar(select(ServicePoint).where(ServicePoint.client_uuid == client_uuid))


def has_twin(point: ServicePoint, name: str) -> bool:
    """Whether another point of this name stands at the same place."""
    query = select(ServicePoint.id).where(
        ServicePoint.place_id == point.place_id, ServicePoint.name == name, ServicePoint.id != point.id, standing()
    )
    return db.session.scalar(query.limit(1)) is not None


def offered(path: str, kinds: Collection[PointKind]) -> Sequence[ServicePoint]:
    """The points of some kinds at which somebody of a place may have sat: those in it and those of the places above."""
    over = ServicePoint.path.in_(with_above(path))
    return db.session.scalars(
        select(ServicePoint)
        .where(or_(under(ServicePoint.path, path), over), standing(), ServicePoint.kind.in_(sorted(kinds)))
        .order_by(func.length(ServicePoint.path).desc(), ServicePoint.path, ServicePoint.id)
        .limit(MOST)
    ).all()


def around(path: str, kinds: Collection[PointKind]) -> tuple[list[Any], list[Any]]:
    """(ServicePoint, place name) of some kinds for a villager who stands in a place: those of the own village and above
    it, the nearest first, at one place those for the law last; and those of the other villages of the town."""
    village, town, for_the_law = cut_to(path, VILLAGE), cut_to(path, TOWN), ServicePoint.kind == PointKind.LEGAL.value
    rows = db.session.execute(
        select(ServicePoint, Grid.name.label("place"))
        .join(Grid, Grid.id == ServicePoint.place_id)
        .where(or_(under(ServicePoint.path, town), ServicePoint.path.in_(with_above(town))), standing())
        .where(ServicePoint.kind.in_(sorted(kinds)))
        .order_by(func.length(ServicePoint.path).desc(), Grid.code, for_the_law, ServicePoint.id)
        .limit(MOST)
    ).all()
    near = {row.ServicePoint.id for row in rows if _serves(row.ServicePoint.path, village)}
    own = [row for row in rows if row.ServicePoint.id in near]
    return own, [row for row in rows if row.ServicePoint.id not in near]


def _serves(path: str, village: str) -> bool:
    return village.startswith(path) or path.startswith(village)
