"""Units and organisations: those of a place and those above that serve it; who sits in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from gridcase.core.dated import Span, in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.people.models import Organisation, Person, Seat, Unit

MOST_BODIES = 500  # of a tree that is read at once


@dataclass(frozen=True)
class UnitRow:
    """One line of the list of units."""

    id: int
    code: str
    name: str
    kind: str
    place: str
    ended_on: date | None


@dataclass(frozen=True)
class SeatRow:
    """Who is what in a body, for which term."""

    person_id: int
    name: str
    title: str
    rank: int
    valid_from: date
    valid_to: date | None
    capacity: str = ""


@dataclass(frozen=True)
class BodyRow:
    """One body of a place and how deep it hangs in the tree."""

    id: int
    kind: str
    name: str
    place: str
    depth: int
    head: str


def near(viewer: Viewer, path: Any) -> ColumnElement[bool]:
    """What lies in the viewer's places, and what stands at a place above them: a body everybody there may know."""
    above = {
        grant.path[: end + 1]
        for grant in viewer.grants_with(Permission.SEE_PLACE)
        if grant.path
        for end, sign in enumerate(grant.path)
        if sign == "/" and end
    }
    return or_(reach(viewer, Permission.SEE_PLACE, path=path), path.in_(above))


def units(viewer: Viewer, *, words: str = "", kind: str = "", after: str | None = None) -> Page[UnitRow]:
    """Units by code; closed ones stay in the list and say so."""
    query = (
        select(Unit.id, Unit.code, Unit.name, Unit.kind, Grid.name, Unit.ended_on)
        .join(Grid, Grid.id == Unit.place_id)
        .where(near(viewer, Unit.place_path))
    )
    if words := clean_line(words):
        query = query.where(
            or_(Unit.name.contains(words, autoescape=True), Unit.code.startswith(words.upper(), autoescape=True))
        )
    if kind:
        query = query.where(Unit.kind == kind)
    if last := read_mark(after, str):
        query = query.where(Unit.code > last[0])
    rows = db.session.execute(query.order_by(Unit.code).limit(PAGE_SIZE + 1))
    return cut([UnitRow(*row) for row in rows], lambda row: [row.code])


def unit_for(unit_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> Unit:
    """One unit of the viewer's, else `Missing`."""
    condition = (
        near(viewer, Unit.place_path)
        if permission is Permission.SEE_PLACE
        else reach(viewer, permission, path=Unit.place_path)
    )
    found = db.session.scalar(select(Unit).where(Unit.id == unit_id, condition))
    if found is None:
        raise Missing
    return found


def unit_codes_like(start: str) -> frozenset[str]:
    """The codes of units that begin so."""
    return frozenset(db.session.scalars(select(Unit.code).where(Unit.code.startswith(start, autoescape=True))))


def organisations(
    viewer: Viewer, *, on: date, place: str = "", words: str = "", kind: str = "", most: int = MOST_BODIES
) -> list[BodyRow]:
    """The tree of a place's bodies, parents before what hangs under them; a search lists the finds alone. One more than
    `most` where there are more."""
    query = (
        select(Organisation, Grid.name, Grid.code)
        .join(Grid, Grid.id == Organisation.place_id)
        .where(
            near(viewer, Organisation.place_path),
            Organisation.valid_from <= on,
            or_(Organisation.valid_to.is_(None), Organisation.valid_to > on),
        )
        .order_by(Grid.code, Organisation.id)
        .limit(most + 1)
    )
    if place:
        query = query.where(Organisation.place_path == place)
    if words := clean_line(words):
        query = query.where(Organisation.name.contains(words, autoescape=True))
    if kind:
        query = query.where(Organisation.kind == kind)
    rows = [(row[0], row[1]) for row in db.session.execute(query)]
    heads = _heads([body.id for body, _ in rows], on=on)
    return _tree(rows, heads)


def _tree(rows: list[tuple[Organisation, str]], heads: dict[int, str]) -> list[BodyRow]:
    known_ids = {body.id for body, _ in rows}
    below: dict[int | None, list[tuple[Organisation, str]]] = {}
    for body, place in rows:
        below.setdefault(body.parent_id if body.parent_id in known_ids else None, []).append((body, place))
    made: list[BodyRow] = []
    waiting = [(pair, 0) for pair in reversed(below.get(None, []))]
    while waiting:
        (body, place), depth = waiting.pop()
        made.append(BodyRow(body.id, body.kind, body.name, place, depth, heads.get(body.id, "")))
        waiting += [(pair, depth + 1) for pair in reversed(below.get(body.id, []))]
    return made


def _heads(body_ids: list[int], *, on: date) -> dict[int, str]:
    """Who sits first in these bodies."""
    rows = db.session.execute(
        select(Seat.organisation_id, Person.name, Seat.title)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.organisation_id.in_(body_ids), in_force(Seat, on))
        .order_by(Seat.rank, Seat.id)
    )
    heads: dict[int, str] = {}
    for body_id, name, title in rows:
        heads.setdefault(body_id, f"{title} {name}")
    return heads


def organisation_for(body_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_PLACE) -> Organisation:
    """One body of the viewer's, else `Missing`."""
    condition = (
        near(viewer, Organisation.place_path)
        if permission is Permission.SEE_PLACE
        else reach(viewer, permission, path=Organisation.place_path)
    )
    found = db.session.scalar(select(Organisation).where(Organisation.id == body_id, condition))
    if found is None:
        raise Missing
    return found


def bodies_at(path: str, *, on: date) -> list[Organisation]:
    """The bodies of one place and of the places above it, for the choice of a parent."""
    ends = [end + 1 for end, sign in enumerate(path) if sign == "/" and end]
    query = select(Organisation).where(
        Organisation.place_path.in_([path[:end] for end in ends]),
        or_(Organisation.valid_to.is_(None), Organisation.valid_to > on),
    )
    return list(db.session.scalars(query.order_by(Organisation.place_path, Organisation.id)))


def bodies_under(body_id: int, *, on: date) -> list[Organisation]:
    """The bodies right under one that stand on a day."""
    query = select(Organisation).where(
        Organisation.parent_id == body_id, or_(Organisation.valid_to.is_(None), Organisation.valid_to > on)
    )
    return list(db.session.scalars(query.order_by(Organisation.id)))


def chain_up(body: Organisation) -> list[int]:
    """The ids of a body and of those above it."""
    ids: list[int] = []
    step: Organisation | None = body
    while step is not None and step.id not in ids:
        ids.append(step.id)
        step = db.session.get(Organisation, step.parent_id) if step.parent_id else None
    return ids


def seats_of(body_id: int, *, on: date | None) -> list[SeatRow]:
    """Who sits in a body on a day, first seats first; without a day everybody who ever did, newest first."""
    query = (
        select(Seat.person_id, Person.name, Seat.title, Seat.rank, Seat.valid_from, Seat.valid_to, Seat.capacity)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.organisation_id == body_id)
    )
    if on is None:
        query = query.where(known(Seat)).order_by(Seat.valid_from.desc(), Seat.id)
    else:
        query = query.where(in_force(Seat, on)).order_by(Seat.rank, Seat.id)
    return [SeatRow(*row) for row in db.session.execute(query)]


def seat_lines(body_id: int) -> dict[int, list[Span]]:
    """The time lines of a body's seats as known now, by person."""
    rows = db.session.scalars(
        select(Seat).where(Seat.organisation_id == body_id, known(Seat)).order_by(Seat.valid_from, Seat.id)
    )
    lines: dict[int, list[Span]] = {}
    for row in rows:
        values = {
            "organisation_id": row.organisation_id, "person_id": row.person_id, "title": row.title, "rank": row.rank,
            "capacity": row.capacity,
        }  # fmt: skip
        lines.setdefault(row.person_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def get_organisation(body_id: int) -> Organisation | None:
    """One body."""
    return db.session.get(Organisation, body_id)


def parent_of(body: Organisation) -> Organisation | None:
    """What a body hangs under."""
    return db.session.get(Organisation, body.parent_id) if body.parent_id else None
