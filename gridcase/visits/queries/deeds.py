"""Good deeds, as a village reads them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.households.models import Household
from gridcase.households.queries import standing, visible
from gridcase.people.models import Post
from gridcase.visits.models import GoodDeed


def good_deeds(viewer: Viewer, *, after: str | None = None) -> Page[Row[Any]]:
    """The good deeds of the viewer's places, and those he told himself, newest first."""
    here = reach(
        viewer, Permission.SEE_VISIT, path=GoodDeed.path, section_id=GoodDeed.section_id,
        household_id=GoodDeed.household_id,
    )  # fmt: skip
    columns: tuple[Any, ...] = (
        GoodDeed.id, GoodDeed.on, GoodDeed.text, GoodDeed.household_id, Household.head_name,
        Post.title.label("post_title"),
    )  # fmt: skip
    query = (
        select(*columns)
        .outerjoin(Household, Household.id == GoodDeed.household_id)
        .outerjoin(Post, Post.id == GoodDeed.post_id)
        .where(or_(here, GoodDeed.user_id == (viewer.user_id or -1)))
    )
    if last := read_mark(after, date.fromisoformat, int):
        day, deed_id = last
        query = query.where(or_(GoodDeed.on < day, and_(GoodDeed.on == day, GoodDeed.id < deed_id)))
    rows = db.session.execute(query.order_by(GoodDeed.on.desc(), GoodDeed.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.on, row.id])


def deed_by_uuid(client_uuid: str) -> GoodDeed | None:
    """The deed sent under this mark."""
    return db.session.scalar(select(GoodDeed).where(GoodDeed.client_uuid == client_uuid))


def deed_to_declare(deed_id: int, *, viewer: Viewer) -> tuple[GoodDeed, Household]:
    """A good deed of a home that the viewer may declare points for, with the home; else `Missing`."""
    row = db.session.execute(
        select(GoodDeed, Household)
        .join(Household, Household.id == GoodDeed.household_id)
        .where(GoodDeed.id == deed_id, visible(viewer, Permission.DECLARE_POINTS), standing())
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]
