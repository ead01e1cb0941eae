"""Changes as they were confirmed, what a planned one will change, and the hand-over lists with what stands on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from gridcase.cases.models import Case
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, Member
from gridcase.people.models import Holding
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role
from gridcase.planner.models import GridLineage, HandoverItem, HandoverSheet, Reorganisation
from gridcase.planner.queries import village
from gridcase.planner.rules.reorganise import Giving, Item, Plan, Stage

LISTED_MOST = 50


@dataclass(frozen=True)
class Size:
    """A place or circle before and after a change; `before` None: the change creates it."""

    name: str
    before: int | None
    after: int
    persons: int | None = None
    ends: bool = False


@dataclass(frozen=True)
class Preview:
    """What a plan changes: sizes before and after, who gives to whom, and how many of each kind it touches."""

    places: tuple[Size, ...]
    circles: tuple[Size, ...]
    givings: tuple[Giving, ...]
    counts: Mapping[str, int]


def preview(plan: Plan, givings: Sequence[Giving], *, today: date) -> Preview:
    """What will change, before anything is written."""
    homes = set(plan.homes()) | {home for one in givings for home in one.homes}
    places, circles = _places(plan, today), _circles(plan, today)
    posts = {ref for one in givings for ref in (one.giver, one.taker) if ref and ref.isdigit()}
    posts |= {str(post_id) for post_id in plan.ended_posts}
    known = village.posts_by_id([int(ref) for ref in posts])
    counts = {
        "homes": len(homes),
        "persons": _persons(homes, today),
        "cells": len(places),
        "circles": len(circles),
        "sections": len({post.section_id for post in known.values() if post.section_id}),
        "posts": len(known) + len(plan.posts),
        "cases": len({case_id for one in givings for case_id in one.cases}),
        "visits": len({home for one in givings for home in one.visits}),
        "stand_ins": _stand_ins(known, today),
    }
    return Preview(tuple(places), tuple(circles), tuple(givings), counts)


def _persons(homes: Collection[int], today: date) -> int:
    query = select(func.count()).select_from(Member).where(Member.household_id.in_(homes), in_force(Member, today))
    return (db.session.scalar(query) or 0) if homes else 0


def _persons_by_home(homes: Collection[int], today: date) -> dict[int, int]:
    rows = db.session.execute(
        select(Member.household_id, func.count())
        .where(Member.household_id.in_(set(homes)), in_force(Member, today))
        .group_by(Member.household_id)
    )
    return {row[0]: row[1] for row in rows}


def _stand_ins(posts: Collection[int], today: date) -> int:
    query = (
        select(func.count())
        .select_from(Holding)
        .where(Holding.post_id.in_(set(posts)), Holding.stand_in, valid_on(Holding, today))
    )
    return (db.session.scalar(query) or 0) if posts else 0


def _places(plan: Plan, today: date) -> list[Size]:
    if not plan.cells and not plan.ended_places:
        return []
    before = village.grids_of(plan.cells, on=today)
    village_path = db.session.get_one(Grid, plan.village_id).path
    weight = _persons_by_home(plan.cells, today)
    homes, persons = _shifts(before, plan.cells, dict.fromkeys(plan.cells, 1)), _shifts(before, plan.cells, weight)
    sizes = [
        Size(row.name, row.homes, row.homes + homes[str(row.id)], row.persons + persons[str(row.id)],
             row.id in plan.ended_places)
        for row in village.places_in(village_path, on=today)
        if str(row.id) in homes or row.id in plan.ended_places
    ]  # fmt: skip
    return sizes + [Size(one.name, None, homes[one.key], persons[one.key]) for one in plan.places]


def _shifts(before: Mapping[int, int], after: Mapping[int, str], weight: Mapping[int, int]) -> Counter[str]:
    """By reference, how much comes (or goes, negative)."""
    moved: Counter[str] = Counter()
    for home, ref in after.items():
        moved[str(before.get(home, ""))] -= weight.get(home, 0)
        moved[ref] += weight.get(home, 0)
    return moved


def _circles(plan: Plan, today: date) -> list[Size]:
    if not plan.circles and not plan.ended_posts:
        return []
    before = village.liaisons_of(plan.circles, on=today)
    moved = _shifts(before, plan.circles, dict.fromkeys(plan.circles, 1))
    village_path = db.session.get_one(Grid, plan.village_id).path
    sizes = [
        Size(row.title, row.homes, row.homes + moved[str(row.id)], None, row.id in plan.ended_posts)
        for row in village.circles_in(village_path, on=today)
        if str(row.id) in moved or row.id in plan.ended_posts
    ]
    new = [one for one in plan.posts if one.role == Role.LIAISON]
    return sizes + [Size(one.title, None, moved[one.key]) for one in new]


def post_titles(plan: Plan, refs: Collection[str | None]) -> dict[str, str]:
    """The title of every post that a plan names."""
    known = village.posts_by_id([int(ref) for ref in refs if ref and ref.isdigit()])
    return {str(post.id): post.title for post in known.values()} | {one.key: one.title for one in plan.posts}


# --- changes on record


def changes_of(village_id: int) -> Sequence[Reorganisation]:
    """The changes of a village, newest first."""
    return db.session.scalars(
        select(Reorganisation)
        .where(Reorganisation.village_id == village_id)
        .order_by(Reorganisation.id.desc())
        .limit(LISTED_MOST)
    ).all()


def change_by_id(change_id: int, *, viewer: Viewer) -> tuple[Reorganisation, Grid]:
    """One change of a village that the viewer may plan, with the village, else `Missing`."""
    row = db.session.execute(
        select(Reorganisation, Grid)
        .join(Grid, Grid.id == Reorganisation.village_id)
        .where(Reorganisation.id == change_id, reach(viewer, Permission.PLAN_GRID, path=Grid.path))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def due_changes(*, on: date) -> Sequence[Reorganisation]:
    """Planned changes whose day has come, in the order they were confirmed."""
    return db.session.scalars(
        select(Reorganisation)
        .where(Reorganisation.state == Stage.PLANNED, Reorganisation.on <= on)
        .order_by(Reorganisation.on, Reorganisation.id)
    ).all()


@dataclass(frozen=True)
class Sheet:
    """A hand-over list: who gives to whom, and how many of what."""

    id: int
    change_id: int
    giver: str
    taker: str
    giver_name: str
    taker_name: str
    homes: int
    cases: int
    visits: int


def sheets_of(change_id: int) -> list[Sheet]:
    """The hand-over lists of a change, in order."""
    return _sheets(HandoverSheet.reorganisation_id == change_id)


def sheet_by_id(sheet_id: int, *, viewer: Viewer) -> tuple[Sheet, Reorganisation, Grid]:
    """One hand-over list: for who plans the village, and for the posts and persons that give and take."""
    mine = [
        HandoverSheet.from_post_id.in_(viewer.post_ids()), HandoverSheet.to_post_id.in_(viewer.post_ids()),
        HandoverSheet.from_person_id == (viewer.person_id or 0), HandoverSheet.to_person_id == (viewer.person_id or 0),
    ]  # fmt: skip
    row = db.session.execute(
        select(Reorganisation, Grid)
        .join(HandoverSheet, HandoverSheet.reorganisation_id == Reorganisation.id)
        .join(Grid, Grid.id == Reorganisation.village_id)
        .where(HandoverSheet.id == sheet_id, or_(reach(viewer, Permission.PLAN_GRID, path=Grid.path), *mine))
    ).first()
    if row is None:
        raise Missing
    return _sheets(HandoverSheet.id == sheet_id)[0], row[0], row[1]


def _sheets(condition: Any) -> list[Sheet]:
    sheets = db.session.scalars(select(HandoverSheet).where(condition).order_by(HandoverSheet.id)).all()
    numbers = {
        (row.sheet_id, row.kind): row.n
        for row in db.session.execute(
            select(HandoverItem.sheet_id, HandoverItem.kind, func.count().label("n"))
            .where(HandoverItem.sheet_id.in_([one.id for one in sheets]))
            .group_by(HandoverItem.sheet_id, HandoverItem.kind)
        )
    }
    posts = village.posts_by_id([one for sheet in sheets for one in (sheet.from_post_id, sheet.to_post_id) if one])
    names = village.persons_named([one for sheet in sheets for one in (sheet.from_person_id, sheet.to_person_id)])
    return [
        Sheet(
            one.id, one.reorganisation_id,
            posts[one.from_post_id].title if one.from_post_id else "",
            posts[one.to_post_id].title if one.to_post_id else "",
            names.get(one.from_person_id or 0, ""), names.get(one.to_person_id or 0, ""),
            *(numbers.get((one.id, kind), 0) for kind in (Item.HOME, Item.CASE, Item.VISIT)),
        )
        for one in sheets
    ]  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """What stands on a hand-over list."""

    homes: Sequence[Any]
    cases: Sequence[Any]
    due: frozenset[int]


def listed_on(sheet_id: int) -> Listed:
    """The things of a hand-over list, homes by code, cases by number."""
    items = select(HandoverItem.kind, HandoverItem.subject_id).where(HandoverItem.sheet_id == sheet_id)
    ids: dict[str, set[int]] = {kind: set() for kind in Item}
    for row in db.session.execute(items):
        ids[row.kind].add(row.subject_id)
    return listed(homes=ids[Item.HOME], cases=ids[Item.CASE], visits=ids[Item.VISIT])


def listed(*, homes: Collection[int], cases: Collection[int], visits: Collection[int]) -> Listed:
    """Homes and cases by id; a case that has become restricted since is left out."""
    found_homes = db.session.execute(
        select(Household.id, Household.code, Household.head_name, Household.address, Grid.name.label("grid_name"))
        .join(Grid, Grid.id == Household.grid_id)
        .where(Household.id.in_(set(homes)))
        .order_by(Household.code)
    ).all()
    found_cases = db.session.execute(
        select(Case.id, Case.number, Case.state, Case.due_at, Case.soon_at, Case.closed_at)
        .where(Case.id.in_(set(cases)), Case.restricted.is_(False))
        .order_by(Case.number)
    ).all()
    return Listed(found_homes, found_cases, frozenset(visits))


# --- what becomes of those that went into another


CELL_DEPTH = 5  # county, town, village, group, cell


def with_former_places(grants: Sequence[Grant]) -> tuple[Grant, ...]:
    """The grants of a viewer, with those over cells that went into a cell of his: cases keep the cell they had."""
    found = list(grants)
    for grant in grants:
        path, elsewhere = grant.path or "", grant.household_ids is not None or grant.section_id or grant.unit_id
        if path.count("/") == CELL_DEPTH + 1 and not elsewhere:
            found += [replace(grant, path=former) for former in before_it(path)]
    return tuple(found)


def before_it(path: str) -> list[str]:
    """The paths of the places that went into this one: who looks after it looks after what stayed there, too."""
    grid_id = int(path.rstrip("/").rsplit("/", 1)[-1])
    found: list[str] = []
    waiting, seen = [grid_id], {grid_id}
    while waiting:
        rows = db.session.execute(
            select(Grid.id, Grid.path)
            .join(GridLineage, GridLineage.from_id == Grid.id)
            .where(GridLineage.to_id.in_(waiting), GridLineage.kind == "merged")
            .order_by(Grid.id)
        ).all()
        waiting = [row.id for row in rows if row.id not in seen]
        seen |= set(waiting)
        found += [row.path for row in rows if row.id in waiting]
    return found


def remaining_homes(grid_ids: Collection[int], *, after: date) -> Sequence[HouseholdPlace]:
    """Rows that put a home into these places on a day or later, as known now."""
    return db.session.scalars(
        select(HouseholdPlace)
        .where(
            HouseholdPlace.grid_id.in_(set(grid_ids)),
            HouseholdPlace.superseded_at.is_(None),
            or_(HouseholdPlace.valid_to.is_(None), HouseholdPlace.valid_to > after),
        )
        .order_by(HouseholdPlace.id)
    ).all()


def remaining_circles(post_ids: Collection[int], *, after: date) -> Sequence[CirclePlace]:
    """Rows that put a home into these posts' circles on a day or later, as known now."""
    return db.session.scalars(
        select(CirclePlace)
        .where(
            CirclePlace.post_id.in_(set(post_ids)),
            CirclePlace.superseded_at.is_(None),
            or_(CirclePlace.valid_to.is_(None), CirclePlace.valid_to > after),
        )
        .order_by(CirclePlace.id)
    ).all()


def codes_below(parent_id: int) -> set[str]:
    """The codes ever given to places right below one."""
    return set(db.session.scalars(select(Grid.code).where(Grid.parent_id == parent_id)))
