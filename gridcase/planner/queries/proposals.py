"""Reading proposals: the list, one with its targets and homes, its points for the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.geo import lon_lat
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Household, HouseholdPoint, Member
from gridcase.people import queries as people
from gridcase.people.models import Person, Post
from gridcase.planner.models.proposals import Plan, PlanRow, PlanTarget
from gridcase.planner.rules.states import PlanState
from gridcase.planner.rules.work import Kind

UNHEARD_AFTER = timedelta(minutes=1)  # the scheduler looks every two seconds

SCALE = 100_000  # degrees to whole numbers; one step is about a metre


def get_plan(plan_id: int, *, viewer: Viewer, permission: Permission = Permission.PLAN_GRID) -> Plan:
    """One plan of the viewer's, else `Missing`."""
    found = db.session.scalar(select(Plan).where(Plan.id == plan_id, reach(viewer, permission, path=Plan.place_path)))
    if found is None:
        raise Missing
    return found


def get_place(place_id: int, *, viewer: Viewer, level: GridLevel | None = None) -> Grid:
    """A village or group (or one of `level`) the viewer may plan in, else `Missing`."""
    levels = (GridLevel.VILLAGE, GridLevel.GROUP) if level is None else (level,)
    found = db.session.scalar(
        select(Grid).where(
            Grid.id == place_id, Grid.level.in_(levels), Grid.valid_to.is_(None),
            reach(viewer, Permission.PLAN_GRID, path=Grid.path),
        )
    )  # fmt: skip
    if found is None:
        raise Missing
    return found


def villages(viewer: Viewer, *, after: str | None = None) -> Page[Any]:
    """The viewer's villages with their newest plan of each kind, by code."""
    query = (
        select(Grid.id, Grid.code, Grid.name)
        .where(
            Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None),
            reach(viewer, Permission.PLAN_GRID, path=Grid.path),
        )
        .order_by(Grid.code)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    mark = read_mark(after, str)
    if mark:
        query = query.where(Grid.code > mark[0])
    return cut(db.session.execute(query).all(), lambda row: [row.code])


def newest(village_ids: Sequence[int]) -> dict[tuple[int, str], Plan]:
    """The newest plan of each kind by village."""
    last = select(func.max(Plan.id)).where(Plan.village_id.in_(village_ids)).group_by(Plan.village_id, Plan.kind)
    return {(plan.village_id, plan.kind): plan for plan in db.session.scalars(select(Plan).where(Plan.id.in_(last)))}


def plans_of(village_id: int, *, viewer: Viewer, limit: int = 20) -> list[Plan]:
    """The plans of a village, newest first."""
    return list(
        db.session.scalars(
            select(Plan)
            .where(Plan.village_id == village_id, reach(viewer, Permission.PLAN_GRID, path=Plan.place_path))
            .order_by(Plan.id.desc())
            .limit(limit)
        )
    )


def groups_of(village: Grid) -> list[Grid]:
    """The groups of a village, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(Grid.parent_id == village.id, Grid.level == GridLevel.GROUP, Grid.valid_to.is_(None))
            .order_by(Grid.code)
        )
    )


@dataclass(frozen=True)
class TargetLine:
    """A cell or circle of a plan as the page shows it. `name` None: a new cell; a new liaison's name is masked."""

    id: int
    number: int
    name: str | None
    group: str
    homes: int
    persons: int
    new: bool
    home_code: str  # of a new liaison's household: tells masked names apart


def targets(plan: Plan) -> list[TargetLine]:
    """The cells or circles of a plan, in order."""
    rows = db.session.execute(
        select(PlanTarget, Grid.name, Person.name)
        .outerjoin(Grid, Grid.id == func.coalesce(PlanTarget.grid_id, PlanTarget.group_id))
        .outerjoin(Person, Person.id == PlanTarget.person_id)
        .where(PlanTarget.plan_id == plan.id)
        .order_by(PlanTarget.number)
    ).all()
    groups = _group_names([row[0].group_id for row in rows])
    codes = homes_of_persons([row[0].person_id for row in rows if row[0].post_id is None], on=plan.on)
    return [_line(target, grid, person, groups, codes) for target, grid, person in rows]


def _line(
    target: PlanTarget, grid: str | None, person: str | None, groups: dict[int, str], codes: dict[int, str]
) -> TargetLine:
    circle = target.person_id is not None
    new = target.post_id is None if circle else target.grid_id is None
    name = (mask_name(person or "") if new else person) if circle else (None if new else grid)
    return TargetLine(
        target.id, target.number, name, groups.get(target.group_id or 0, ""), target.homes, target.persons, new,
        codes.get(target.person_id or 0, ""),
    )  # fmt: skip


def _group_names(ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {one for one in ids if one}
    rows = db.session.execute(select(Grid.id, Grid.name).where(Grid.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def moves(plan: Plan, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """The homes that a plan would move, by id, with their head's name (mask it) and code."""
    query = (
        select(
            PlanRow.id, PlanRow.household_id, PlanRow.from_id, PlanRow.target_id, PlanRow.reason, Household.code,
            Household.head_name,
        )
        .join(Household, Household.id == PlanRow.household_id)
        .where(PlanRow.plan_id == plan.id, PlanRow.moves.is_(True))
        .order_by(PlanRow.household_id)
        .limit(size + 1)
    )  # fmt: skip
    mark = read_mark(after, int)
    if mark:
        query = query.where(PlanRow.household_id > mark[0])
    return cut(db.session.execute(query).all(), lambda row: [row.household_id], size=size)


def names_before(plan: Plan, ids: Sequence[int | None], *, on: date) -> dict[int, str]:
    """What the cells, or the liaisons, that homes come from are called."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    if plan.kind == Kind.CIRCLES:
        titles = dict(db.session.execute(select(Post.id, Post.title).where(Post.id.in_(wanted))).all())
        return {**titles, **people.holders_of(sorted(wanted), on=on)}
    return dict(db.session.execute(select(Grid.id, Grid.name).where(Grid.id.in_(wanted))).all())


def points(plan: Plan) -> dict[str, list[int]]:
    """The homes of a plan that have a place, as columns: x and y (degrees times 100,000), b: the number of the cell or
    circle before, a: after, m: 1 where the home moves."""
    lon, lat = lon_lat(HouseholdPoint.geom)
    rows = db.session.execute(
        select(lon, lat, PlanRow.from_id, PlanTarget.number, PlanRow.moves)
        .join(PlanTarget, PlanTarget.id == PlanRow.target_id)
        .join(HouseholdPoint, HouseholdPoint.household_id == PlanRow.household_id)
        .where(PlanRow.plan_id == plan.id)
        .order_by(PlanRow.household_id)
    ).all()
    goes_on = _goes_on(plan)
    gone = sorted({row.from_id for row in rows if row.from_id is not None and row.from_id not in goes_on})
    numbers = {**goes_on, **{one: len(goes_on) + 1000 + place for place, one in enumerate(gone)}}
    return {
        "x": [round(row[0] * SCALE) for row in rows],
        "y": [round(row[1] * SCALE) for row in rows],
        "b": [numbers.get(row.from_id, -1) for row in rows],
        "a": [row.number for row in rows],
        "m": [int(row.moves) for row in rows],
    }


def _goes_on(plan: Plan) -> dict[int, int]:
    """The cell or post of today -> the number of the target that it goes on as."""
    rows = db.session.execute(
        select(PlanTarget.grid_id, PlanTarget.post_id, PlanTarget.number).where(PlanTarget.plan_id == plan.id)
    )
    return {one: row.number for row in rows if (one := row.grid_id or row.post_id) is not None}


def left_empty(plan: Plan, *, on: date) -> list[str]:
    """Cells or liaisons of today that have no home any more under the plan."""
    goes_on = _goes_on(plan)
    rows = db.session.scalars(select(PlanRow.from_id).where(PlanRow.plan_id == plan.id).distinct())
    gone = [one for one in rows if one is not None and one not in goes_on]
    return sorted(names_before(plan, gone, on=on).values())


def claimable(limit: int = 1) -> list[int]:
    """Plans that wait for the solver, the oldest first."""
    return list(
        db.session.scalars(select(Plan.id).where(Plan.state == PlanState.WAITING).order_by(Plan.id).limit(limit))
    )


def is_unheard(plan: Plan, *, now: datetime) -> bool:
    """Whether a plan waits longer than a running scheduler leaves it, and no other one is being worked out."""
    if plan.state != PlanState.WAITING or now - plan.asked_at < UNHEARD_AFTER:
        return False
    return db.session.scalar(select(Plan.id).where(Plan.state == PlanState.RUNNING).limit(1)) is None


def made_alike(village_id: int, kind: Kind, fingerprint: str) -> bool:
    """Whether a whole plan of this village stands that was made from the same homes."""
    found = db.session.scalar(
        select(Plan.id)
        .where(
            Plan.village_id == village_id, Plan.place_id == village_id, Plan.kind == kind,
            Plan.fingerprint == fingerprint,
            Plan.state.in_((PlanState.DRAFT, PlanState.SHOWN, PlanState.CONFIRMED, PlanState.REFUSED)),
        )
        .limit(1)
    )  # fmt: skip
    return found is not None


def homes_of_persons(person_ids: Sequence[int | None], *, on: date) -> dict[int, str]:
    """The codes of the households that persons live in, to tell masked names apart."""
    wanted = {one for one in person_ids if one}
    rows = db.session.execute(
        select(Member.person_id, Household.code)
        .join(Household, Household.id == Member.household_id)
        .where(Member.person_id.in_(wanted), in_force(Member, on))
    )
    return {row.person_id: row.code for row in rows}


def main_sections(plan: Plan) -> dict[int, int]:
    """The section that most homes of each target lie in today, by target."""
    rows = db.session.execute(
        select(PlanRow.target_id, Household.section_id, func.count().label("homes"))
        .join(Household, Household.id == PlanRow.household_id)
        .where(PlanRow.plan_id == plan.id, Household.section_id.is_not(None))
        .group_by(PlanRow.target_id, Household.section_id)
        .order_by(func.count(), Household.section_id.desc())
    )
    return {row.target_id: row.section_id for row in rows}
