"""The room's blueprint, and the banner of a year whose days are not known."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from gridcase.calendar import queries as calendar
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission
from gridcase.web.access import viewer_or_none

bp = Blueprint("reminders", __name__)


@bp.app_context_processor
def _banner() -> dict[str, Any]:
    """The year to load, for whoever can load it: on every page, from 1 December on."""
    someone = viewer_or_none()
    if someone is None or not someone.may(Permission.MANAGE_COUNTY):
        return {}
    return {"calendar_missing": calendar.missing_year(town_day(clock.now()))}
