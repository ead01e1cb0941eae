"""What the map and the figures share: the blueprint, the choices of the filters, the words of lights and times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from gridcase.calendar import queries as calendar
from gridcase.cases.rules.said import time_left
from gridcase.core.permissions import Permission
from gridcase.dashboard import queries
from gridcase.dashboard.rules import LIGHTS, MAJORS
from gridcase.grid import queries as grids
from gridcase.web.access import viewer
from gridcase.web.filters import show_date, translate

bp = Blueprint("dashboard", __name__)


def choices(permission: Permission) -> dict[str, Any]:
    """What the filters offer; somebody of one village needs no list of villages."""
    villages = grids.villages_of(viewer(), permission=permission)
    lights = zip(LIGHTS, light_words(), strict=True)
    return {"villages": villages if len(villages) > 1 else [], "majors": MAJORS.values(), "light_choices": lights}


def sayer(now: datetime) -> Callable[[queries.CaseLine], str]:
    """Says what is left of a case's time, or when it ended; the calendar is read once for a whole list."""
    days = calendar.work_calendar()

    def say(line: queries.CaseLine) -> str:
        if line.closed_at is not None:
            return _("%(day)s办结", day=show_date(line.closed_at))
        return translate(time_left(due_at=line.due_at, now=now, unit=line.limit_unit, calendar=days))

    return say


def light_words() -> list[str]:
    """The words of `LIGHTS`, as the legend says them."""
    return [_("正常"), _("将到期"), _("超期")]
