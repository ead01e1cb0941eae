"""The month's budget: what goes over it is said to the reviewers, once a month; nothing is held back for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time

from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.words import N_
from gridcase.notices import service as telling
from gridcase.people import queries as people
from gridcase.people.rules import Role
from gridcase.points import queries
from gridcase.points.rules import Period, window_of


def warn(village_ids: Collection[int], *, now: datetime) -> None:
    """Tell the reviewers of villages whose month has gone over its budget."""
    today = town_day(now)
    for village_id in sorted(village_ids):
        found = queries.budget_of(village_id, on=today)
        if found is None or not found.over:
            continue
        village = queries.village(village_id)
        month, _ = window_of(Period.MONTH, today)
        tellings = [
            telling.Telling(
                rule="points.budget", subject_kind="grid", subject_id=village.id, place_path=village.path,
                due_at=datetime.combine(month, time(), TOWN_ZONE), link=f"/points/scheme?village={village.id}",
                text=N_("本月发放的积分已超过方案定的 %(limit)s 分，评议时请把握。", limit=found.limit),
                post_id=post.id,
            )
            for post in people.posts_at(village.path, Role.REVIEW_MEMBER, on=today)
        ]  # fmt: skip
        telling.tell_all(tellings, now=now)
