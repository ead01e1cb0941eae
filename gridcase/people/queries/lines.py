"""The three lines and 1+N: who leads without holding a line, where no full-time worker is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.people.models import Holding, Person, Post
from gridcase.people.queries.posts import valid_on
from gridcase.people.queries.register import visible
from gridcase.people.rules import LINE_ROLES, Role, ThreeLine


@dataclass(frozen=True)
class LeaderRow:
    """A grid leader, the post and its place."""

    post_id: int
    title: str
    grid_id: int
    place: str
    person_id: int
    name: str


def leaders_without_line(path: str, *, on: date, place_id: int | None = None) -> list[LeaderRow]:
    """Grid leaders in the subtree of a place (or at the very place `place_id` in it) who hold none of the three lines
    on a day (party contact, deputy, centre household head), by post; a warning and never a bar."""
    line, line_post = aliased(Holding), aliased(Post)
    holds_line = exists().where(
        line.person_id == Holding.person_id,
        in_force(line, on),
        line.stand_in.is_(False),
        line_post.id == line.post_id,
        line_post.role.in_(tuple(LINE_ROLES.values())),
        line_post.valid_from <= on,
        or_(line_post.valid_to.is_(None), line_post.valid_to > on),
    )
    rows = db.session.execute(
        select(Post.id, Post.title, Grid.id, Grid.name, Person.id, Person.name)
        .join(Holding, Holding.post_id == Post.id)
        .join(Person, Person.id == Holding.person_id)
        .join(Grid, Grid.id == Post.place_id)
        .where(
            under(Post.place_path, path),
            Post.role == Role.GRID_LEADER,
            valid_on(Post, on),
            in_force(Holding, on),
            Holding.stand_in.is_(False),
            ~holds_line,
            *([Post.place_id == place_id] if place_id is not None else []),
        )
        .order_by(Grid.code, Post.id, Person.id)
    )
    return [LeaderRow(*row) for row in rows]


@dataclass(frozen=True)
class Held:
    """Who holds a post of a line or works in a village."""

    post_id: int
    title: str
    place: str
    person_id: int
    name: str


def line_holders(path: str, *, viewer: Viewer, on: date) -> dict[ThreeLine, list[Held]]:
    """Who holds which line below a place on a day."""
    return {line: _held(path, role, viewer=viewer, on=on) for line, role in LINE_ROLES.items()}


def workers(path: str, *, viewer: Viewer, on: date) -> dict[Role, list[Held]]:
    """Full-time and part-time workers below a place on a day (1+N)."""
    return {role: _held(path, role, viewer=viewer, on=on) for role in (Role.FULLTIME_GRID, Role.PARTTIME_GRID)}


def _held(path: str, role: Role, *, viewer: Viewer, on: date) -> list[Held]:
    rows = db.session.execute(
        select(Post.id, Post.title, Grid.name, Person.id, Person.name)
        .join(Holding, Holding.post_id == Post.id)
        .join(Person, Person.id == Holding.person_id)
        .join(Grid, Grid.id == Post.place_id)
        .where(
            under(Post.place_path, path), Post.role == role, valid_on(Post, on), in_force(Holding, on),
            Holding.stand_in.is_(False), visible(viewer),
        )
        .order_by(Post.code, Person.id)
    )  # fmt: skip
    return [Held(*row) for row in rows]
