"""What only named roles read: the five losses. No other module reads this table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import case, func, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.households.models import Household
from gridcase.households.queries import visible
from gridcase.people.models import Post
from gridcase.visits.models import VisitSign
from gridcase.visits.rules import Sign

MOST, BATCH = 200, 500  # homes on a page; rows a run


def kept(household_id: int, *, on: date) -> Sequence[VisitSign]:
    """What is kept of a home on a day: for the service, never for a page."""
    return db.session.scalars(
        select(VisitSign)
        .where(VisitSign.household_id == household_id, VisitSign.valid_until >= on)
        .order_by(VisitSign.id)
    ).all()


def run_out(today: date) -> Sequence[int]:
    """The ids of what is over, a batch at most: the oldest first."""
    query = select(VisitSign.id).where(VisitSign.valid_until < today).order_by(VisitSign.valid_until, VisitSign.id)
    return db.session.scalars(query.limit(BATCH)).all()


@dataclass(frozen=True)
class SignLine:
    """One sign as a named reader sees it."""

    sign: Sign
    noted_on: date
    post_title: str | None


@dataclass(frozen=True)
class Worry:
    """A home with its signs. `case` is the assessment's id and number where this reader may open it."""

    household_id: int
    head_name: str
    address: str
    lines: tuple[SignLine, ...]
    until: date
    confirmed_ref: str | None
    noted_by_me: bool
    case: tuple[int, str] | None


def worries(viewer: Viewer, *, on: date) -> list[Worry]:
    """The homes of whom something is kept, for those who may read it: the next to be forgotten first, and where they
    are too many those."""
    seen = (VisitSign.valid_until >= on, visible(viewer, Permission.SEE_SENSITIVE_FACTORS))
    open_until = func.min(case((VisitSign.confirmed_at.is_(None), VisitSign.valid_until)))
    until = func.coalesce(open_until, func.min(VisitSign.valid_until))
    first = (
        select(VisitSign.household_id)
        .join(Household, Household.id == VisitSign.household_id)
        .where(*seen)
        .group_by(VisitSign.household_id)
        .order_by(open_until.is_(None), until, VisitSign.household_id)
        .limit(MOST)
    )
    homes = db.session.scalars(first).all()
    opens = select(Case.number).where(Case.id == VisitSign.case_id, cases.visible(viewer)).correlate(VisitSign)
    rows = db.session.execute(
        select(
            VisitSign, Household.head_name, Household.address, Post.title.label("post_title"),
            opens.scalar_subquery().label("number"),
        )
        .join(Household, Household.id == VisitSign.household_id)
        .outerjoin(Post, Post.id == VisitSign.noted_by_post_id)
        .where(*seen, VisitSign.household_id.in_(homes))
        .order_by(VisitSign.household_id, VisitSign.id)
    ).all()  # fmt: skip
    found = [_worry(viewer, list(group)) for _home, group in groupby(rows, lambda row: row[0].household_id)]
    return sorted(found, key=lambda one: (one.confirmed_ref is not None, one.until, one.household_id))


def _worry(viewer: Viewer, rows: list[Any]) -> Worry:
    signs = [row[0] for row in rows]
    assessment = next(((row[0].case_id, row.number) for row in rows if row.number), None)
    open_ones = [sign for sign in signs if sign.confirmed_at is None]
    return Worry(
        signs[0].household_id, rows[0].head_name, rows[0].address,
        tuple(SignLine(Sign(row[0].sign), row[0].noted_on, row.post_title) for row in rows),
        min(sign.valid_until for sign in open_ones or signs),
        None if open_ones else signs[-1].confirmed_ref,
        viewer.user_id is not None and any(sign.noted_by_user_id == viewer.user_id for sign in open_ones),
        assessment,
    )  # fmt: skip
