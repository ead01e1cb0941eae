"""Certificates of liaison representatives and their first round of visits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.people.models import Certificate, FirstVisit, Holding, Post
from gridcase.people.queries.register import visible


def certificates_of(post_id: int) -> list[Certificate]:
    """All certificates of a post, newest first."""
    query = select(Certificate).where(Certificate.post_id == post_id).order_by(Certificate.id.desc())
    return list(db.session.scalars(query))


def certificate_for(
    certificate_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_PLACE
) -> Certificate:
    """One certificate of the viewer's posts, else `Missing`."""
    found = db.session.scalar(
        select(Certificate)
        .join(Certificate.post)
        .options(contains_eager(Certificate.post))
        .where(Certificate.id == certificate_id, visible(viewer, permission))
    )
    if found is None:
        raise Missing
    return found


def by_token(token: str) -> Certificate | None:
    """The certificate a printed code leads to."""
    return db.session.scalar(select(Certificate).where(Certificate.token == token))


def by_number(number: str) -> Certificate | None:
    """The certificate with this number."""
    return db.session.scalar(select(Certificate).where(Certificate.number == number))


def certificate_numbers(path: str, year: int) -> set[str]:
    """The numbers given out below a place for terms that begin in a year."""
    return set(
        db.session.scalars(
            select(Certificate.number).where(
                under(Certificate.place_path, path),
                Certificate.term_from >= date(year, 1, 1),
                Certificate.term_from <= date(year, 12, 31),
            )
        )
    )


def numbers_borne(numbers: Collection[str]) -> set[str]:
    """Which of these numbers a certificate bears already."""
    return set(db.session.scalars(select(Certificate.number).where(Certificate.number.in_(numbers))))


def to_print(path: str, *, on: date, viewer: Viewer) -> list[Certificate]:
    """The certificates that hold on a day below a place, by number, whose person still holds the post."""
    query = (
        select(Certificate)
        .join(Certificate.post)
        .join(Certificate.person)
        .join(Holding, (Holding.post_id == Post.id) & (Holding.person_id == Certificate.person_id))
        .options(contains_eager(Certificate.post), contains_eager(Certificate.person))
        .where(
            under(Certificate.place_path, path),
            visible(viewer),
            in_force(Holding, on),
            Certificate.term_to > on,
            Certificate.revoked_on.is_(None),
        )
        .order_by(Certificate.number)
    )
    return list(db.session.scalars(query))


def newest_certificates(post_ids: Sequence[int]) -> dict[int, Certificate]:
    """The newest certificate of each of these posts."""
    query = select(Certificate).where(Certificate.post_id.in_(set(post_ids))).order_by(Certificate.id)
    return {one.post_id: one for one in db.session.scalars(query)}


def first_visit(post_id: int, person_id: int, household_id: int) -> FirstVisit | None:
    """How far a representative has come with a home."""
    return db.session.scalar(
        select(FirstVisit).where(
            FirstVisit.post_id == post_id, FirstVisit.person_id == person_id, FirstVisit.household_id == household_id
        )
    )


def first_visits(post_id: int, person_id: int) -> dict[int, FirstVisit]:
    """The whole checklist of a representative, by household."""
    query = select(FirstVisit).where(FirstVisit.post_id == post_id, FirstVisit.person_id == person_id)
    return {row.household_id: row for row in db.session.scalars(query)}
