"""Who sees which household."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.households.models import Household

NEVER = date(1970, 1, 1)


def visible(viewer: Viewer, permission: Permission = Permission.SEE_HOUSEHOLD) -> ColumnElement[bool]:
    """Households the viewer's posts reach."""
    return reach(viewer, permission, path=Household.path, section_id=Household.section_id, household_id=Household.id)


def standing() -> ColumnElement[bool]:
    """Homes that are in the register today; no home ends ahead of its day. Every list of today asks this."""
    return Household.ended_on.is_(None)


def due(on: date) -> ColumnElement[bool]:
    """Homes whose visit is due on a day: the liaison's page, the digest and the list all ask this. A home that nobody
    has visited yet is due."""
    return standing() & or_(Household.next_visit_on.is_(None), Household.next_visit_on <= on)


def due_day() -> ColumnElement[date]:
    """The day to sort by what waits longest; a home never visited comes first."""
    return func.coalesce(Household.next_visit_on, NEVER)


def get_household(household_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_HOUSEHOLD) -> Household:
    """One household of the viewer's, else `Missing`."""
    found = db.session.scalar(select(Household).where(Household.id == household_id, visible(viewer, permission)))
    if found is None:
        raise Missing
    return found


def by_code(code: str, *, viewer: Viewer, permission: Permission = Permission.EDIT_HOUSEHOLD) -> Household | None:
    """The standing home of the viewer's with this code."""
    return db.session.scalar(select(Household).where(Household.code == code, standing(), visible(viewer, permission)))


def anywhere(code: str, *, path: str) -> Household | None:
    """The standing home with this code in the county of a path, whoever looks after it; only to ask its village."""
    county = "/" + path.split("/")[1] + "/"
    return db.session.scalar(select(Household).where(Household.code == code, standing(), under(Household.path, county)))


def standing_home(household_id: int) -> Household | None:
    """A home in the register by its id, whoever looks after it; for what its own village has agreed to."""
    return db.session.scalar(select(Household).where(Household.id == household_id, standing()))
