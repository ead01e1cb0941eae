"""Reading households and circles."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.geo import lon_lat
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.text import clean
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdCard, HouseholdPoint, Member
from gridcase.people.models import Post
from gridcase.people.rules import ROLE_PERMISSIONS, Role


def visible(viewer: Viewer, permission: Permission = Permission.SEE_HOUSEHOLD) -> ColumnElement[bool]:
    """Households the viewer's posts reach."""
    return reach(viewer, permission, path=Household.path, section_id=Household.section_id, household_id=Household.id)


def get_household(household_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_HOUSEHOLD) -> Household:
    """One household of the viewer's, else `Missing`."""
    found = db.session.scalar(select(Household).where(Household.id == household_id, visible(viewer, permission)))
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class Filters:
    """What the list of households is narrowed by; `words` is a part of the head's name, address or initials."""

    words: str = ""
    village_id: int | None = None
    tier: str = ""
    due_by: date | None = None
    post_id: int | None = None


def page(viewer: Viewer, filters: Filters, *, on: date, after: str | None = None) -> Page[Any]:
    """Households by code, with the name of their cell and the day of the next visit."""
    query = (
        select(
            Household.id, Household.code, Household.head_name, Household.address, Household.tier, Household.absent,
            Household.last_visit_at, Household.next_visit_on, Grid.name.label("grid_name"),
        )
        .join(Grid, Grid.id == Household.grid_id)
        .where(visible(viewer), *_narrow(filters, on))
        .order_by(Household.code)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    mark = read_mark(after, str)
    if mark:
        query = query.where(Household.code > mark[0])
    return cut(db.session.execute(query).all(), lambda row: [row.code])


def _narrow(filters: Filters, on: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    words = clean(filters.words)
    if words:
        ways = [
            Household.head_name.contains(words, autoescape=True),
            Household.address.contains(words, autoescape=True),
        ]
        if words.isascii():
            ways = [
                Household.initials.startswith(words.lower(), autoescape=True),
                Household.code == words.upper(),
            ]
        conditions.append(or_(*ways))
    if filters.village_id:
        conditions.append(Household.village_id == filters.village_id)
    if filters.tier:
        conditions.append(Household.tier == filters.tier)
    if filters.due_by:
        conditions.append(Household.next_visit_on <= filters.due_by)
    if filters.post_id:
        conditions.append(Household.id.in_(_circle([filters.post_id], on)))
    return conditions


def _in_force(on: date) -> ColumnElement[bool]:
    return and_(CirclePlace.valid_from <= on, or_(CirclePlace.valid_to.is_(None), CirclePlace.valid_to > on))


def _circle(post_ids: Collection[int], on: date) -> Any:
    return select(CirclePlace.household_id).where(CirclePlace.post_id.in_(post_ids), _in_force(on))


def name_circles(viewer: Viewer, *, on: date) -> tuple[Grant, ...]:
    """The viewer's grants with the households of its circles and of its own card filled in."""
    circle_posts = [grant.post_id for grant in viewer.grants if grant.household_ids is not None and grant.post_id]
    members: dict[int, set[int]] = {}
    if circle_posts:
        rows = db.session.execute(
            select(CirclePlace.post_id, CirclePlace.household_id).where(
                CirclePlace.post_id.in_(circle_posts), _in_force(on)
            )
        )
        for row in rows:
            members.setdefault(row.post_id, set()).add(row.household_id)
    grants = [
        dataclasses.replace(grant, household_ids=frozenset(members.get(grant.post_id or 0, ())))
        if grant.household_ids is not None
        else grant
        for grant in viewer.grants
    ]
    if not grants and viewer.user_id is not None:
        grants = _card(viewer.user_id)
    return tuple(grants)


def _card(user_id: int) -> list[Grant]:
    household_id = db.session.scalar(select(HouseholdCard.household_id).where(HouseholdCard.user_id == user_id))
    if household_id is None:
        return []
    permissions = ROLE_PERMISSIONS[Role.RESIDENT]
    return [Grant(role=Role.RESIDENT, permissions=permissions, household_ids=frozenset({household_id}))]


def liaison_posts_of(household_id: int, *, on: date) -> list[Post]:
    """The posts whose circle holds this household, liaison first."""
    return list(
        db.session.scalars(
            select(Post)
            .join(CirclePlace, CirclePlace.post_id == Post.id)
            .where(CirclePlace.household_id == household_id, _in_force(on))
            .order_by(Post.role != Role.LIAISON, Post.id)
        )
    )


def members_of(household_id: int, *, on: date) -> Sequence[Member]:
    """Who lives in a household on a day, with their persons, in one statement."""
    return db.session.scalars(
        select(Member)
        .join(Member.person)
        .where(
            Member.household_id == household_id,
            Member.valid_from <= on,
            or_(Member.valid_to.is_(None), Member.valid_to > on),
        )
        .order_by(Member.id)
        .options(contains_eager(Member.person))
    ).all()


def place_of(household_id: int) -> tuple[float, float] | None:
    """Longitude and latitude of a home, WGS 84 degrees."""
    row = db.session.execute(
        select(*lon_lat(HouseholdPoint.geom)).where(HouseholdPoint.household_id == household_id)
    ).first()
    return (row[0], row[1]) if row else None


def due_in_circle(viewer: Viewer, *, on: date, limit: int = 60) -> Sequence[Any]:
    """The homes of the viewer's circles, the most urgent visit first."""
    return db.session.execute(
        select(
            Household.id, Household.code, Household.head_name, Household.address, Household.tier, Household.absent,
            Household.last_visit_at, Household.next_visit_on,
        )
        .where(visible(viewer, Permission.LOG_VISIT))
        .order_by(func.coalesce(Household.next_visit_on, date(1970, 1, 1)), Household.id)
        .limit(limit)
    ).all()  # fmt: skip


def visits_due_by_post(*, on: date) -> Sequence[Any]:
    """(post_id, place_path, homes due) for the liaisons' morning digest."""
    return db.session.execute(
        select(Post.id.label("post_id"), Post.place_path, func.count().label("homes"))
        .join(CirclePlace, CirclePlace.post_id == Post.id)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(Post.role == Role.LIAISON, _in_force(on), Household.next_visit_on <= on)
        .group_by(Post.id, Post.place_path)
        .order_by(Post.id)
    ).all()


def names_of(household_ids: Collection[int]) -> dict[int, str]:
    """Names of heads by household, for lists (mask them where they are shown)."""
    if not household_ids:
        return {}
    rows = db.session.execute(select(Household.id, Household.head_name).where(Household.id.in_(set(household_ids))))
    return {row.id: row.head_name for row in rows}
