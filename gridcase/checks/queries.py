"""Reading the plan of a place, and what is still to be looked at in homes this season."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import func, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.checks.models import HomeCheck, HomeCheckFinding
from gridcase.checks.rules import PLAN_KEY, CheckItem, CheckKind, HomeList, PatrolPlan
from gridcase.core.db import db
from gridcase.core.paths import SEED_DATA
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import VILLAGE, cut_to
from gridcase.grid import queries as grids
from gridcase.households import queries as households
from gridcase.households.models import Household


@dataclass(frozen=True)
class ToCheck:
    """A list of the season and those homes of somebody's circles that were not looked at yet: (id, head_name, address)
    rows in the order of their codes."""

    check: HomeList
    rows: tuple[Any, ...]
    of: int


def patrol_plan(path: str, *, on: date) -> PatrolPlan:
    """What a place checks, and how often."""
    found = grids.setting(path, PLAN_KEY, on=on)
    return PatrolPlan.from_json(found[0]) if found else PatrolPlan()


@cache
def shipped_items() -> tuple[CheckItem, ...]:
    """The items that come with the system."""
    with (SEED_DATA / "patrol_items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        CheckItem(row["code"], CheckKind(row["kind"]), row["zh"], row["en"], row["class"], row["home"] == "1")
        for row in rows
    )


def lists_for(path: str, *, on: date) -> list[HomeList]:
    """What is looked at in the homes of a village at this time of the year; a kind without items for homes is left
    out."""
    plan = patrol_plan(cut_to(path, VILLAGE), on=on)
    found = []
    for kind in plan.in_season(on):
        items = tuple(item for item in plan.items(kind, shipped_items()) if item.home)
        if items:
            season = plan.seasons[kind]
            found.append(HomeList(kind, items, season.began(on), season.ends(on)))
    return found


def lists_of(viewer: Viewer, *, on: date) -> list[HomeList]:
    """The lists of the village somebody works in, for his phone."""
    return lists_for(cases.home_of(viewer), on=on)


def lists_at(household: Household, *, on: date) -> list[tuple[HomeList, date | None]]:
    """The lists of a home, each with the day it was last looked at this season."""
    lists = lists_for(household.path, on=on)
    done = _last_checks([household.id], lists)
    return [(one, done.get((household.id, one.kind))) for one in lists]


def _last_checks(household_ids: Sequence[int], lists: Sequence[HomeList]) -> dict[tuple[int, str], date]:
    """(home, kind) -> day of the newest look within the season."""
    if not lists:
        return {}
    this_season = or_(*((HomeCheck.kind == one.kind) & (HomeCheck.done_on >= one.began) for one in lists))
    rows = db.session.execute(
        select(HomeCheck.household_id, HomeCheck.kind, func.max(HomeCheck.done_on).label("day"))
        .where(HomeCheck.household_id.in_(household_ids), this_season)
        .group_by(HomeCheck.household_id, HomeCheck.kind)
    )
    return {(row.household_id, row.kind): row.day for row in rows}


def to_check(viewer: Viewer, *, on: date) -> list[ToCheck]:
    """The lists of the season with the homes of the viewer's circles that were not looked at yet. Who answers for a
    place has the patrols of the village; nobody's whole village stands here."""
    circles = tuple(grant for grant in viewer.grants if grant.household_ids)
    if not circles:
        return []
    mine = dataclasses.replace(viewer, grants=circles)
    homes = db.session.execute(
        select(Household.id, Household.head_name, Household.address, Household.path)
        .where(households.visible(mine, Permission.LOG_VISIT), households.standing())
        .order_by(Household.code)
    ).all()
    found: dict[CheckKind, ToCheck] = {}
    for village in sorted({cut_to(home.path, VILLAGE) for home in homes}):
        here = [home for home in homes if home.path.startswith(village)]
        lists = lists_for(village, on=on)
        done = _last_checks([home.id for home in here], lists)
        for one in lists:
            left = tuple(home for home in here if (home.id, one.kind) not in done)
            known = found.get(one.kind)
            found[one.kind] = ToCheck(
                known.check if known else one,
                (known.rows if known else ()) + left,
                (known.of if known else 0) + len(here),
            )
    return [one for one in found.values() if one.rows]


def items_of(path: str, kind: CheckKind, *, on: date) -> dict[str, CheckItem]:
    """Every item of a kind a place looks at or looked at, by code: a phone may bring what was switched off since."""
    plan = patrol_plan(cut_to(path, VILLAGE), on=on)
    return {item.code: item for item in [*shipped_items(), *plan.own] if item.kind is kind}


def open_finding(household_id: int, item_code: str) -> int | None:
    """The id of the case that is still open for the same thing at the same home."""
    return db.session.scalar(
        select(Case.id)
        .join(HomeCheckFinding, HomeCheckFinding.case_id == Case.id)
        .join(HomeCheck, HomeCheck.id == HomeCheckFinding.check_id)
        .where(HomeCheck.household_id == household_id, HomeCheckFinding.item_code == item_code, cases.open_condition())
        .order_by(Case.id.desc())
        .limit(1)
    )


def checks_of(visit_ids: Sequence[int]) -> dict[int, list[tuple[CheckKind, int]]]:
    """What was looked at on visits: (kind, how many things were not in order) by visit."""
    rows = db.session.execute(
        select(HomeCheck.visit_id, HomeCheck.kind, func.count(HomeCheckFinding.item_code).label("found"))
        .outerjoin(HomeCheckFinding, HomeCheckFinding.check_id == HomeCheck.id)
        .where(HomeCheck.visit_id.in_(visit_ids))
        .group_by(HomeCheck.id, HomeCheck.visit_id, HomeCheck.kind)
        .order_by(HomeCheck.id)
    )
    found: dict[int, list[tuple[CheckKind, int]]] = {}
    for row in rows:
        found.setdefault(row.visit_id, []).append((CheckKind(row.kind), row.found))
    return found
