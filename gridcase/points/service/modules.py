"""Which parts of points a village opens: a setting with a day, so that the others keep their pages until then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from gridcase.core.clock import town_day
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.points.queries import PRESET_KEY
from gridcase.points.rules import MODULES_KEY, PRESETS, Module


def set_modules(*, place: Grid, modules: Collection[Module], on: date, actor: Viewer, now: datetime) -> None:
    """From a day on these parts are open in a place (and in those below that set none of their own)."""
    if on < town_day(now):
        raise Refused(N_("日期不能早于今天。"), field="on")
    if modules and Module.POINTS not in modules:
        raise Refused(N_("积分超市、评先和商家联盟都要用积分，请勾上“积分”，或者都不勾。"), field="modules")
    value = {module.value: module in modules for module in Module}
    grids.set_setting(actor=actor, place=place, key=MODULES_KEY, value=value, valid_from=on, now=now)


def recommend(*, place: Grid, preset: str, on: date, actor: Viewer, now: datetime) -> None:
    """From a day on drafts of the villages below start from this preset unless they choose another."""
    if preset not in PRESETS:
        raise Refused(N_("没有这套示例，请从列出的里面选。"), field="preset")
    grids.set_setting(actor=actor, place=place, key=PRESET_KEY, value={"preset": preset}, valid_from=on, now=now)
