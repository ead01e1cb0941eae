"""The blueprint, and what every page of points needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, request

from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.points import queries
from gridcase.points.rules import Module
from gridcase.web.access import viewer_or_none
from gridcase.web.frame import NavItem

bp = Blueprint("points", __name__, url_prefix="/points")
NAV = (
    NavItem(
        "points", N_("积分公示"), "points.index", "points",
        frozenset({Permission.SEE_POINTS, Permission.MANAGE_TOWN}), 40, phone=True,
        group="points", group_label=N_("积分"), phone_label=N_("积分"), module=Module.POINTS,
    ),
)  # fmt: skip


def village_of(boards: list[Grid]) -> Grid:
    """The village asked for, else the first of the viewer's."""
    wanted = request.args.get("village", type=int)
    found = next((grid for grid in boards if wanted in (None, grid.id)), None)
    if found is None:
        raise Missing
    return found


@bp.context_processor
def _own_names() -> dict[str, Any]:
    """`name_of(home)`: masked, but nobody's own home from himself."""
    someone = viewer_or_none()  # an error page may come before it is known who asks
    own = queries.public.own_homes(someone) if someone is not None else frozenset()
    return {"name_of": lambda home: home.head_name if home.id in own else mask_name(home.head_name)}


def today() -> date:
    """The town's day."""
    return clock.town_day(clock.now())
