"""Posts that open and close in a change, and who comes to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid, Section
from gridcase.households import service as households
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Post
from gridcase.people.rules import Absence, Role
from gridcase.planner.models import PostChange
from gridcase.planner.queries import reorganise as queries
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Giving, Plan

_SHORT = {Role.GRID_LEADER: "GL", Role.LIAISON: "LD"}


def open_posts(
    plan: Plan, places: Mapping[str, Grid], village: Grid, *, actor: Viewer, now: datetime
) -> dict[str, Post]:
    """The posts that the change creates, and their first holders; by reference."""
    opened: dict[str, Post] = {}
    for one in plan.posts:
        place = places.get(one.place) or db.session.get_one(Grid, int(one.place))
        role = Role(one.role)
        section = db.session.get(Section, one.section_id) if one.section_id else None
        post = people_service.add_post(
            actor=actor, role=role, title=one.title, place=place, section=section, valid_from=plan.on, now=now,
            code=people_service.free_code(place if role is Role.GRID_LEADER else village, _SHORT.get(role, "P")),
        )  # fmt: skip
        if one.person_id is not None:
            people_service.replace_holder(post, actor=actor, person_id=one.person_id, start=plan.on, now=now)
        db.session.add(PostChange(post_id=post.id, kind="opened", on=plan.on, recorded_at=now))
        opened[one.key] = post
    db.session.flush()
    return opened


def by_reference(plan: Plan, gave: Sequence[Giving], opened: Mapping[str, Post]) -> dict[str, Post]:
    """Every post that the change names, by its reference."""
    refs = {ref for one in gave for ref in (one.giver, one.taker) if ref}
    refs |= {*plan.circles.values(), *plan.ended_posts.values(), *map(str, plan.ended_posts)}
    existing = villages.posts_by_id([int(ref) for ref in refs if ref.isdigit()])
    return {str(post.id): post for post in existing.values()} | dict(opened)


def close_posts(plan: Plan, named: Mapping[str, Post], village: Grid, *, actor: Viewer, now: datetime) -> None:
    """Posts end with a successor: homes still in their circles go there, their holders are free."""
    for post_id, ref in plan.moved_posts.items():
        _move_post(db.session.get_one(Post, post_id), db.session.get_one(Grid, int(ref)), actor, now)
    if not plan.ended_posts:
        return
    _late_circles(plan, named, village, actor, now)
    for post_id, ref in plan.ended_posts.items():
        # what lies with it passes on in this very change, so nothing is open
        people_service.end_post(named[str(post_id)], actor=actor, on=plan.on, open_work=(), now=now)
        db.session.add(
            PostChange(post_id=post_id, kind="closed", successor_id=named[ref].id, on=plan.on, recorded_at=now)
        )
    db.session.flush()


def _move_post(post: Post, place: Grid, actor: Viewer, now: datetime) -> None:
    """A liaison's post that stood at a cell which ends stands at the one that follows; its circle stays as it is."""
    post.place_id, post.place_path = place.id, place.path
    audit.record(
        actor=actor, action="post.move", subject_kind="post", subject_id=post.id, place_path=place.path, now=now,
        detail={"place": place.id},
    )  # fmt: skip


def _late_circles(plan: Plan, named: Mapping[str, Post], village: Grid, actor: Viewer, now: datetime) -> None:
    """Homes of any role's circle that are left in, or are to come to, a post that ends."""
    late: dict[tuple[str, date, date | None], dict[int, Post | None]] = defaultdict(dict)
    for row in queries.remaining_circles(plan.ended_posts, after=plan.on):
        span = (row.role, max(row.valid_from, plan.on), row.valid_to)
        late[span][row.household_id] = named[plan.ended_posts[row.post_id]]
    for (role, start, end), homes in sorted(late.items(), key=str):
        households.change_circles(
            actor=actor, place=village.path, homes=homes, role=role, start=start, end=end, reason=plan.reason, now=now
        )  # fmt: skip


def seat(plan: Plan, *, actor: Viewer, now: datetime) -> None:
    """Persons come to posts from the day on: in place of the holder, or beside him until he is back."""
    for one in plan.seats:
        post = db.session.get_one(Post, one.post_id)
        if one.stand_in and plan.until is not None:
            people_service.stand_in(
                post, actor=actor, person_id=one.person_id, start=plan.on, end=plan.until, why=Absence.LEAVE, now=now
            )
        else:
            people_service.replace_holder(post, actor=actor, person_id=one.person_id, start=plan.on, now=now)


def successors(post: Post, into: Grid, *, village: Grid, now: datetime) -> Post | None:
    """Who follows a post of a cell that goes into another: the same role there, else its leader, else the village's
    head."""
    today = town_day(now)
    there = [one for one in villages.posts_at([into.id], on=today) if one.valid_from <= today]
    for role in (post.role, Role.GRID_LEADER):
        if found := next((one for one in there if one.role == role), None):
            return found
    return next(iter(people.posts_at(village.path, Role.VILLAGE_HEAD, on=today)), None)
