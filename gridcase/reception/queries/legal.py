"""Points of public legal service: which stand where, and who was advised at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import TOWN, VILLAGE, cut_to, with_above
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid
from gridcase.people.models import Post
from gridcase.reception.models import LegalConsultation, LegalPoint, QuickAnswer
from gridcase.reception.queries.places import roots, unhidden, within

READS = (Permission.REGISTER_CASE, Permission.MANAGE_POSTS)
KEEPS = Permission.MANAGE_POSTS
MOST = 200  # points of one town that are offered at once


def _standing() -> ColumnElement[bool]:
    return LegalPoint.closed_on.is_(None)


def _readable(viewer: Viewer) -> ColumnElement[bool]:
    return or_(*(within(viewer, LegalPoint.path, permission) for permission in READS))


def page(place: Grid, *, viewer: Viewer, closed: bool, after: str | None) -> Page[Any]:
    """(LegalPoint, place name) of what lies in a place, by the code of the place: those that stand, or those that do
    no longer."""
    query = (
        select(LegalPoint, Grid.name.label("place"), Grid.code)
        .join(Grid, Grid.id == LegalPoint.place_id)
        .where(under(LegalPoint.path, place.path), _readable(viewer), ~_standing() if closed else _standing())
        .order_by(Grid.code, LegalPoint.id)
        .limit(PAGE_SIZE + 1)
    )
    last = read_mark(after, str, int)
    if last:
        code, row_id = last
        query = query.where(or_(Grid.code > code, and_(Grid.code == code, LegalPoint.id > row_id)))
    return cut(db.session.execute(query).all(), lambda row: [row.code, row.LegalPoint.id])


def standing_in(place: Grid, *, viewer: Viewer) -> int:
    """How many stand in a place."""
    query = select(func.count()).where(under(LegalPoint.path, place.path), _readable(viewer), _standing())
    return db.session.scalar(query) or 0


def above(place: Grid) -> Sequence[LegalPoint]:
    """Those of the town and county over a place: open to everybody there, kept by others."""
    over = LegalPoint.path.in_(with_above(place.path)[:-1])
    return db.session.scalars(select(LegalPoint).where(over, _standing()).order_by(LegalPoint.path.desc())).all()


def keeps(viewer: Viewer, path: str) -> bool:
    """Whether somebody keeps the points of a place."""
    return any(path.startswith(root) for root in roots(viewer, KEEPS))


def get_point(point_id: int, *, viewer: Viewer) -> LegalPoint:
    """One point of the viewer's places, else `Missing`."""
    return _one(LegalPoint.id == point_id, _readable(viewer))


def get_kept(point_id: int, *, viewer: Viewer) -> LegalPoint:
    """One point that the viewer keeps, else `Missing`."""
    return _one(LegalPoint.id == point_id, reach(viewer, KEEPS, path=LegalPoint.path))


def _one(*conditions: ColumnElement[bool]) -> LegalPoint:
    found = db.session.scalar(select(LegalPoint).where(*conditions))
    if found is None:
        raise Missing
    return found


def has_twin(point: LegalPoint, name: str) -> bool:
    """Whether another point of this name stands at the same place."""
    query = select(LegalPoint.id).where(
        LegalPoint.place_id == point.place_id, LegalPoint.name == name, LegalPoint.id != point.id, _standing()
    )
    return db.session.scalar(query.limit(1)) is not None


def offered(path: str) -> Sequence[LegalPoint]:
    """The points at which somebody of a place may have answered: those in it and those of the places above it."""
    above = LegalPoint.path.in_(with_above(path))
    return db.session.scalars(
        select(LegalPoint)
        .where(or_(under(LegalPoint.path, path), above), _standing())
        .order_by(func.length(LegalPoint.path).desc(), LegalPoint.path, LegalPoint.id)
        .limit(MOST)
    ).all()


def around(path: str) -> tuple[list[Any], list[Any]]:
    """(LegalPoint, place name) for a villager who stands in a place: those of the own village and above it, the nearest
    first; and those of the other villages of the town."""
    village, town = cut_to(path, VILLAGE), cut_to(path, TOWN)
    rows = db.session.execute(
        select(LegalPoint, Grid.name.label("place"))
        .join(Grid, Grid.id == LegalPoint.place_id)
        .where(or_(under(LegalPoint.path, town), LegalPoint.path.in_(with_above(town))), _standing())
        .order_by(func.length(LegalPoint.path).desc(), Grid.code, LegalPoint.id)
        .limit(MOST)
    ).all()
    own = [row for row in rows if village.startswith(row.LegalPoint.path) or row.LegalPoint.path.startswith(village)]
    return own, [row for row in rows if row not in own]


# --- who was advised


def _given(viewer: Viewer, since: datetime, until: datetime, query: Any) -> Any:
    """Answers given at points of the viewer's in a time; what a restricted case hides is counted for nobody else."""
    return (
        query.select_from(LegalConsultation)
        .join(LegalPoint, LegalPoint.id == LegalConsultation.point_id)
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
    count: int = db.session.scalar(query.where(under(LegalPoint.path, place.path))) or 0
    return count


def answers(
    place: Grid, point: LegalPoint | None, *, viewer: Viewer, since: datetime, until: datetime, after: str | None
) -> Page[Any]:
    """(QuickAnswer, point name, post title) behind these figures, newest first."""
    columns = select(QuickAnswer, LegalPoint.id.label("point_id"), LegalPoint.name.label("point"), Post.title)
    query = _given(viewer, since, until, columns).outerjoin(Post, Post.id == QuickAnswer.post_id)
    query = query.where(LegalPoint.id == point.id if point else under(LegalPoint.path, place.path))
    at, last = LegalConsultation.at, read_mark(after, instant, int)
    if last:
        moment, row_id = last
        query = query.where(or_(at < moment, and_(at == moment, QuickAnswer.id < row_id)))
    rows = db.session.execute(query.order_by(at.desc(), QuickAnswer.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.QuickAnswer.at.isoformat(), row.QuickAnswer.id])
