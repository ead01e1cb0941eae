"""What a draft of the rules would move in a county: counts only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select

from gridcase.core.dated import in_force as dated_in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.grid.rules import GridLevel
from gridcase.households.models import CirclePlace, Household, HouseholdFactor
from gridcase.households.queries.tiers import in_force, rules_for
from gridcase.households.rules.tiers import CareTier
from gridcase.households.rules.tiers_rules import SETTING, TierRules
from gridcase.households.rules.tiers_whatif import VillageMoves, WeighedHome, what_if
from gridcase.people.rules import Role


def rule_places(viewer: Viewer) -> Sequence[Grid]:
    """The counties whose rules the viewer may set."""
    return db.session.scalars(
        select(Grid)
        .where(Grid.level == GridLevel.COUNTY, reach(viewer, Permission.SET_TIER_RULES, path=Grid.path))
        .order_by(Grid.code)
    ).all()


def rule_place(place_id: int | None, *, viewer: Viewer) -> Grid:
    """The county asked for, else the first of the viewer's."""
    found = next((grid for grid in rule_places(viewer) if place_id in (None, grid.id)), None)
    if found is None:
        raise Missing
    return found


def versions(place: Grid) -> Sequence[PlaceSetting]:
    """The versions of a county's rules, newest first."""
    return db.session.scalars(
        select(PlaceSetting)
        .where(PlaceSetting.place_id == place.id, PlaceSetting.key == SETTING)
        .order_by(PlaceSetting.version.desc())
    ).all()


def try_rules(place: Grid, draft: TierRules, *, on: date) -> list[tuple[str, VillageMoves]]:
    """(village, what would move) for a draft, by the village's code."""
    here = (under(Household.path, place.path), or_(Household.ended_on.is_(None), Household.ended_on > on))
    weighed: dict[int, tuple[int, str, set[str]]] = {}
    for row in db.session.execute(
        select(Household.id, Household.village_id, Household.tier, HouseholdFactor.code)
        .join(HouseholdFactor, HouseholdFactor.household_id == Household.id)
        .where(*here, in_force(on))
    ):
        weighed.setdefault(row.id, (row.village_id, row.tier, set()))[2].add(row.code)
    tiers: dict[int, dict[CareTier, int]] = {}
    names: dict[int, str] = {}
    for village_id, name, tier, homes in db.session.execute(
        select(Grid.id, Grid.name, Household.tier, func.count())
        .join(Household, Household.village_id == Grid.id)
        .where(*here)
        .group_by(Grid.id, Grid.name, Grid.code, Household.tier)
        .order_by(Grid.code)
    ):
        tiers.setdefault(village_id, {})[CareTier(tier)] = homes
        names[village_id] = name
    homes_with = [WeighedHome(village, CareTier(tier), frozenset(codes)) for village, tier, codes in weighed.values()]
    moves = what_if(
        homes_with, tiers=tiers, liaisons=_liaisons(place, on), rules=rules_for(place.path, on=on), draft=draft
    )
    return [(names[one.village_id], one) for one in moves]


def _liaisons(place: Grid, on: date) -> dict[int, int]:
    """How many liaisons each village has a circle for."""
    rows = db.session.execute(
        select(Household.village_id, func.count(func.distinct(CirclePlace.post_id)))
        .join(CirclePlace, CirclePlace.household_id == Household.id)
        .where(under(Household.path, place.path), CirclePlace.role == Role.LIAISON, dated_in_force(CirclePlace, on))
        .group_by(Household.village_id)
    )
    return {row[0]: row[1] for row in rows}
