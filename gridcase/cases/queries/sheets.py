"""Supervision sheets: which late case has none yet, a town's list, and one of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from gridcase.cases.models import Case, SupervisionSheet
from gridcase.cases.queries.sight import open_condition
from gridcase.cases.rules import SheetState, State
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import outside, reach
from gridcase.grid.models import Grid
from gridcase.people.models import Post, Unit

AT_ONCE = 100
LEAST_LATE = timedelta(days=5)  # five working days are at least that long
PAGE = 25


def late_without_sheet(now: datetime, *, asleep: Collection[str] = ()) -> Sequence[Any]:
    """(id, path, due_at) of open cases long late and not supervised for this due time, the latest first; none of
    counties that are `asleep`."""
    has_one = exists().where(SupervisionSheet.case_id == Case.id, SupervisionSheet.due_at == Case.due_at)
    return db.session.execute(
        select(Case.id, Case.path, Case.due_at)
        .where(
            open_condition(), Case.due_at < now - LEAST_LATE, Case.restricted.is_(False),
            Case.state != State.SUSPENDED, outside(Case.path, asleep), ~has_one,
        )
        .order_by(Case.due_at, Case.id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip


def supervision_sheets(viewer: Viewer, *, state: SheetState, after: str | None = None) -> Page[Any]:
    """The sheets in one state, the newest first."""
    mark = read_mark(after, int)
    query = (
        select(
            SupervisionSheet.id, SupervisionSheet.due_at, SupervisionSheet.drafted_at, Case.number, Case.title,
            Grid.name.label("place_name"), Unit.name.label("unit_name"), Post.title.label("post_title"),
        )
        .join(Case, Case.id == SupervisionSheet.case_id)
        .join(Grid, Grid.id == Case.grid_id)
        .outerjoin(Unit, Unit.id == Case.handler_unit_id)
        .outerjoin(Post, Post.id == Case.handler_post_id)
        .where(SupervisionSheet.state == state, _seen(viewer))
        .order_by(SupervisionSheet.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    if state is SheetState.DRAFTED:  # what has ended needs no urging
        query = query.where(open_condition())
    if mark is not None:
        query = query.where(SupervisionSheet.id < mark[0])
    return cut(db.session.execute(query).all(), lambda row: [row.id])


def get_sheet(sheet_id: int, *, viewer: Viewer) -> tuple[SupervisionSheet, Case]:
    """One sheet of the viewer's with its case, else `Missing`."""
    found = db.session.execute(
        select(SupervisionSheet, Case)
        .join(Case, Case.id == SupervisionSheet.case_id)
        .where(SupervisionSheet.id == sheet_id, _seen(viewer))
    ).first()
    if found is None:
        raise Missing
    return found[0], found[1]


def sheets_of(case: Case, *, viewer: Viewer) -> Sequence[int]:
    """The sheets of a case that this viewer may open, the newest first."""
    query = (
        select(SupervisionSheet.id)
        .join(Case, Case.id == SupervisionSheet.case_id)
        .where(SupervisionSheet.case_id == case.id, SupervisionSheet.state != SheetState.DROPPED, _seen(viewer))
    )
    return db.session.scalars(query.order_by(SupervisionSheet.id.desc())).all()


def _seen(viewer: Viewer) -> Any:
    return reach(viewer, Permission.SUPERVISE_CASE, path=SupervisionSheet.path) & Case.restricted.is_(False)
