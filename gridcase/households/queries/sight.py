"""Who sees which household."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.households.models import Household


def visible(viewer: Viewer, permission: Permission = Permission.SEE_HOUSEHOLD) -> ColumnElement[bool]:
    """Households the viewer's posts reach."""
    return reach(viewer, permission, path=Household.path, section_id=Household.section_id, household_id=Household.id)


def get_household(household_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_HOUSEHOLD) -> Household:
    """One household of the viewer's, else `Missing`."""
    found = db.session.scalar(select(Household).where(Household.id == household_id, visible(viewer, permission)))
    if found is None:
        raise Missing
    return found
