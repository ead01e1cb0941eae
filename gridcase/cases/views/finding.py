"""Finding the household somebody has typed or chosen, inside the viewer's scope."""

from __future__ import annotations

from datetime import datetime

from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission, Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household


def own_circle(someone: Viewer, *, now: datetime) -> list[tuple[str, str]]:
    """The homes of the viewer's circles as choices; empty for those who search instead."""
    if not any(grant.household_ids for grant in someone.grants_with(Permission.REGISTER_CASE)):
        return []
    day = town_day(now)
    rows = households.due_in_circle(someone, on=day)
    return [(str(row.id), f"{row.head_name} · {row.address}") for row in rows]


def chosen(household_id: str | None, *, someone: Viewer) -> Household | None:
    """The home chosen from the circle, or named in the link."""
    if not household_id or not household_id.isdecimal():
        return None
    return households.get_household(int(household_id), viewer=someone)


def searched(words: str | None, *, someone: Viewer, now: datetime, field: str) -> Household | None:
    """The one home whose code, head, address or initials fit."""
    if not words:
        return None
    return households.named_home(words, viewer=someone, on=town_day(now), field=field)


def spot(lon: str | None, lat: str | None) -> tuple[float, float] | None:
    """The spot on the map a form brings along, WGS 84 degrees; None unless both are degrees."""
    found = _degrees(lon, 180), _degrees(lat, 90)
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _degrees(text: str | None, most: int) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -most <= value <= most else None
