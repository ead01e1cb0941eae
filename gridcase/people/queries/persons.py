"""Persons who hold or held a post, or sit in a body; villagers are found through their households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from gridcase.core.dated import Span, in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.text import clean_line
from gridcase.people.models import (
    CardConsent,
    Holding,
    Organisation,
    Person,
    PersonTag,
    Pledge,
    PledgeItem,
    Post,
    Seat,
)
from gridcase.people.queries.bodies import near
from gridcase.people.queries.register import LEAST_WORDS, visible
from gridcase.people.rules import THREE_IN_ONE, Tag


@dataclass(frozen=True)
class PersonRow:
    """One line of the list; the page masks the phone."""

    id: int
    name: str
    initials: str
    gender: str | None
    phone: str | None


@dataclass(frozen=True)
class HeldPost:
    """A post somebody holds or held."""

    post_id: int
    title: str
    role: str
    valid_from: date
    valid_to: date | None
    stand_in: bool
    source: str


@dataclass(frozen=True)
class TagRow:
    """What somebody is or was."""

    kind: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class HeldSeat:
    """A seat somebody has or had in a body."""

    organisation_id: int
    organisation: str
    title: str
    valid_from: date
    valid_to: date | None


def in_register(viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> ColumnElement[bool]:
    """Persons of the viewer's who hold or held a post or sit in a body."""
    held = exists().where(
        Holding.person_id == Person.id, known(Holding), Post.id == Holding.post_id, visible(viewer, permission)
    )
    path = Organisation.place_path
    standing = near(viewer, path) if permission is Permission.SEE_PLACE else reach(viewer, permission, path=path)
    sits = exists().where(Seat.person_id == Person.id, known(Seat), Organisation.id == Seat.organisation_id, standing)
    return or_(held, sits)


def person_for(person_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> Person:
    """One person of the register, else `Missing`."""
    found = db.session.scalar(select(Person).where(Person.id == person_id, in_register(viewer, permission)))
    if found is None:
        raise Missing
    return found


def get_person(person_id: int) -> Person:
    """One person."""
    found: Person = db.session.get_one(Person, person_id)
    return found


def is_in_register(person_id: int, *, viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer may do this with a person of the register."""
    found = select(Person.id).where(Person.id == person_id, in_register(viewer, permission))
    return db.session.scalar(found) is not None


def persons(viewer: Viewer, *, on: date, words: str = "", tag: str = "", after: str | None = None) -> Page[PersonRow]:
    """Persons of the register by initials and name; `tag` "three": those who are all three in one."""
    columns: tuple[Any, ...] = (Person.id, Person.name, Person.initials, Person.gender, Person.phone)
    query = select(*columns).where(in_register(viewer))
    if words := clean_line(words):
        query = query.where(_named(words))
    wanted = THREE_IN_ONE if tag == "three" else [Tag(tag)] if tag in list(Tag) else []
    query = query.where(*(_tagged(kind, on) for kind in wanted))
    if last := read_mark(after, str, int):
        query = query.where(or_(Person.initials > last[0], and_(Person.initials == last[0], Person.id > last[1])))
    rows = db.session.execute(query.order_by(Person.initials, Person.id).limit(PAGE_SIZE + 1))
    return cut([PersonRow(*row) for row in rows], lambda row: [row.initials, row.id])


def _named(words: str) -> ColumnElement[bool]:
    if len(words) < LEAST_WORDS:
        return false()
    if words.isascii():
        return Person.initials.startswith(words.lower(), autoescape=True)
    return Person.name.contains(words, autoescape=True)


def _tagged(kind: Tag, on: date) -> ColumnElement[bool]:
    return exists().where(PersonTag.person_id == Person.id, PersonTag.kind == str(kind), in_force(PersonTag, on))


def titles_of(person_ids: Sequence[int], *, viewer: Viewer, on: date) -> dict[int, list[str]]:
    """The titles of the posts these persons hold on a day, of those the viewer may see."""
    rows = db.session.execute(
        select(Holding.person_id, Post.title)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.person_id.in_(set(person_ids)), in_force(Holding, on), visible(viewer))
        .order_by(Holding.person_id, Post.id)
    )
    titles: dict[int, list[str]] = {}
    for person_id, title in rows:
        titles.setdefault(person_id, []).append(title)
    return titles


def tags_on(person_ids: Sequence[int], *, on: date) -> dict[int, list[Tag]]:
    """What these persons are on a day."""
    rows = db.session.execute(
        select(PersonTag.person_id, PersonTag.kind)
        .where(PersonTag.person_id.in_(set(person_ids)), in_force(PersonTag, on))
        .order_by(PersonTag.person_id, PersonTag.id)
    )
    tags: dict[int, list[Tag]] = {}
    for person_id, kind in rows:
        tags.setdefault(person_id, []).append(Tag(kind))
    return tags


def posts_of(person_id: int, *, viewer: Viewer) -> list[HeldPost]:
    """The posts somebody holds or held, newest first, of those the viewer may see."""
    rows = db.session.execute(
        select(Post.id, Post.title, Post.role, Holding.valid_from, Holding.valid_to, Holding.stand_in, Holding.source)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.person_id == person_id, known(Holding), visible(viewer))
        .order_by(Holding.valid_from.desc(), Holding.id)
    )
    return [HeldPost(*row) for row in rows]


def seats_held(person_id: int, *, viewer: Viewer) -> list[HeldSeat]:
    """The seats somebody has or had, newest first, of those the viewer may see."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Seat.title, Seat.valid_from, Seat.valid_to)
        .join(Organisation, Organisation.id == Seat.organisation_id)
        .where(Seat.person_id == person_id, known(Seat), near(viewer, Organisation.place_path))
        .order_by(Seat.valid_from.desc(), Seat.id)
    )
    return [HeldSeat(*row) for row in rows]


def tags_of(person_id: int) -> list[TagRow]:
    """What somebody is or was, newest first."""
    rows = db.session.execute(
        select(PersonTag.kind, PersonTag.valid_from, PersonTag.valid_to)
        .where(PersonTag.person_id == person_id, known(PersonTag))
        .order_by(PersonTag.valid_from.desc(), PersonTag.id)
    )
    return [TagRow(*row) for row in rows]


def tag_line(person_id: int, kind: Tag) -> list[Span]:
    """The time line of one tag of a person as known now."""
    rows = db.session.scalars(
        select(PersonTag)
        .where(PersonTag.person_id == person_id, PersonTag.kind == str(kind), known(PersonTag))
        .order_by(PersonTag.valid_from)
    )
    values = {"person_id": person_id, "kind": str(kind)}
    return [Span(row.valid_from, row.valid_to, values, row.id) for row in rows]


def has_tag(person_id: int, kind: Tag, *, on: date) -> bool:
    """Whether somebody is this on a day."""
    return kind in tags_on([person_id], on=on).get(person_id, [])


def named(name: str, *, path: str) -> list[Person]:
    """Persons registered below a place whose whole name was typed; nobody is found by a part of it."""
    name = clean_line(name)
    if len(name) < LEAST_WORDS:
        return []
    query = select(Person).where(Person.name == name, under(Person.place_path, path)).order_by(Person.id).limit(20)
    return list(db.session.scalars(query))


def pledge_of(person_id: int, year: int) -> Pledge | None:
    """The pledge of a year."""
    return db.session.scalar(select(Pledge).where(Pledge.person_id == person_id, Pledge.year == year))


def pledges_of(person_id: int) -> list[Pledge]:
    """All pledges of a person, newest first."""
    query = select(Pledge).where(Pledge.person_id == person_id).order_by(Pledge.year.desc())
    return list(db.session.scalars(query))


def pledge_item(item_id: int | None, *, person_id: int) -> PledgeItem | None:
    """One promise of a person's."""
    return db.session.scalar(
        select(PledgeItem)
        .join(Pledge, Pledge.id == PledgeItem.pledge_id)
        .where(PledgeItem.id == item_id, Pledge.person_id == person_id)
    )


def phone_in_full(person_ids: Sequence[int]) -> frozenset[int]:
    """Who let the contact card show the phone number in full."""
    query = select(CardConsent.person_id).where(CardConsent.person_id.in_(set(person_ids)), CardConsent.phone_in_full)
    return frozenset(db.session.scalars(query))
