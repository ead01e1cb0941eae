"""The settings of a county: quiet hours, the hour of the digest, when due-soon begins."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases.rules import SOON_KEY, SoonRule
from gridcase.core.clock import town_day
from gridcase.core.permissions import Viewer
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.reminders.rules import TIMES_KEY, Times


def set_times(county: Grid, *, actor: Viewer, times: Times, soon: SoonRule, now: datetime) -> None:
    """Both as new versions, in force at once; clocks that run already keep their due-soon until they are set anew."""
    for key, value in ((TIMES_KEY, times.checked().to_json()), (SOON_KEY, soon.checked().to_json())):
        grids.set_setting(actor=actor, place=county, key=key, value=value, valid_from=town_day(now), now=now)
