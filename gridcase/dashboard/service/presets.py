"""Choosing the heads under which a place reads its figures."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.dashboard.rules.presets import PRESET_KEY, presets
from gridcase.grid import service as grids
from gridcase.grid.models import Grid


def choose(place: Grid, *, actor: Viewer, preset: str, on: date, now: datetime) -> None:
    """From a day on the figures of a place stand under these heads too; empty: under none."""
    if preset and preset not in presets():
        raise Refused(N_("请选一种。"), field="preset")
    grids.set_setting(actor=actor, place=place, key=PRESET_KEY, value={"preset": preset}, valid_from=on, now=now)
