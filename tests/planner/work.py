"""What still lies with posts, said a second time: a change is right when this is empty or has found a successor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from gridcase.cases import queries as cases
from gridcase.cases.queries import Held
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.households.models import CirclePlace, Household


@dataclass(frozen=True)
class OpenWork:
    """The open work of one post. `cases`: addressed to it or collected by it, restricted ones left out and counted in
    `restricted`; `homes`: in its circle, now or by a day to come; `visits`: of these due."""

    post_id: int
    cases: tuple[Held, ...] = ()
    restricted: int = 0
    homes: tuple[int, ...] = ()
    visits: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the post can end without anything being lost."""
        return not (self.cases or self.restricted or self.homes)


@dataclass
class _Found:
    cases: list[Held] = field(default_factory=list)
    restricted: int = 0
    homes: list[int] = field(default_factory=list)
    visits: list[int] = field(default_factory=list)


def open_work(post_ids: Collection[int], *, on: date) -> dict[int, OpenWork]:
    """The open work of each of these posts on a day, in two statements; every post asked for is in the answer."""
    found = {post_id: _Found() for post_id in post_ids}
    for one in cases.held_by(post_ids):
        for post_id in {one.handler_post_id, one.collector_post_id} & found.keys():
            if post_id is None:
                continue
            if one.restricted:
                found[post_id].restricted += 1
            else:
                found[post_id].cases.append(one)
    rows = db.session.execute(
        select(CirclePlace.post_id, CirclePlace.household_id, Household.next_visit_on)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(CirclePlace.post_id.in_(set(post_ids)), in_force(CirclePlace, on))
        .order_by(Household.code)
    )
    for row in rows:
        found[row.post_id].homes.append(row.household_id)
        if row.next_visit_on is not None and row.next_visit_on <= on:
            found[row.post_id].visits.append(row.household_id)
    return {
        post_id: OpenWork(post_id, tuple(one.cases), one.restricted, tuple(one.homes), tuple(one.visits))
        for post_id, one in found.items()
    }
