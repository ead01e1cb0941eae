"""Whose circle a home belongs to, from when to when; and the villager's own card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import insert

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdCard
from gridcase.households.queries import circles as circle_queries
from gridcase.households.service.places import hold, settle
from gridcase.people.models import Post


def join_circle(
    *, actor: Viewer, post: Post, household_ids: Sequence[int], valid_from: date, reason: str, now: datetime
) -> None:
    """Put homes of the village into a post's circle; their section becomes that of a liaison's post."""
    change_circles(
        actor=actor, place=post.place_path, homes=dict.fromkeys(household_ids, post), role=post.role,
        start=valid_from, reason=reason, now=now,
    )  # fmt: skip


def form_circles(
    *,
    actor: Viewer,
    village: Grid,
    circles: Sequence[tuple[Post, Sequence[int]]],
    valid_from: date,
    reason: str,
    now: datetime,
) -> None:
    """Put a village's homes into the circles of its posts (post, household ids) for the first time, in bulk."""
    rows = [
        {
            "household_id": household_id, "post_id": post.id, "role": post.role, "valid_from": valid_from,
            "reason": reason,
        }
        for post, household_ids in circles
        for household_id in household_ids
    ]  # fmt: skip
    if not rows:
        return
    db.session.execute(insert(CirclePlace), rows)
    settle([household_id for _, ids in circles for household_id in ids], today=town_day(now))
    audit.record(
        actor=actor, action="circle.form", subject_kind="grid", subject_id=village.id, place_path=village.path, now=now,
        detail={"circles": len(circles), "households": len(rows)},
    )  # fmt: skip


def change_circles(
    *,
    actor: Viewer,
    place: str,
    homes: Mapping[int, Post | None],
    role: str,
    start: date,
    reason: str,
    now: datetime,
    end: date | None = None,
) -> int:
    """From `start` (to `end`) the homes are in the circle of these posts of one role; None: in nobody's. One operation.

    `place` is the path the audit row belongs to. A day in the past corrects what was written before; a day to come
    takes effect on that day. Returns how many homes changed.
    """
    hold(homes)
    lines = circle_queries.lines_of(list(homes), role=role)
    rewrites = []
    for household_id, post in homes.items():
        values = {"household_id": household_id, "post_id": post.id, "role": role, "reason": reason} if post else None
        rewrites.append(dated.rewritten(lines.get(household_id, ()), start=start, end=end, values=values))
    dated.write(CirclePlace, rewrites, now=now)
    settle(list(homes), today=town_day(now))
    for post_id in sorted({post.id for post in homes.values() if post}):
        count = sum(post is not None and post.id == post_id for post in homes.values())
        audit.record(
            actor=actor, action="circle.join", subject_kind="post", subject_id=post_id, place_path=place, now=now,
            detail={"households": count, "from": start.isoformat()},
        )  # fmt: skip
    if left := sum(post is None for post in homes.values()):
        audit.record(
            actor=actor, action="circle.leave", subject_kind="grid", subject_id=None, place_path=place, now=now,
            detail={"households": left, "from": start.isoformat()},
        )  # fmt: skip
    return len(homes)


def give_card(*, actor: Viewer, user_id: int, household: Household, now: datetime) -> None:
    """Let a villager's account see its own home."""
    db.session.add(HouseholdCard(user_id=user_id, household_id=household.id, created_at=now))
    audit.record(
        actor=actor, action="household.card", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now,
    )  # fmt: skip
