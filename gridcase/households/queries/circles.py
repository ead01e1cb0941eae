"""Circles: which homes a post looks after, who looks after a home, what is due in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from gridcase.core.dated import Span, in_force, known
from gridcase.core.db import db
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdCard
from gridcase.households.queries.sight import due, due_day, standing, visible
from gridcase.people.models import Post
from gridcase.people.rules import ROLE_PERMISSIONS, Role

LOOKED_BACK = timedelta(days=31)


def circle(post_ids: Collection[int], on: date) -> Select[int]:
    """The ids of the homes in these circles on a day, for a condition."""
    return select(CirclePlace.household_id).where(CirclePlace.post_id.in_(post_ids), in_force(CirclePlace, on))


def name_circles(viewer: Viewer, *, on: date, known_at: datetime | None = None) -> tuple[Grant, ...]:
    """The viewer's grants with the households of its circles and of its own card filled in, as known now or at an
    earlier moment."""
    circle_posts = [grant.post_id for grant in viewer.grants if grant.household_ids is not None and grant.post_id]
    members: dict[int, set[int]] = {}
    if circle_posts:
        rows = db.session.execute(
            select(CirclePlace.post_id, CirclePlace.household_id).where(
                CirclePlace.post_id.in_(circle_posts), in_force(CirclePlace, on, known_at=known_at)
            )
        )
        for row in rows:
            members.setdefault(row.post_id, set()).add(row.household_id)
    grants = [
        dataclasses.replace(grant, household_ids=frozenset(members.get(grant.post_id or 0, ())))
        if grant.household_ids is not None
        else grant
        for grant in viewer.grants
    ]
    if not grants and viewer.user_id is not None:
        grants = _card(viewer.user_id)
    return tuple(grants)


def _card(user_id: int) -> list[Grant]:
    found = db.session.execute(
        select(HouseholdCard.household_id, Grid.path)
        .join(Household, Household.id == HouseholdCard.household_id)
        .join(Grid, Grid.id == Household.village_id)
        .where(HouseholdCard.user_id == user_id)
    ).first()
    if found is None:
        return []
    permissions = ROLE_PERMISSIONS[Role.RESIDENT]
    # the village is named for what a village tells all its homes; what is a home's stays with the named home
    return [Grant(role=Role.RESIDENT, permissions=permissions, path=found.path, household_ids=frozenset({found[0]}))]


def liaison_posts_of(household_id: int, *, on: date) -> list[Post]:
    """The posts whose circle holds this household, liaison first."""
    return list(
        db.session.scalars(
            select(Post)
            .join(CirclePlace, CirclePlace.post_id == Post.id)
            .where(CirclePlace.household_id == household_id, in_force(CirclePlace, on))
            .order_by(Post.role != Role.LIAISON, Post.id)
        )
    )


def liaisons_of(household_ids: Collection[int], *, on: date) -> dict[int, list[int]]:
    """The liaisons' posts of many homes, by household."""
    found: dict[int, list[int]] = {}
    for row in db.session.execute(
        select(CirclePlace.household_id, Post.id)
        .join(Post, Post.id == CirclePlace.post_id)
        .where(CirclePlace.household_id.in_(household_ids), in_force(CirclePlace, on), Post.role == Role.LIAISON)
        .order_by(Post.id)
    ):
        found.setdefault(row.household_id, []).append(row.id)
    return found


def reasons_of(household_id: int, *, on: date) -> dict[int, str]:
    """Why a home is in the circles it is in on a day (熟人), by post."""
    rows = db.session.execute(
        select(CirclePlace.post_id, CirclePlace.reason).where(
            CirclePlace.household_id == household_id, in_force(CirclePlace, on)
        )
    )
    return {row.post_id: row.reason for row in rows}


def due_in_circle(viewer: Viewer, *, on: date, limit: int = 60) -> Sequence[Any]:
    """The homes of the viewer's circles, the most urgent visit first."""
    return db.session.execute(
        select(
            Household.id, Household.code, Household.head_name, Household.address, Household.tier, Household.absent,
            Household.last_visit_at, Household.next_visit_on,
        )
        .where(visible(viewer, Permission.LOG_VISIT), standing())
        .order_by(due_day(), Household.id)
        .limit(limit)
    ).all()  # fmt: skip


def visits_due_by_post(*, on: date) -> Sequence[Any]:
    """(post_id, place_path, homes due) for the liaisons' morning digest."""
    return db.session.execute(
        select(Post.id.label("post_id"), Post.place_path, func.count().label("homes"))
        .join(CirclePlace, CirclePlace.post_id == Post.id)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(Post.role == Role.LIAISON, in_force(CirclePlace, on), due(on))
        .group_by(Post.id, Post.place_path)
        .order_by(Post.id)
    ).all()


def lines_of(household_ids: Sequence[int], *, role: str) -> dict[int, list[Span]]:
    """The time lines of homes in the circles of one role, as known now, by household."""
    lines: dict[int, list[Span]] = {}
    for start in range(0, len(household_ids), 500):
        rows = db.session.scalars(
            select(CirclePlace)
            .where(
                CirclePlace.household_id.in_(household_ids[start : start + 500]),
                CirclePlace.role == role,
                known(CirclePlace),
            )
            .order_by(CirclePlace.valid_from)
        )
        for row in rows:
            values = {
                "household_id": row.household_id, "post_id": row.post_id, "role": row.role, "reason": row.reason,
            }  # fmt: skip
            lines.setdefault(row.household_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def stale(today: date) -> list[int]:
    """Homes whose circle began or ended lately and whose section may not say so yet."""
    lately = today - LOOKED_BACK
    began = db.session.scalars(
        select(CirclePlace.household_id)
        .join(Household, Household.id == CirclePlace.household_id)
        .join(Post, Post.id == CirclePlace.post_id)
        .where(
            CirclePlace.valid_from.between(lately, today),
            CirclePlace.role == Role.LIAISON,
            in_force(CirclePlace, today),
            func.coalesce(Household.section_id, 0) != func.coalesce(Post.section_id, 0),
        )
    ).all()
    ended = db.session.scalars(
        select(CirclePlace.household_id)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(
            CirclePlace.valid_to.between(lately, today),
            CirclePlace.role == Role.LIAISON,
            known(CirclePlace),
            Household.section_id.is_not(None),
            ~has_liaison(today),
        )
    ).all()
    return sorted({*began, *ended})


def roles_of(household_id: int) -> list[str]:
    """The roles whose circles this home is or was in."""
    return list(
        db.session.scalars(
            select(CirclePlace.role).distinct().where(CirclePlace.household_id == household_id, known(CirclePlace))
        )
    )


def has_liaison(on: date) -> ColumnElement[bool]:
    """Whether a home is in a liaison's circle on a day; a condition on the household of the outer statement."""
    return (
        select(CirclePlace.id)
        .where(CirclePlace.household_id == Household.id, CirclePlace.role == Role.LIAISON, in_force(CirclePlace, on))
        .correlate(Household)
        .exists()
    )
