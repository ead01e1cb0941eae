"""The register of posts: the list, one post, its holders as of a day and as known at a moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.dated import Span, in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid, Section
from gridcase.people.models import Holding, Person, Post, Unit
from gridcase.people.queries.posts import valid_on

LEAST_WORDS = 2  # one character of a name finds half a village


@dataclass(frozen=True)
class PostFilters:
    """What the list of posts is narrowed by; `words`: a part of a title or a holder's name, initials, or a code."""

    words: str = ""
    role: str = ""
    place: str = ""  # path of a place
    vacant: bool = False


@dataclass(frozen=True)
class PostRow:
    """One line of the list."""

    id: int
    code: str
    role: str
    title: str
    paid: bool
    place: str
    section: str | None
    unit: str | None


@dataclass(frozen=True)
class HolderRow:
    """Somebody in a post, from when to when; `recorded_at` None: known from the start."""

    person_id: int
    name: str
    valid_from: date
    valid_to: date | None
    stand_in: bool
    reason: str
    source: str
    recorded_at: datetime | None


def visible(viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> ColumnElement[bool]:
    """Posts the viewer's own posts reach."""
    return reach(viewer, permission, path=Post.place_path, section_id=Post.section_id, post_id=Post.id)


def post_for(post_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> Post:
    """One post of the viewer's, else `Missing`."""
    found = db.session.scalar(select(Post).where(Post.id == post_id, visible(viewer, permission)))
    if found is None:
        raise Missing
    return found


def posts_page(viewer: Viewer, filters: PostFilters, *, on: date, after: str | None = None) -> Page[PostRow]:
    """Posts in force on a day, by code."""
    query = _listed().where(visible(viewer), valid_on(Post, on), *_narrowed(filters, on))
    if last := read_mark(after, str):
        query = query.where(Post.code > last[0])
    rows = db.session.execute(query.order_by(Post.code).limit(PAGE_SIZE + 1))
    return cut([PostRow(*row) for row in rows], lambda row: [row.code])


def _listed() -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (
        Post.id, Post.code, Post.role, Post.title, Post.paid, Grid.name, Section.name, Unit.name,
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(Post)
        .join(Grid, Grid.id == Post.place_id)
        .outerjoin(Section, Section.id == Post.section_id)
        .outerjoin(Unit, Unit.id == Post.unit_id)
    )


def _narrowed(filters: PostFilters, on: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if words := clean_line(filters.words):
        conditions.append(_named(words, on))
    if filters.role:
        conditions.append(Post.role == filters.role)
    if filters.place:
        conditions.append(under(Post.place_path, filters.place))
    if filters.vacant:
        conditions.append(~exists().where(Holding.post_id == Post.id, in_force(Holding, on)))
    return conditions


def _named(words: str, on: date) -> ColumnElement[bool]:
    if len(words) < LEAST_WORDS:
        return false()
    held = and_(Holding.post_id == Post.id, Holding.person_id == Person.id, in_force(Holding, on))
    if words.isascii():
        by_initials = exists().where(held, Person.initials.startswith(words.lower(), autoescape=True))
        return or_(by_initials, Post.code.startswith(words.upper(), autoescape=True))
    by_name = exists().where(held, Person.name.contains(words, autoescape=True))
    return or_(by_name, Post.title.contains(words, autoescape=True))


def holders_since(post_ids: Sequence[int], *, on: date) -> dict[int, list[HolderRow]]:
    """Who holds these posts on a day, holders before stand-ins, by post."""
    found: dict[int, list[HolderRow]] = {}
    if not post_ids:
        return found
    query = _holdings().where(Holding.post_id.in_(set(post_ids)), in_force(Holding, on))
    for row in db.session.execute(query.order_by(Holding.stand_in, Holding.id)):
        found.setdefault(row[0], []).append(HolderRow(*row[1:]))
    return found


def holders_on(post_id: int, *, on: date, known_at: datetime | None = None) -> list[HolderRow]:
    """Who held a post on a day, as known now or as it was known at a moment."""
    query = _holdings().where(Holding.post_id == post_id, in_force(Holding, on, known_at=known_at))
    return [HolderRow(*row[1:]) for row in db.session.execute(query.order_by(Holding.stand_in, Holding.id))]


def holdings_of(post_id: int, *, known_at: datetime | None = None) -> list[HolderRow]:
    """Everybody who held, holds or will hold a post, newest first."""
    query = _holdings().where(Holding.post_id == post_id, known(Holding, known_at))
    return [HolderRow(*row[1:]) for row in db.session.execute(query.order_by(Holding.valid_from.desc(), Holding.id))]


def _holdings() -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (
        Holding.post_id, Holding.person_id, Person.name, Holding.valid_from, Holding.valid_to, Holding.stand_in,
        Holding.reason, Holding.source, Holding.recorded_at,
    )  # fmt: skip
    return select(*columns).join(Person, Person.id == Holding.person_id)


def line_of(post_id: int, *, stand_in: bool) -> list[Span]:
    """The time line of a post's holders, or of its stand-ins, as known now."""
    rows = db.session.scalars(
        select(Holding)
        .where(Holding.post_id == post_id, Holding.stand_in.is_(stand_in), known(Holding))
        .order_by(Holding.valid_from, Holding.id)
    )
    return [
        Span(
            row.valid_from,
            row.valid_to,
            {
                "post_id": row.post_id, "person_id": row.person_id, "stand_in": row.stand_in, "reason": row.reason,
                "source": row.source,
            },
            row.id,
        )
        for row in rows
    ]  # fmt: skip


def holds(post_id: int, person_id: int, *, on: date) -> bool:
    """Whether somebody holds a post on a day (not as a stand-in)."""
    return bool(
        db.session.scalar(
            select(Holding.id)
            .where(
                Holding.post_id == post_id,
                Holding.person_id == person_id,
                Holding.stand_in.is_(False),
                in_force(Holding, on),
            )
            .limit(1)
        )
    )


def stood_in(post_id: int, *, on: date) -> bool:
    """Whether somebody stands in on a day."""
    found = select(Holding.id).where(Holding.post_id == post_id, Holding.stand_in, in_force(Holding, on)).limit(1)
    return db.session.scalar(found) is not None


def codes_like(start: str) -> frozenset[str]:
    """The codes of posts that begin so."""
    return frozenset(db.session.scalars(select(Post.code).where(Post.code.startswith(start, autoescape=True))))


def hold_posts(ids: Collection[int]) -> list[Post]:
    """These posts, read again and locked in the order of their ids until the transaction ends."""
    query = select(Post).where(Post.id.in_(ids)).order_by(Post.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def posts_of_unit(unit_id: int, *, on: date) -> list[Post]:
    """The posts of a unit in force on a day, by code."""
    query = select(Post).where(Post.unit_id == unit_id, valid_on(Post, on)).order_by(Post.code)
    return list(db.session.scalars(query))


def places_for(viewer: Viewer, *, permission: Permission = Permission.MANAGE_POSTS) -> list[tuple[int, str]]:
    """(id, "town · village") of the places down to villages where the viewer may set up posts and bodies, by code."""
    above = aliased(Grid)
    rows = db.session.execute(
        select(Grid.id, Grid.name, above.name)
        .outerjoin(above, above.id == Grid.parent_id)
        .where(
            Grid.level.in_(("county", "town", "village")),
            Grid.valid_to.is_(None),
            reach(viewer, permission, path=Grid.path),
        )
        .order_by(Grid.code)
    )
    return [(row[0], f"{row[2]} · {row[1]}" if row[2] else row[1]) for row in rows]


def place_for(place_id: int, *, viewer: Viewer, permission: Permission = Permission.MANAGE_POSTS) -> Grid:
    """One place where the viewer may do this, else `Missing`."""
    found = db.session.scalar(select(Grid).where(Grid.id == place_id, reach(viewer, permission, path=Grid.path)))
    if found is None:
        raise Missing
    return found


def places_below(place: Grid) -> list[tuple[int, str]]:
    """(id, name with its group) of a village's groups and cells and of the village itself: where a post can stand."""
    above = aliased(Grid)
    rows = db.session.execute(
        select(Grid.id, Grid.name, above.name, Grid.level)
        .outerjoin(above, above.id == Grid.parent_id)
        .where(under(Grid.path, place.path), Grid.valid_to.is_(None))
        .order_by(Grid.code)
        .limit(400)
    )
    return [(row[0], f"{row[2]}{row[1]}" if row[3] == "cell" else row[1]) for row in rows]


def sections_of(place: Grid) -> list[tuple[int, str]]:
    """The sections of a village, by code."""
    village_id = place.id if place.level == "village" else place.village_id
    query = select(Section.id, Section.name).where(Section.village_id == village_id).order_by(Section.code)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def section_of(section_id: int | None) -> Section | None:
    """One section."""
    return db.session.get(Section, section_id) if section_id else None
