"""Reading households: the list, who lives in one, where it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import lon_lat
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household, HouseholdPoint, Member
from gridcase.households.queries.circles import circle
from gridcase.households.queries.sight import due, get_household, standing, visible

NAMED_SHOWN = 5


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
        .where(visible(viewer), standing(), *_narrow(filters, on))
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
        conditions.append(due(filters.due_by))
    if filters.post_id:
        conditions.append(Household.id.in_(circle([filters.post_id], on)))
    return conditions


def members_of(household_id: int, *, on: date) -> Sequence[Member]:
    """Who lives in a household on a day, with their persons, in one statement."""
    return db.session.scalars(
        select(Member)
        .join(Member.person)
        .where(
            Member.household_id == household_id,
            in_force(Member, on),
        )
        .order_by(Member.relation != "head", Member.id)
        .options(contains_eager(Member.person))
    ).all()


def place_of(household_id: int) -> tuple[float, float] | None:
    """Longitude and latitude of a home, WGS 84 degrees."""
    row = db.session.execute(
        select(*lon_lat(HouseholdPoint.geom)).where(HouseholdPoint.household_id == household_id)
    ).first()
    return (row[0], row[1]) if row else None


def names_of(household_ids: Collection[int]) -> dict[int, str]:
    """Names of heads by household, for lists (mask them where they are shown)."""
    if not household_ids:
        return {}
    rows = db.session.execute(select(Household.id, Household.head_name).where(Household.id.in_(set(household_ids))))
    return {row.id: row.head_name for row in rows}


def named_home(words: str, *, viewer: Viewer, on: date, field: str) -> Household:
    """The one home of the viewer's whose code, head, address or initials fit; `Refused` beside `field` for none or
    several."""
    rows = page(viewer, Filters(words=words), on=on).rows
    exact = [row for row in rows if row.head_name == words or row.code == words.upper()]
    found = exact if len(exact) == 1 else rows
    if not found:
        raise Refused(N_("没有找到这一户，请核对户主姓名或户编号。"), field=field)
    if len(found) > 1:
        some = "、".join(f"{mask_name(row.head_name)} {row.code}" for row in found[:NAMED_SHOWN])
        raise Refused(N_("对得上的不止一户，请填户编号：%(some)s", some=some), field=field)
    return get_household(found[0].id, viewer=viewer)
