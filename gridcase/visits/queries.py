"""Reading visits, and the day of somebody who visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.households.models import Household
from gridcase.households.queries import due, due_day, standing, visible
from gridcase.households.rules import CareTier
from gridcase.people.models import Post
from gridcase.visits.models import Visit
from gridcase.visits.rules import VisitMode

COMING_DAYS, COMING_MOST, DEMANDS_MOST = 14, 12, 12
# A home in need of close support comes before one that only has waited longer.
_urgency = case({CareTier.CONNECTED: 0, CareTier.CONCERNED: 1}, value=Household.tier, else_=2)
_due_on = due_day()


def _homes(viewer: Viewer) -> Select[Any]:
    return select(
        Household.id, Household.code, Household.head_name, Household.address, Household.tier, Household.absent,
        Household.last_visit_at, Household.next_visit_on, _urgency.label("urgency"), _due_on.label("due_on"),
    ).where(visible(viewer, Permission.LOG_VISIT), standing())  # fmt: skip


def due_homes(viewer: Viewer, *, on: date, after: str | None = None, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """The homes whose visit is due, the most urgent first: by tier, then by how long they have waited."""
    query = _homes(viewer).where(due(on))
    last = read_mark(after, int, date.fromisoformat, int)
    if last:
        rank, day, household_id = last
        query = query.where(
            or_(
                _urgency > rank,
                and_(_urgency == rank, _due_on > day),
                and_(_urgency == rank, _due_on == day, Household.id > household_id),
            )
        )
    rows = db.session.execute(query.order_by(_urgency, _due_on, Household.id).limit(size + 1)).all()
    return cut(rows, lambda row: [row.urgency, row.due_on, row.id], size=size)


def due_count(viewer: Viewer, *, on: date) -> int:
    """How many homes wait for a visit."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Household).where(visible(viewer, Permission.LOG_VISIT), due(on))
        )
        or 0
    )


def coming_homes(viewer: Viewer, *, on: date) -> Sequence[Any]:
    """The homes to be visited in the next two weeks, soonest first."""
    return db.session.execute(
        _homes(viewer)
        .where(Household.next_visit_on > on, Household.next_visit_on <= on + timedelta(days=COMING_DAYS))
        .order_by(Household.next_visit_on, _urgency, Household.id)
        .limit(COMING_MOST)
    ).all()


def open_demands(viewer: Viewer) -> Sequence[Any]:
    """Open cases of the homes the viewer visits, the next due first. Restricted ones stand beside no home."""
    return db.session.execute(
        select(
            Case.id, Case.number, Case.title, Case.state, Case.due_at, Case.soon_at, cases.unit_of_limit(),
            Household.head_name,
        )
        .join(CaseClass, CaseClass.id == Case.class_id)
        .join(Household, Household.id == Case.household_id)
        .where(
            visible(viewer, Permission.LOG_VISIT),
            cases.visible(viewer),
            cases.open_condition(),
            Case.restricted.is_(False),
        )
        .order_by(Case.due_at.is_(None), Case.due_at, Case.id)
        .limit(DEMANDS_MOST)
    ).all()  # fmt: skip


def visits_of(household_id: int, *, viewer: Viewer, after: str | None = None) -> Page[Row[Any]]:
    """The visits of a home, newest first, with the post that made them."""
    query = (
        select(
            Visit.id, Visit.visited_at, Visit.mode, Visit.purpose, Visit.met, Visit.state, Visit.ticks, Visit.note,
            Visit.case_id, Case.number, Case.restricted, Post.title.label("post_title"),
        )
        .outerjoin(Post, Post.id == Visit.post_id)
        .outerjoin(Case, Case.id == Visit.case_id)
        .where(
            Visit.household_id == household_id,
            reach(
                viewer,
                Permission.SEE_VISIT,
                path=Visit.path,
                section_id=Visit.section_id,
                household_id=Visit.household_id,
            ),
        )
    )  # fmt: skip
    last = read_mark(after, instant, int)
    if last:
        at, visit_id = last
        query = query.where(or_(Visit.visited_at < at, and_(Visit.visited_at == at, Visit.id < visit_id)))
    newest_first = query.order_by(Visit.visited_at.desc(), Visit.id.desc()).limit(PAGE_SIZE + 1)
    return cut(db.session.execute(newest_first).all(), lambda row: [row.visited_at.isoformat(), row.id])


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
        .order_by(Visit.id)
        .limit(1)
    )
    return VisitMode(mode) if mode else None
