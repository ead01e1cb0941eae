"""Whom a case can be sent to, with all that speaks for it: at most seven statements, however many units and posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from gridcase.cases.models import Case, CaseClass, DutyItem
from gridcase.cases.queries.page import level_of_unit, posts_of_village, units_over
from gridcase.cases.queries.posts import IN_HANDS
from gridcase.cases.queries.sight import open_condition
from gridcase.cases.rules import Address, Duty, DutyKind, Level, State
from gridcase.cases.rules.routing import duty_at, leads
from gridcase.core.clock import town_day
from gridcase.core.db import UtcDateTime, db, one_of
from gridcase.core.places import TOWN, cut_to
from gridcase.core.scope import given, under_given
from gridcase.core.words import N_, Text
from gridcase.households import queries as households
from gridcase.people import queries as people
from gridcase.people.models import Post, Unit
from gridcase.people.queries import HolderRow
from gridcase.people.rules import Absence, Role

YEAR, LATELY = timedelta(days=365), 2000  # so far back, and so many of a town's cases
LEVELS_OF_ROLES = {
    Role.LIAISON: Level.GRID, Role.GRID_LEADER: Level.GRID, Role.PARTTIME_GRID: Level.GRID,
}  # fmt: skip  # the others of a village stand above the cells
_CELL_DEPTH = 5
# Made once: a page that offers to send a case asks them all.
_DUTIES = (
    select(DutyItem)
    .where(DutyItem.town_id == bindparam("town_id"), DutyItem.class_code == bindparam("code"))
    .order_by(DutyItem.id)
)
_LATELY = (
    select(Case.handler_unit_id, Case.class_id, Case.state, Case.restricted)
    .where(Case.town_id == bindparam("town_id"), Case.registered_at >= bindparam("since", type_=UtcDateTime()))
    .order_by(Case.registered_at.desc(), Case.id.desc())
    .limit(LATELY)
    .subquery()
)
_DONE = (
    select(_LATELY.c.handler_unit_id, func.count())
    .where(
        _LATELY.c.class_id.in_(select(CaseClass.id).where(CaseClass.code == bindparam("code"))),
        _LATELY.c.state == State.CLOSED, _LATELY.c.restricted.is_(False), _LATELY.c.handler_unit_id.is_not(None),
    )
    .group_by(_LATELY.c.handler_unit_id)
)  # fmt: skip
_LYING = (
    select(Case.handler_unit_id, Case.handler_post_id, func.count())
    .where(open_condition(), under_given(Case.path), one_of(Case.state, IN_HANDS), Case.restricted.is_(False))
    .group_by(Case.handler_unit_id, Case.handler_post_id)
)


def routes(case: Case, *, now: datetime, units: Sequence[Unit] | None = None) -> list[Address]:
    """Every unit and post the case can be sent to: the units first, each kind in its own order. `units`: those over its
    place, where they are known."""
    on = town_day(now)
    posts = posts_of_village(case, on=on)
    units = units_over(case.path) if units is None else units
    duties, done, lying = duties_of(case), _done(case, now), _lying(case)
    holders = people.holders_since([row.id for row in posts], on=on)
    circles = _circles(case, on)
    return [
        *(_of_unit(unit, case, duties, done.get(unit.id, 0), lying.get(("u", unit.id), 0)) for unit in units),
        *(
            _of_post(row, duties, holders.get(row.id, []), _near(row, case, circles), lying.get(("p", row.id), 0))
            for row in posts
        ),
    ]


def duties_of(case: Case) -> list[Duty]:
    """What the duty list of the case's town says of its class."""
    rows = db.session.scalars(_DUTIES, {"town_id": case.town_id, "code": case.case_class.code})
    return [Duty(row.item, DutyKind(row.kind), row.unit_id, row.lead) for row in rows]


def duty_for(case: Case, *, post: Post | None, unit: Unit | None) -> Duty | None:
    """What the list says of sending the case to this unit or post."""
    level = level_of_unit(unit) if unit is not None else Level.VILLAGE
    return duty_at(duties_of(case), unit_id=unit.id if unit is not None else None, level=level)


def _of_unit(unit: Unit, case: Case, duties: Sequence[Duty], done: int, lying: int) -> Address:
    named = case.terms.department.replace("（", "、").replace("）", "").split("、")
    level = level_of_unit(unit)
    return Address(
        f"u{unit.id}", unit.name, level, named=any(word and word in unit.name for word in named), done=done, open=lying,
        duty=duty_at(duties, unit_id=unit.id, level=level), leads=leads(duties, unit.name),
    )  # fmt: skip


def _of_post(row: Any, duties: Sequence[Duty], holders: Sequence[HolderRow], near: Text | None, lying: int) -> Address:
    """A post's own record is nobody's figure: only what lies there now."""
    level = LEVELS_OF_ROLES.get(Role(row.role), Level.VILLAGE)
    own = [one.name for one in holders if not one.stand_in]
    stand_in = next((one for one in holders if one.stand_in), None)
    return Address(
        f"p{row.id}", row.title, level, holder="、".join(own) or (stand_in.name if stand_in else ""), near=near,
        away=_away(stand_in) if stand_in else None, open=lying,
        duty=duty_at(duties, unit_id=None, level=level),
    )  # fmt: skip


def _away(stand_in: HolderRow) -> Text:
    """Who stands in, why, and until when."""
    why = Absence(stand_in.reason).label if stand_in.reason else N_("不在岗")
    if stand_in.valid_to is None:
        return N_("%(why)s，%(name)s代班", why=why, name=stand_in.name)
    last = stand_in.valid_to - timedelta(days=1)
    return N_("%(why)s，%(name)s代班到 %(day)s", why=why, name=stand_in.name, day=last)


def _near(row: Any, case: Case, circles: frozenset[int]) -> Text | None:
    if row.id in circles:
        return N_("这一户在它的联户圈里")
    if row.section_id is not None and row.section_id == case.section_id and row.role == Role.SECTION_LEADER:
        return N_("管这个片")
    depth = row.place_path.count("/") - 1
    if depth >= _CELL_DEPTH and case.path.startswith(row.place_path):
        return N_("管这个网格")
    return None


def _circles(case: Case, on: date) -> frozenset[int]:
    """The posts whose circle holds the case's household."""
    if case.household_id is None:
        return frozenset()
    return frozenset(post.id for post in households.liaison_posts_of(case.household_id, on=on))


def _done(case: Case, now: datetime) -> dict[int, int]:
    """How many cases of the class each unit closed lately in the town: among its newest, however many the town has had.
    Nothing is counted of restricted ones."""
    if case.restricted or case.terms.restricted:
        return {}
    rows = db.session.execute(_DONE, {"town_id": case.town_id, "since": now - YEAR, "code": case.case_class.code})
    return {int(row[0] or 0): row[1] for row in rows}


def _lying(case: Case) -> Mapping[tuple[str, int], int]:
    """How many open cases of the town lie with each unit ("u") and post ("p"); restricted ones are not counted."""
    rows = db.session.execute(_LYING, given(cut_to(case.path, TOWN)))
    found: dict[tuple[str, int], int] = {}
    for unit_id, post_id, n in rows:
        found[("u", unit_id) if unit_id is not None else ("p", post_id or 0)] = n
    return found
