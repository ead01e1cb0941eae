"""The rules of a county: looked at first, then saved as a new version from a day on."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime

from gridcase.core.clock import town_day
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import N_
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.households.rules.tiers_rules import SETTING, TierRules, as_setting, check_rules


def print_of(place: Grid, rules: TierRules) -> str:
    """What was looked at: a draft that changed since has another one."""
    text = json.dumps([place.id, as_setting(rules)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def set_rules(
    place: Grid, *, actor: Viewer, rules: TierRules, valid_from: date | None, looked_at: str, now: datetime
) -> PlaceSetting:
    """Save a draft as the county's new version. Only what was looked at can be saved, and only from today on."""
    grants = actor.grants_with(Permission.SET_TIER_RULES)
    if not any(covers(one, path=place.path, section_id=None, household_id=None) for one in grants):
        raise Refused(N_("您的岗位不能改这个县的分级规则。"))
    check_rules(rules)
    if looked_at != print_of(place, rules):
        raise Refused(N_("请先点“看看会动多少户”，看过再保存。"))
    if valid_from is None or valid_from < town_day(now):
        raise Refused(N_("请填从哪天起用，不能早于今天。"), field="valid_from")
    value = as_setting(rules)
    return grids.set_setting(actor=actor, place=place, key=SETTING, value=value, valid_from=valid_from, now=now)
