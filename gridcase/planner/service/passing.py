"""Open cases pass from a post to the one that follows it: at once with a change, and whenever something still comes to
a closed post (a case reopened, a visit that was sent late)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.queries import Held
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer, job
from gridcase.core.places import TOWN, cut_to
from gridcase.core.words import N_
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner.models import PostChange
from gridcase.planner.queries import village
from gridcase.planner.rules.reorganise import Giving

SYSTEM = job("reorganise")
REASON = N_("原岗位已撤销")


def pass_on(givings: Sequence[Giving], *, posts: Mapping[str, Post], actor: Viewer, reason: str, now: datetime) -> int:
    """The open cases of every giving, one step a case; returns how many."""
    passed = 0
    for one in givings:
        if one.giver is None or one.taker is None or one.giver == one.taker:
            continue
        for case_id in one.cases:
            _hand_over(case_id, posts[one.giver], posts[one.taker], actor, reason, now)
            passed += 1
    return passed


def sweep(*, actor: Viewer, now: datetime, reason: str | None = None) -> int:
    """Whatever lies with a closed post goes to its successor, or with its home to the liaison of today; returns how
    many cases."""
    today, why = town_day(now), reason or str(REASON)
    heirs = _heirs()
    held = case_queries.held_by(heirs)
    homes = {one.household_id for one in held if one.household_id}
    liaisons = village.liaisons_of(homes, on=today)
    posts = village.posts_by_id({*heirs, *heirs.values(), *liaisons.values()})
    passed = 0
    for one in held:
        liaison = liaisons.get(one.household_id or 0)
        for post_id in sorted({one.handler_post_id, one.collector_post_id} & heirs.keys(), key=str):
            if post_id is None:
                continue
            circle = posts[post_id].role == Role.LIAISON and liaison is not None and liaison not in heirs
            follower: int | None = liaison if circle else heirs[post_id]
            passed += _pass(one, posts[post_id], posts.get(follower or 0), actor, why, now)
    for case_id in case_queries.without_addressee():
        cases.hand_back(db.session.get_one(Case, case_id), actor=SYSTEM, reason=why, now=now)
        passed += 1
    return passed


def _pass(held: Held, giver: Post, taker: Post | None, actor: Viewer, reason: str, now: datetime) -> int:
    """A restricted case goes to the town's duty desk, whoever follows: a change of posts does not widen who knows."""
    if held.restricted:
        taker = _desk(giver, now)
    if taker is None:
        return 0
    _hand_over(held.id, giver, taker, actor, reason, now)
    return 1


def _desk(post: Post, now: datetime) -> Post | None:
    town = cut_to(post.place_path, TOWN)
    return next(iter(people.posts_at(town, Role.DISPATCHER, on=town_day(now))), None)


def _hand_over(case_id: int, giver: Post, taker: Post, actor: Viewer, reason: str, now: datetime) -> None:
    """In the name of who confirmed the change, where his post reaches the case; else of the system."""
    case = db.session.get_one(Case, case_id)
    able = Permission.CONFIRM_PLAN in case_queries.permissions_over(case, actor)
    cases.hand_over(case, actor=actor if able else SYSTEM, giver=giver, to=taker, reason=reason, now=now)


def _heirs() -> dict[int, int]:
    """Closed posts and the living one that follows each, through those closed since."""
    rows = db.session.execute(
        select(PostChange.post_id, PostChange.successor_id)
        .where(PostChange.kind == "closed", PostChange.successor_id.is_not(None))
        .order_by(PostChange.id)
    )
    next_of: dict[int, int] = {row.post_id: row.successor_id for row in rows}
    heirs = {}
    for post_id in next_of:
        follower, walked = next_of[post_id], {post_id}
        while follower in next_of and follower not in walked:
            walked.add(follower)
            follower = next_of[follower]
        heirs[post_id] = follower
    return heirs
