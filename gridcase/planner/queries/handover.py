"""Who gives what to whom in a change: read off the plan before it is carried out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from gridcase.cases import queries as cases
from gridcase.cases.queries import Held
from gridcase.core.db import db
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.planner.queries import village
from gridcase.planner.rules.reorganise import Giving, Kind, Plan

Pair = tuple[str | None, str | None]


@dataclass
class _Bundle:
    homes: set[int] = field(default_factory=set)
    cases: set[int] = field(default_factory=set)


def givings(plan: Plan, *, today: date) -> list[Giving]:
    """Every pair of a giver and a taker, by post; restricted cases stand on no list and go to the duty desk."""
    if plan.kind in (Kind.REPLACE, Kind.STAND_IN) and plan.seats:
        return _within_posts(plan, today)
    bundles: dict[Pair, _Bundle] = defaultdict(_Bundle)
    liaisons = village.liaisons_of(plan.homes(), on=today)
    held = [one for one in cases.held_by({*liaisons.values(), *plan.ended_posts}) if not one.restricted]
    _by_circles(plan, liaisons, held, bundles)
    _by_cells(plan, today, bundles)
    _by_posts(plan, held, bundles)
    persons = _persons(plan, bundles, today)
    due = _due({home for bundle in bundles.values() for home in bundle.homes}, today)
    circle_posts = {str(post_id) for post_id in liaisons.values()}
    return [
        Giving(
            giver, taker, persons.get(giver), persons.get(taker), tuple(sorted(bundle.homes)),
            tuple(sorted(bundle.cases)),
            tuple(sorted(bundle.homes & due)) if giver in circle_posts or giver is None else (),
        )
        for (giver, taker), bundle in sorted(bundles.items(), key=lambda pair: _order(pair[0]))
    ]  # fmt: skip


def _order(pair: Pair) -> tuple[str, str]:
    return ((pair[0] or "").zfill(12), (pair[1] or "").zfill(12))


def _by_circles(plan: Plan, liaisons: dict[int, int], held: list[Held], bundles: dict[Pair, _Bundle]) -> None:
    """A home that changes its liaison takes along the open cases that the old one has of it."""
    by_home = defaultdict(list)
    for one in held:
        by_home[one.household_id].append(one)
    for home, taker in plan.circles.items():
        giver = liaisons.get(home)
        if giver is not None and str(giver) == taker:
            continue
        bundle = bundles[str(giver) if giver else None, taker]
        bundle.homes.add(home)
        bundle.cases |= {one.id for one in by_home[home] if giver in (one.handler_post_id, one.collector_post_id)}


def _by_cells(plan: Plan, today: date, bundles: dict[Pair, _Bundle]) -> None:
    """Between grid leaders a home passes with its cell; cases keep the cell they were registered in."""
    before = village.grids_of(plan.cells, on=today)
    existing = {int(ref) for ref in plan.cells.values() if ref.isdigit()}
    leaders = village.leaders_at({*before.values(), *existing}, on=today)
    new = {one.place: one.key for one in plan.posts}
    for home, ref in plan.cells.items():
        giver = leaders.get(before.get(home, 0))
        taker = new.get(ref) or (leaders.get(int(ref)) if ref.isdigit() else None)
        if giver is not None and giver != taker and str(before.get(home)) != ref:
            bundles[str(giver), str(taker) if taker else None].homes.add(home)


def _by_posts(plan: Plan, held: list[Held], bundles: dict[Pair, _Bundle]) -> None:
    """What a closing post has besides the cases that went with their homes."""
    passed = {case_id for bundle in bundles.values() for case_id in bundle.cases}
    for post_id, taker in plan.ended_posts.items():
        rest = {
            one.id for one in held if post_id in (one.handler_post_id, one.collector_post_id) and one.id not in passed
        }
        bundles[str(post_id), taker].cases |= rest


def _within_posts(plan: Plan, today: date) -> list[Giving]:
    """The post stays, the person changes: all that lies with the post passes from one to the other."""
    found = []
    seated = village.seated([seat.post_id for seat in plan.seats], on=today)
    for seat in plan.seats:
        regular = next((person for person, stands_in in seated.get(seat.post_id, ()) if not stands_in), None)
        homes = {row.id for row in village.homes_of(seat.post_id, on=today)}
        held = [one.id for one in cases.held_by([seat.post_id]) if not one.restricted]
        found.append(
            Giving(
                str(seat.post_id), str(seat.post_id), regular, seat.person_id, tuple(sorted(homes)),
                tuple(sorted(held)), tuple(sorted(_due(homes, today))),
            )
        )  # fmt: skip
    return found


def _due(home_ids: Collection[int], today: date) -> set[int]:
    """Those of these homes whose visit is due."""
    if not home_ids:
        return set()
    return set(db.session.scalars(select(Household.id).where(Household.id.in_(set(home_ids)), households.due(today))))


def _persons(plan: Plan, pairs: Iterable[Pair], today: date) -> dict[str | None, int | None]:
    """Who stands behind each post: its holder today, or who comes to the new one."""
    refs = {ref for pair in pairs for ref in pair if ref}
    seated = village.seated([int(ref) for ref in refs if ref.isdigit()], on=today)
    found: dict[str | None, int | None] = {str(post_id): held[0][0] for post_id, held in seated.items()}
    return found | {one.key: one.person_id for one in plan.posts}
