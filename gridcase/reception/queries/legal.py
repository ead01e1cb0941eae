"""Service points as their place reads them, and who was advised at the legal ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.people.models import Post, ServicePoint
from gridcase.people.queries.service_points import standing
from gridcase.people.rules import PointKind
from gridcase.reception.models import LegalConsultation, QuickAnswer
from gridcase.reception.queries.places import unhidden, within

READS = (Permission.REGISTER_CASE, Permission.MANAGE_POSTS)


def _readable(viewer: Viewer) -> ColumnElement[bool]:
    return or_(*(within(viewer, ServicePoint.path, permission) for permission in READS))


def page(place: Grid, *, viewer: Viewer, closed: bool, after: str | None, kind: PointKind | None = None) -> Page[Any]:
    """(ServicePoint, place name) of what lies in a place, by the code of the place: those that stand, or those that do
    no longer; of one kind, or of all."""
    query = (
        select(ServicePoint, Grid.name.label("place"), Grid.code)
        .join(Grid, Grid.id == ServicePoint.place_id)
        .where(under(ServicePoint.path, place.path), _readable(viewer), ~standing() if closed else standing())
        .order_by(Grid.code, ServicePoint.id)
        .limit(PAGE_SIZE + 1)
    )
    if kind is not None:
        query = query.where(ServicePoint.kind == kind.value)
    last = read_mark(after, str, int)
    if last:
        code, row_id = last
        query = query.where(or_(Grid.code > code, and_(Grid.code == code, ServicePoint.id > row_id)))
    return cut(db.session.execute(query).all(), lambda row: [row.code, row.ServicePoint.id])


def standing_in(place: Grid, *, viewer: Viewer) -> int:
    """How many stand in a place."""
    query = select(func.count()).where(under(ServicePoint.path, place.path), _readable(viewer), standing())
    return db.session.scalar(query) or 0


def get_point(point_id: int, *, viewer: Viewer) -> ServicePoint:
    """One point of the viewer's places, else `Missing`."""
    found = db.session.scalar(select(ServicePoint).where(ServicePoint.id == point_id, _readable(viewer)))
    if found is None:
        raise Missing
    return found


# --- who was advised


def _given(viewer: Viewer, since: datetime, until: datetime, query: Any) -> Any:
    """Answers given at points of the viewer's in a time; what a restricted case hides is counted for nobody else."""
    return (
        query.select_from(LegalConsultation)
        .join(ServicePoint, ServicePoint.id == LegalConsultation.point_id)
        .join(QuickAnswer, QuickAnswer.id == LegalConsultation.answer_id)
        .outerjoin(Case, Case.id == QuickAnswer.case_id)
        .where(LegalConsultation.at >= since, LegalConsultation.at < until)
        .where(_readable(viewer), unhidden(viewer, QuickAnswer.case_id, QuickAnswer.user_id))
    )


def advised_at(points: Collection[int], *, viewer: Viewer, since: datetime, until: datetime) -> dict[int, int]:
    """Person-times by point."""
    query = _given(viewer, since, until, select(LegalConsultation.point_id, func.count()))
    rows = db.session.execute(
        query.where(LegalConsultation.point_id.in_(points)).group_by(LegalConsultation.point_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def advised_in(place: Grid, *, viewer: Viewer, since: datetime, until: datetime) -> int:
    """Person-times at all points of a place, those that stand no longer too."""
    query = _given(viewer, since, until, select(func.count()))
    count: int = db.session.scalar(query.where(under(ServicePoint.path, place.path))) or 0
    return count


def answers(
    place: Grid, point: ServicePoint | None, *, viewer: Viewer, since: datetime, until: datetime, after: str | None
) -> Page[Any]:
    """(QuickAnswer, point name, post title) behind these figures, newest first."""
    columns = select(QuickAnswer, ServicePoint.id.label("point_id"), ServicePoint.name.label("point"), Post.title)
    query = _given(viewer, since, until, columns).outerjoin(Post, Post.id == QuickAnswer.post_id)
    query = query.where(ServicePoint.id == point.id if point else under(ServicePoint.path, place.path))
    at, last = LegalConsultation.at, read_mark(after, instant, int)
    if last:
        moment, row_id = last
        query = query.where(or_(at < moment, and_(at == moment, QuickAnswer.id < row_id)))
    rows = db.session.execute(query.order_by(at.desc(), QuickAnswer.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.QuickAnswer.at.isoformat(), row.QuickAnswer.id])
