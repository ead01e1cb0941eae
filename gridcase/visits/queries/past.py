"""Visits as they were noted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.households.models import Household
from gridcase.people.models import Post
from gridcase.visits.models import Visit, VisitErrand, VisitPaper
from gridcase.visits.rules import VisitMode


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Visits the viewer's posts reach."""
    return reach(
        viewer, Permission.SEE_VISIT, path=Visit.path, section_id=Visit.section_id, household_id=Visit.household_id
    )


def visits_of(household_id: int, *, viewer: Viewer, after: str | None = None) -> Page[Row[Any]]:
    """The visits of a home, newest first, with the post that made them."""
    query = (
        select(
            Visit.id, Visit.visited_at, Visit.mode, Visit.purpose, Visit.met, Visit.state, Visit.ticks, Visit.note,
            Visit.case_id, Case.number, Case.restricted, Post.title.label("post_title"), VisitPaper.week.label("paper"),
        )
        .outerjoin(VisitPaper, VisitPaper.visit_id == Visit.id)
        .outerjoin(Post, Post.id == Visit.post_id)
        .outerjoin(Case, Case.id == Visit.case_id)
        .where(Visit.household_id == household_id, visible(viewer))
    )  # fmt: skip
    last = read_mark(after, instant, int)
    if last:
        at, visit_id = last
        query = query.where(or_(Visit.visited_at < at, and_(Visit.visited_at == at, Visit.id < visit_id)))
    newest_first = query.order_by(Visit.visited_at.desc(), Visit.id.desc()).limit(PAGE_SIZE + 1)
    return cut(db.session.execute(newest_first).all(), lambda row: [row.visited_at.isoformat(), row.id])


def errands_of(visit_ids: Collection[int], *, viewer: Viewer) -> dict[int, Sequence[Any]]:
    """The errands and answered questions of visits, with their cases as far as the viewer may open them."""
    rows = db.session.execute(
        select(VisitErrand.visit_id, VisitErrand.kind, VisitErrand.done_by, Case.id, Case.number)
        .join(Case, Case.id == VisitErrand.case_id)
        .where(VisitErrand.visit_id.in_(set(visit_ids)), Case.restricted.is_(False), cases.visible(viewer))
        .order_by(VisitErrand.case_id)
    ).all()
    return {key: list(group) for key, group in groupby(sorted(rows, key=lambda row: row[0]), lambda row: row[0])}


def last_visit(household_id: int, *, viewer: Viewer) -> Visit | None:
    """The newest visit of a home that the viewer may see; one that met nobody says nothing of it."""
    return db.session.scalar(
        select(Visit)
        .where(Visit.household_id == household_id, Visit.met > 0, visible(viewer))
        .order_by(Visit.visited_at.desc(), Visit.id.desc())
        .limit(1)
    )


def by_uuid(client_uuid: str) -> Visit | None:
    """The visit sent under this mark."""
    return db.session.scalar(select(Visit).where(Visit.client_uuid == client_uuid))


def last_counted_mode(household: Household) -> VisitMode | None:
    """How the contact was made that the next visit is reckoned from."""
    if household.last_visit_at is None:
        return None
    mode = db.session.scalar(
        select(Visit.mode)
        .where(Visit.household_id == household.id, Visit.visited_at == household.last_visit_at)
        .order_by((Visit.met > 0).desc(), Visit.id)
        .limit(1)
    )
    return VisitMode(mode) if mode else None
