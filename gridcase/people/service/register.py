"""Writing persons, units, posts and holdings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.grid.models import Grid, Section
from gridcase.people import queries
from gridcase.people.models import Holding, Person, Post, Unit
from gridcase.people.rules import Role, UnitKind, misplaced
from gridcase.people.service.posts import check_day, check_hand


def add_person(
    *,
    actor: Viewer,
    name: str,
    place_path: str,
    now: datetime,
    gender: str | None = None,
    born_on: date | None = None,
    phone: str | None = None,
) -> Person:
    """Register one person."""
    person = Person(
        name=name, initials=initials(name), gender=gender, born_on=born_on, phone=phone, place_path=place_path
    )
    db.session.add(person)
    db.session.flush()
    audit.record(
        actor=actor,
        action="person.add",
        subject_kind="person",
        subject_id=person.id,
        place_path=place_path,
        now=now,
    )
    return person


def add_persons(*, actor: Viewer, rows: Iterable[Mapping[str, Any]], place_path: str, now: datetime) -> list[int]:
    """Register a list of persons (a village's register) in one statement; returns their ids in the same order."""
    values = [
        {
            "name": row["name"],
            "initials": initials(row["name"]),
            "gender": row.get("gender"),
            "born_on": row.get("born_on"),
            "phone": row.get("phone"),
            "place_path": row.get("place_path", place_path),
        }
        for row in rows
    ]
    if not values:
        return []
    ids = db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), values).all()
    audit.record(
        actor=actor, action="person.register", subject_kind="person", subject_id=None, place_path=place_path, now=now,
        detail={"count": len(ids)},
    )  # fmt: skip
    return list(ids)


def add_unit(*, actor: Viewer, code: str, name: str, kind: UnitKind, place: Grid, now: datetime) -> Unit:
    """Add an office of a town or county."""
    unit = Unit(code=code, name=name, kind=kind, place_id=place.id, place_path=place.path)
    db.session.add(unit)
    db.session.flush()
    audit.record(
        actor=actor, action="unit.add", subject_kind="unit", subject_id=unit.id, place_path=place.path, now=now,
        detail={"code": code},
    )  # fmt: skip
    return unit


def add_post(
    *,
    actor: Viewer,
    code: str,
    role: Role,
    title: str,
    place: Grid,
    now: datetime,
    valid_from: date,
    section: Section | None = None,
    unit: Unit | None = None,
    paid: bool = False,
) -> Post:
    """Create an address for work, at a place of the level its role belongs to."""
    _check_level(role, place)
    post = Post(
        code=code, role=role, title=title, place_id=place.id, place_path=place.path, paid=paid, valid_from=valid_from,
        section_id=section.id if section else None, unit_id=unit.id if unit else None,
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    audit.record(
        actor=actor, action="post.add", subject_kind="post", subject_id=post.id, place_path=place.path, now=now,
        detail={"code": code, "role": role},
    )  # fmt: skip
    return post


def _check_level(role: Role, place: Grid) -> None:
    refusal = misplaced(role, place.level)
    if refusal is not None:
        raise Refused(refusal, field="role")


def appoint(
    *,
    actor: Viewer,
    post: Post,
    person_id: int,
    valid_from: date,
    now: datetime,
    valid_to: date | None = None,
    stand_in: bool = False,
) -> Holding:
    """Give a post to a person from a day on."""
    db.session.refresh(post, with_for_update=True)
    check_day(post, valid_from)
    check_hand(post, person_id, actor)
    holding = Holding(
        post_id=post.id, person_id=person_id, valid_from=valid_from, valid_to=valid_to, stand_in=stand_in,
        recorded_at=now,
    )  # fmt: skip
    db.session.add(holding)
    db.session.flush()
    audit.record(
        actor=actor, action="post.appoint", subject_kind="post", subject_id=post.id, place_path=post.place_path,
        now=now, detail={"person_id": person_id, "from": valid_from.isoformat(), "stand_in": stand_in},
    )  # fmt: skip
    return holding


def give_post(*, actor: Viewer, role: Role, place: Grid, person_id: int, login: str, now: datetime) -> Post:
    """A new post of its own for whoever an account was opened for, from today on."""
    today = town_day(now)
    post = add_post(
        actor=actor, code=f"{place.code}-{role}-{login}", role=role, title=f"{place.name}{role.label}", place=place,
        now=now, valid_from=today,
    )  # fmt: skip
    appoint(actor=actor, post=post, person_id=person_id, valid_from=today, now=now)
    return post


@dataclass(frozen=True)
class PostRow:
    """One post of a list: an address for work at a place, in a section or in a unit."""

    code: str
    role: Role
    title: str
    place: Grid
    section: Section | None = None
    unit: Unit | None = None
    paid: bool = False


def add_posts(*, actor: Viewer, place: Grid, rows: Sequence[PostRow], valid_from: date, now: datetime) -> list[Post]:
    """Create a list of posts in or below `place` (a village's liaisons) in one statement, in the order of the rows."""
    if not rows:
        return []
    for row in rows:
        _check_level(row.role, row.place)
    values = [
        {
            "code": row.code, "role": row.role, "title": row.title, "place_id": row.place.id,
            "place_path": row.place.path, "section_id": row.section.id if row.section else None,
            "unit_id": row.unit.id if row.unit else None, "paid": row.paid, "valid_from": valid_from,
        }
        for row in rows
    ]  # fmt: skip
    posts = db.session.scalars(insert(Post).returning(Post, sort_by_parameter_order=True), values).all()
    audit.record(
        actor=actor, action="post.register", subject_kind="grid", subject_id=place.id, place_path=place.path, now=now,
        detail={"posts": len(posts)},
    )  # fmt: skip
    return list(posts)


def appoint_many(
    *, actor: Viewer, place: Grid, rows: Sequence[tuple[Post, int]], valid_from: date, now: datetime
) -> None:
    """Give a list of posts in or below `place`, taken over as it is, each to a person (post, person id) from a day on:
    like the homes of such a register they are known from the start."""
    if not rows:
        return
    queries.hold_posts([post.id for post, _ in rows])
    for post, person_id in rows:
        if not post.place_path.startswith(place.path):
            raise Missing
        check_day(post, valid_from)
        check_hand(post, person_id, actor)
    db.session.execute(
        insert(Holding),
        [{"post_id": post.id, "person_id": person_id, "valid_from": valid_from} for post, person_id in rows],
    )
    audit.record(
        actor=actor, action="post.appoint", subject_kind="grid", subject_id=place.id, place_path=place.path, now=now,
        detail={"holdings": len(rows), "from": valid_from.isoformat()},
    )  # fmt: skip


def fold_holdings(double_id: int, kept_id: int, *, actor: Viewer, place_path: str, now: datetime) -> int:
    """The posts of a person's second record are those of the kept one, each day once; returns how many stretches."""
    rows = db.session.scalars(
        select(Holding)
        .where(Holding.person_id.in_((double_id, kept_id)), dated.known(Holding))
        .order_by(Holding.valid_from)
    ).all()
    kept: dict[int, list[dated.Span]] = {}
    for row in rows:
        if row.person_id == kept_id:
            kept.setdefault(row.post_id, []).append(dated.Span(row.valid_from, row.valid_to, {}, row.id))
    doubled = [row for row in rows if row.person_id == double_id]
    spans = [
        dated.Span(start, end, _held(row, kept_id))
        for row in doubled
        for start, end in dated.free(kept.get(row.post_id, []), start=row.valid_from, end=row.valid_to)
    ]
    if doubled:
        dated.write(Holding, [dated.Rewrite(tuple(row.id for row in doubled), tuple(spans))], now=now)
        audit.record(
            actor=actor, action="post.fold", subject_kind="person", subject_id=kept_id, place_path=place_path, now=now,
            detail={"double": double_id, "posts": sorted({row.post_id for row in doubled})},
        )  # fmt: skip
    return len(spans)


def _held(row: Holding, person_id: int) -> dict[str, Any]:
    return {
        "post_id": row.post_id, "person_id": person_id, "stand_in": row.stand_in, "reason": row.reason,
        "source": row.source,
    }  # fmt: skip
