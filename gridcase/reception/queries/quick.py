"""Quick answers: the latest, and how many this month."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from gridcase.cases.models import Case, CaseClass
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.models import Post
from gridcase.reception.models import QuickAnswer
from gridcase.reception.queries.places import unhidden, within


def latest(place: Grid, *, viewer: Viewer, after: str | None) -> Page[Any]:
    """The quick answers of a place, newest first."""
    query = (
        select(QuickAnswer, CaseClass.zh, CaseClass.en, Case.number, Post.title)
        .join(CaseClass, CaseClass.id == QuickAnswer.class_id)
        .outerjoin(Case, Case.id == QuickAnswer.case_id)
        .outerjoin(Post, Post.id == QuickAnswer.post_id)
        .where(_of(place), unhidden(viewer, QuickAnswer.case_id, QuickAnswer.user_id))
    )
    last = read_mark(after, instant, int)
    if last:
        at, row_id = last
        query = query.where(or_(QuickAnswer.at < at, and_(QuickAnswer.at == at, QuickAnswer.id < row_id)))
    rows = db.session.execute(query.order_by(QuickAnswer.at.desc(), QuickAnswer.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.QuickAnswer.at.isoformat(), row.QuickAnswer.id])


def _of(place: Grid) -> Any:
    return QuickAnswer.place_id == place.id


def counted(place: Grid, *, viewer: Viewer, since: datetime, until: datetime) -> int:
    """How many questions were answered in a time."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(QuickAnswer)
            .outerjoin(Case, Case.id == QuickAnswer.case_id)
            .where(_of(place), QuickAnswer.at >= since, QuickAnswer.at < until)
            .where(unhidden(viewer, QuickAnswer.case_id, QuickAnswer.user_id))
        )
        or 0
    )


def get_answer(answer_id: int, *, viewer: Viewer) -> QuickAnswer:
    """One quick answer of the viewer's places, else `Missing`."""
    found = db.session.scalar(
        select(QuickAnswer)
        .outerjoin(Case, Case.id == QuickAnswer.case_id)
        .where(
            QuickAnswer.id == answer_id,
            within(viewer, QuickAnswer.path),
            unhidden(viewer, QuickAnswer.case_id, QuickAnswer.user_id),
        )
    )
    if found is None:
        raise Missing
    return found
