"""Posts that open and close in a change, and who comes to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.clock import town_day
from gridcase.core.dated import Rewrite, Span, known
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid, Section
from gridcase.households import service as households
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Holding, Post
from gridcase.people.rules import Role
from gridcase.planner.models import PostChange
from gridcase.planner.queries import reorganise as queries
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Giving, Plan

_SHORT = {Role.GRID_LEADER: "GL", Role.LIAISON: "LD"}
_NOT_VALUES = {"id", "valid_from", "valid_to", "recorded_at", "superseded_at"}


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
            actor=actor, code=_free_code(place if role is Role.GRID_LEADER else village, role), role=role,
            title=one.title, place=place, section=section, valid_from=plan.on, now=now,
        )  # fmt: skip
        if one.person_id is not None:
            holding = people_service.appoint(
                actor=actor, post=post, person_id=one.person_id, valid_from=plan.on, now=now
            )
            holding.recorded_at = now
        db.session.add(PostChange(post_id=post.id, kind="opened", on=plan.on, recorded_at=now))
        opened[one.key] = post
    db.session.flush()
    return opened


def _free_code(place: Grid, role: Role) -> str:
    stem = f"{place.code}-{_SHORT.get(role, 'P')}"
    taken = set(db.session.scalars(select(Post.code).where(Post.code.startswith(stem, autoescape=True))))
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}{number:02d}") not in taken)


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
        post = named[str(post_id)]
        post.valid_to = plan.on
        db.session.add(
            PostChange(post_id=post_id, kind="closed", successor_id=named[ref].id, on=plan.on, recorded_at=now)
        )
        audit.record(
            actor=actor, action="post.end", subject_kind="post", subject_id=post_id, place_path=post.place_path,
            now=now, detail={"successor": named[ref].id, "on": plan.on.isoformat()},
        )  # fmt: skip
    lines = _lines(plan.ended_posts, stand_ins=True)
    dated.write(
        Holding,
        [dated.rewritten([span], start=plan.on, end=None, values=None) for line in lines.values() for span in line],
        now=now,
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
    rewrites: list[Rewrite] = []
    lines = _lines([one.post_id for one in plan.seats if not one.stand_in], stand_ins=False)
    for one in plan.seats:
        values = _blank() | {"post_id": one.post_id, "person_id": one.person_id, "stand_in": one.stand_in}
        line = [] if one.stand_in else lines.get(one.post_id, [])
        rewrites.append(dated.rewritten(line, start=plan.on, end=plan.until, values=values))
        post = db.session.get_one(Post, one.post_id)
        audit.record(
            actor=actor, action="post.stand_in" if one.stand_in else "post.replace", subject_kind="post",
            subject_id=post.id, place_path=post.place_path, now=now,
            detail={"person_id": one.person_id, "from": plan.on.isoformat()},
        )  # fmt: skip
    dated.write(Holding, rewrites, now=now)


def _blank() -> dict[str, Any]:
    """Every column that says how a post is held, at its default."""
    columns = [column for column in Holding.__mapper__.columns if column.key not in _NOT_VALUES]
    return {one.key: getattr(one.default, "arg", None) for one in columns}


def _lines(post_ids: Iterable[int], *, stand_ins: bool) -> dict[int, list[Span]]:
    """Who holds these posts from when to when, as known now, with every column that says how."""
    query = select(Holding).where(Holding.post_id.in_(set(post_ids)), known(Holding)).order_by(Holding.valid_from)
    if not stand_ins:
        query = query.where(Holding.stand_in.is_(False))
    names = [column.key for column in Holding.__mapper__.columns if column.key not in _NOT_VALUES]
    lines: dict[int, list[Span]] = {}
    for row in db.session.scalars(query):
        values = {name: getattr(row, name) for name in names}
        lines.setdefault(row.post_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def successors(post: Post, into: Grid, *, village: Grid, now: datetime) -> Post | None:
    """Who follows a post of a cell that goes into another: the same role there, else its leader, else the village's
    head."""
    today = town_day(now)
    there = [one for one in villages.posts_at([into.id], on=today) if one.valid_from <= today]
    for role in (post.role, Role.GRID_LEADER):
        if found := next((one for one in there if one.role == role), None):
            return found
    return next(iter(people.posts_at(village.path, Role.VILLAGE_HEAD, on=today)), None)
