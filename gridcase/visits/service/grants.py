"""From which post somebody visits a home."""

from __future__ import annotations

from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers
from gridcase.households.models import Household


def grant_over(actor: Viewer, household: Household, permission: Permission = Permission.LOG_VISIT) -> Grant:
    """The post this is done from: it must reach this very home, else the home is `Missing`."""
    for grant in actor.grants_with(permission):
        if covers(grant, path=household.path, section_id=household.section_id, household_id=household.id):
            return grant
    raise Missing
