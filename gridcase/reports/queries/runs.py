"""Reading what was made: of a place, and what towns handed up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.reports.models import ReportForm, ReportRun
from gridcase.reports.queries.sight import visible_runs


def runs(
    viewer: Viewer, *, form_id: int | None = None, place_id: int | None = None, after: str | None = None
) -> Page[Any]:
    """(id, form title, place, period, attempt ...) newest first."""
    query = (
        select(
            ReportRun.id, ReportRun.period, ReportRun.attempt, ReportRun.made_at, ReportRun.made_by,
            ReportRun.handed_up_at, ReportRun.schedule_id, ReportForm.title, ReportForm.title_en,
            Grid.name.label("place"),
        )
        .join(ReportForm, ReportForm.id == ReportRun.form_id)
        .join(Grid, Grid.id == ReportRun.place_id)
        .where(visible_runs(viewer))
    )  # fmt: skip
    if form_id is not None:
        query = query.where(ReportRun.form_id == form_id)
    if place_id is not None:
        query = query.where(ReportRun.place_id == place_id)
    last = read_mark(after, instant, int)
    if last:
        at, row_id = last
        query = query.where(
            or_(ReportRun.made_at < at, and_(ReportRun.made_at == at, ReportRun.id < row_id))
        )  # fmt: skip
    rows = db.session.execute(query.order_by(ReportRun.made_at.desc(), ReportRun.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.made_at.isoformat(), row.id])


def get_run(run_id: int, *, viewer: Viewer) -> ReportRun:
    """One run the viewer may read, else `Missing`."""
    found = db.session.scalar(select(ReportRun).where(ReportRun.id == run_id, visible_runs(viewer)))
    if found is None:
        raise Missing
    return found


def attempts(run: ReportRun, *, viewer: Viewer) -> Sequence[ReportRun]:
    """All that was made of the same form, place and period, newest first."""
    return db.session.scalars(
        select(ReportRun)
        .where(
            ReportRun.form_id == run.form_id, ReportRun.place_id == run.place_id, ReportRun.period == run.period,
            visible_runs(viewer),
        )
        .order_by(ReportRun.attempt.desc())
    ).all()  # fmt: skip


def made(form_id: int, place_id: int, period: str) -> int:
    """How often a form was made for a place and a period."""
    found = db.session.scalar(
        select(func.max(ReportRun.attempt)).where(
            ReportRun.form_id == form_id, ReportRun.place_id == place_id, ReportRun.period == period
        )
    )
    return found or 0


def newest(form_id: int, place_id: int, period: str, *, viewer: Viewer) -> ReportRun | None:
    """The last of what was made of a form for a place and a period."""
    return db.session.scalar(
        select(ReportRun)
        .where(
            ReportRun.form_id == form_id, ReportRun.place_id == place_id, ReportRun.period == period,
            visible_runs(viewer),
        )
        .order_by(ReportRun.attempt.desc())
        .limit(1)
    )  # fmt: skip


def periods_made(form_id: int, place_id: int) -> set[str]:
    """The codes of the periods for which there is a run."""
    return set(
        db.session.scalars(select(ReportRun.period).where(ReportRun.form_id == form_id, ReportRun.place_id == place_id))
    )


def towns(county: Grid) -> Sequence[Grid]:
    """The standing towns of a county, by code."""
    return db.session.scalars(
        select(Grid)
        .where(Grid.level == GridLevel.TOWN, Grid.parent_id == county.id, Grid.valid_to.is_(None))
        .order_by(Grid.code)
    ).all()


def handed_up(county: Grid, form_id: int, period: str) -> dict[int, ReportRun]:
    """What the towns of a county handed up of a form for a period, the last attempt of each, by town."""
    rows = db.session.scalars(
        select(ReportRun)
        .join(Grid, Grid.id == ReportRun.place_id)
        .where(
            under(ReportRun.path, county.path), Grid.level == GridLevel.TOWN, ReportRun.form_id == form_id,
            ReportRun.period == period, ReportRun.handed_up_at.is_not(None),
        )
        .order_by(ReportRun.attempt)
    )  # fmt: skip
    return {row.place_id: row for row in rows}


def periods_handed_up(county: Grid) -> Sequence[Any]:
    """(form id, title, period, how many towns) of what was handed up, the newest periods first."""
    return db.session.execute(
        select(
            ReportForm.id, ReportForm.title, ReportForm.title_en, ReportRun.period,
            func.count(func.distinct(ReportRun.place_id)).label("towns"), func.max(ReportRun.made_at).label("last"),
        )
        .join(ReportForm, ReportForm.id == ReportRun.form_id)
        .join(Grid, Grid.id == ReportRun.place_id)
        .where(
            under(ReportRun.path, county.path), Grid.level == GridLevel.TOWN, ReportRun.handed_up_at.is_not(None)
        )
        .group_by(ReportForm.id, ReportForm.title, ReportForm.title_en, ReportRun.period)
        .order_by(func.max(ReportRun.made_at).desc(), ReportForm.id)
        .limit(PAGE_SIZE)
    ).all()  # fmt: skip
