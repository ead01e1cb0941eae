"""What a file of organisations or of liaisons is compared with: bodies, seats, certificates; work left at a post."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.dated import Span, known
from gridcase.core.db import db
from gridcase.core.words import N_, Text
from gridcase.exchange.queries.lookups import Reach, pieces
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace
from gridcase.people.models import Certificate, Organisation, Person, Seat


def organisations(reach: Reach, *, on: date) -> dict[tuple[str, str], Any]:
    """The bodies that stand on a day or later, by place code and name: those within reach and at the places above."""
    above = {path[: end + 1] for path in reach.paths for end, sign in enumerate(path) if sign == "/" and end}
    rows = db.session.execute(
        select(
            Organisation.id, Organisation.kind, Organisation.name, Organisation.place_id, Organisation.place_path,
            Organisation.parent_id, Organisation.valid_from, Organisation.valid_to, Grid.code.label("place"),
        )
        .join(Grid, Grid.id == Organisation.place_id)
        .where(
            or_(reach.condition(Organisation.place_path), Organisation.place_path.in_(above)),
            or_(Organisation.valid_to.is_(None), Organisation.valid_to > on),
        )
        .order_by(Organisation.id.desc())
    )  # fmt: skip
    return {(row.place, row.name): row for row in rows}


def seats(body_ids: Collection[int]) -> dict[int, list[Any]]:
    """The stretches of seats as known now, by body, with whose they are."""
    found: dict[int, list[Any]] = {}
    for some in pieces(body_ids):
        rows = db.session.execute(
            select(
                Seat.id, Seat.organisation_id, Seat.person_id, Seat.title, Seat.rank, Seat.valid_from, Seat.valid_to,
                Person.name, Person.phone,
            )
            .join(Person, Person.id == Seat.person_id)
            .where(Seat.organisation_id.in_(some), known(Seat))
            .order_by(Seat.valid_from, Seat.id)
        )  # fmt: skip
        for row in rows:
            found.setdefault(row.organisation_id, []).append(row)
    return found


def seat_spans(rows: Collection[Any]) -> dict[int, list[Span]]:
    """Time lines of one body's seats by person."""
    lines: dict[int, list[Span]] = {}
    for row in rows:
        values = {
            "organisation_id": row.organisation_id, "person_id": row.person_id, "title": row.title, "rank": row.rank,
        }  # fmt: skip
        lines.setdefault(row.person_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def certificates(post_ids: Collection[int], *, on: date) -> dict[tuple[int, int], Certificate]:
    """The newest certificate of each person for a post that is not revoked by a day."""
    found: dict[tuple[int, int], Certificate] = {}
    for some in pieces(post_ids):
        rows = db.session.scalars(
            select(Certificate)
            .where(
                Certificate.post_id.in_(some), or_(Certificate.revoked_on.is_(None), Certificate.revoked_on > on)
            )
            .order_by(Certificate.id)
        )  # fmt: skip
        found.update(((row.post_id, row.person_id), row) for row in rows)
    return found


def certificate_ids(numbers: Collection[str]) -> dict[str, int]:
    """The certificates that bear these numbers, wherever they are."""
    found: dict[str, int] = {}
    for some in pieces(numbers):
        rows = db.session.execute(select(Certificate.number, Certificate.id).where(Certificate.number.in_(some)))
        found.update((row.number, row.id) for row in rows)
    return found


def open_work(ends: Mapping[int, date]) -> dict[int, list[Text]]:
    """What still lies at posts that are to end, each on its day: cases addressed to them, homes in their circles. In
    the words of the page that ends a single post; posts with nothing open are not named."""
    found: dict[int, list[Text]] = {}
    for some in pieces(ends):
        rows = db.session.execute(
            select(
                Case.handler_post_id, func.count().filter(Case.restricted.is_(False)).label("plain"),
                func.count().filter(Case.restricted).label("restricted"),
            )
            .where(Case.handler_post_id.in_(some), cases.open_condition())
            .group_by(Case.handler_post_id)
        )  # fmt: skip
        for row in rows:
            said = found.setdefault(row.handler_post_id, [])
            if row.plain:
                said.append(N_("%(n)s 件在办的事件", n=row.plain))
            if row.restricted:  # how many is nobody's business here
                said.append(N_("须由镇综治中心移交的事件"))
        circles = db.session.execute(
            select(CirclePlace.post_id, CirclePlace.household_id, CirclePlace.valid_to).where(
                CirclePlace.post_id.in_(some), known(CirclePlace)
            )
        )
        homes: dict[int, set[int]] = {}
        for place in circles:
            if place.valid_to is None or place.valid_to > ends[place.post_id]:
                homes.setdefault(place.post_id, set()).add(place.household_id)
        for post_id, some_homes in homes.items():
            found.setdefault(post_id, []).append(N_("%(n)s 户联系户", n=len(some_homes)))
    return found


def by_id(body_ids: Collection[int]) -> list[Any]:
    """(id, place_path, valid_to) of these bodies."""
    query = select(Organisation.id, Organisation.place_path, Organisation.valid_to)
    return [row for some in pieces(body_ids) for row in db.session.execute(query.where(Organisation.id.in_(some)))]
