"""What the map and the figures share: the blueprint, the choices of the filters, the words of lights and times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from gridcase.calendar import queries as calendar
from gridcase.cases.rules.said import time_left
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission
from gridcase.dashboard import queries
from gridcase.dashboard.rules import LIGHTS, MAJORS, Selection
from gridcase.grid import queries as grids
from gridcase.grid.rules import GridLevel
from gridcase.web.access import viewer
from gridcase.web.filters import show_date, translate

bp = Blueprint("dashboard", __name__)
town_map = Blueprint("map", __name__, url_prefix="/map")


@dataclass(frozen=True)
class Shown:
    """What a link of the map means for this viewer."""

    chosen: Selection
    about: queries.About
    ground: queries.Ground

    @property
    def village_id(self) -> int | None:
        """The village the map shows, if it is of one."""
        root = self.about.root
        return int(root.path.split("/")[-2]) if root.level is GridLevel.VILLAGE else None


def shown(now: datetime) -> Shown:
    """Read the link; `Missing` where it names a place of others."""
    chosen = Selection.read(request.args, today=town_day(now))
    about = queries.about(viewer(), village_id=chosen.village_id, place_id=chosen.place_id)
    return Shown(chosen, about, queries.ground(viewer(), chosen, about, now=now))


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
