"""Who stands by a place, and the titles it was given."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.people.models import Partner, VillageHonour
from gridcase.people.queries.bodies import near
from gridcase.people.queries.decisions import villagers_too


def partners(
    viewer: Viewer, *, on: date, ended: bool = False, place: str = "", after: str | None = None
) -> Page[tuple[Partner, str]]:
    """(partner, place) of those that stand by the viewer's places, or of those that did, by name of the place."""
    over = Partner.valid_to.is_not(None) & (Partner.valid_to <= on)
    query = (
        select(Partner, Grid.name)
        .join(Grid, Grid.id == Partner.place_id)
        .where(near(viewer, Partner.path), over if ended else ~over | Partner.valid_to.is_(None))
    )
    if place:
        query = query.where(Partner.path == place)
    if mark := read_mark(after, int):
        query = query.where(Partner.id < mark[0])
    rows = db.session.execute(query.order_by(Partner.id.desc()).limit(PAGE_SIZE + 1))
    return cut([(row[0], row[1]) for row in rows], lambda row: [row[0].id])


def partner_for(partner_id: int, *, viewer: Viewer) -> Partner:
    """One partner of a place whose affairs the viewer keeps, else `Missing`."""
    found = db.session.scalar(
        select(Partner).where(Partner.id == partner_id, reach(viewer, Permission.KEEP_DECISIONS, path=Partner.path))
    )
    if found is None:
        raise Missing
    return found


def honours(viewer: Viewer, *, place: str = "", after: str | None = None) -> Page[tuple[VillageHonour, str]]:
    """(title, place) of the viewer's places, the newest year first."""
    query = (
        select(VillageHonour, Grid.name)
        .join(Grid, Grid.id == VillageHonour.place_id)
        .where(villagers_too(viewer, VillageHonour.path))
    )
    if place:
        query = query.where(VillageHonour.path == place)
    if mark := read_mark(after, int, int):
        year, last = mark
        query = query.where(or_(VillageHonour.year < year, (VillageHonour.year == year) & (VillageHonour.id < last)))
    rows = db.session.execute(query.order_by(VillageHonour.year.desc(), VillageHonour.id.desc()).limit(PAGE_SIZE + 1))
    return cut([(row[0], row[1]) for row in rows], lambda row: [row[0].year, row[0].id])


def honour_counts(viewer: Viewer) -> list[tuple[str, int]]:
    """How many places of the viewer's bear each title, the most borne first."""
    count = func.count(func.distinct(VillageHonour.place_id))
    rows = db.session.execute(
        select(VillageHonour.name, count)
        .where(villagers_too(viewer, VillageHonour.path))
        .group_by(VillageHonour.name)
        .order_by(count.desc(), VillageHonour.name)
        .limit(12)
    )
    return [(row[0], row[1]) for row in rows]


def honour_for(honour_id: int, *, viewer: Viewer) -> VillageHonour:
    """One title of a place whose affairs the viewer keeps, else `Missing`."""
    found = db.session.scalar(
        select(VillageHonour).where(
            VillageHonour.id == honour_id, reach(viewer, Permission.KEEP_DECISIONS, path=VillageHonour.path)
        )
    )
    if found is None:
        raise Missing
    return found
