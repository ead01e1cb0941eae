"""Patrols: what is due this season, the checks made, their findings, and the clues of disputes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.checks.queries import patrol_plan
from gridcase.checks.rules import CheckKind, most_pressing, next_check
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.people.models import Post
from gridcase.reception.models import DisputeClue, PatrolFinding, PatrolRun
from gridcase.reception.queries.places import unhidden, within

CLUES_SHOWN = 20


def last_runs(place: Grid) -> dict[CheckKind, date]:
    """When each kind was last checked at a place."""
    rows = db.session.execute(
        select(PatrolRun.kind, func.max(PatrolRun.done_on).label("day"))
        .where(PatrolRun.place_id == place.id)
        .group_by(PatrolRun.kind)
    )
    return {CheckKind(row.kind): row.day for row in rows}


def due(place: Grid, *, today: date) -> list[tuple[CheckKind, date]]:
    """The kinds in season with the day their next check is due, the most pressing first."""
    plan, last = patrol_plan(place.path, on=today), last_runs(place)
    pairs = [(kind, next_check(plan.seasons[kind], last.get(kind), today=today)) for kind in plan.in_season(today)]
    return most_pressing([(kind, day) for kind, day in pairs if day is not None])


def latest(place: Grid, *, viewer: Viewer, after: str | None) -> Page[Any]:
    """The checks of a place, newest first, with how many findings each has."""
    found = (
        select(PatrolFinding.run_id, func.count().label("findings"))
        .outerjoin(Case, Case.id == PatrolFinding.case_id)
        .where(unhidden(viewer, PatrolFinding.case_id, PatrolFinding.user_id))
        .group_by(PatrolFinding.run_id)
        .subquery()
    )
    query = (
        select(PatrolRun, Post.title, func.coalesce(found.c.findings, 0).label("findings"))
        .outerjoin(found, found.c.run_id == PatrolRun.id)
        .outerjoin(Post, Post.id == PatrolRun.post_id)
        .where(PatrolRun.place_id == place.id)
    )
    last = read_mark(after, date.fromisoformat, int)
    if last:
        day, row_id = last
        query = query.where(or_(PatrolRun.done_on < day, and_(PatrolRun.done_on == day, PatrolRun.id < row_id)))
    rows = db.session.execute(query.order_by(PatrolRun.done_on.desc(), PatrolRun.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.PatrolRun.done_on, row.PatrolRun.id])


def get_run(run_id: int, *, viewer: Viewer) -> PatrolRun:
    """One check of the viewer's places, else `Missing`."""
    found = db.session.scalar(select(PatrolRun).where(PatrolRun.id == run_id, within(viewer, PatrolRun.path)))
    if found is None:
        raise Missing
    return found


def findings(run: PatrolRun, *, viewer: Viewer) -> Sequence[Any]:
    """(finding, case number, state) of a check."""
    return db.session.execute(
        select(PatrolFinding, Case.number, Case.state)
        .outerjoin(Case, Case.id == PatrolFinding.case_id)
        .where(PatrolFinding.run_id == run.id)
        .where(unhidden(viewer, PatrolFinding.case_id, PatrolFinding.user_id))
        .order_by(PatrolFinding.id)
    ).all()


def get_finding(finding_id: int, *, viewer: Viewer) -> tuple[PatrolFinding, PatrolRun]:
    """One finding with its check, else `Missing`."""
    row = db.session.execute(
        select(PatrolFinding, PatrolRun)
        .join(PatrolRun, PatrolRun.id == PatrolFinding.run_id)
        .outerjoin(Case, Case.id == PatrolFinding.case_id)
        .where(
            PatrolFinding.id == finding_id,
            within(viewer, PatrolRun.path),
            unhidden(viewer, PatrolFinding.case_id, PatrolFinding.user_id),
        )
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def clues(place: Grid, *, viewer: Viewer) -> Sequence[Any]:
    """The newest clues of disputes of a place whose case the viewer may open."""
    return db.session.execute(
        select(
            DisputeClue.risk, DisputeClue.at, Case.id, Case.number, Case.title, Case.state, CaseClass.zh, CaseClass.en
        )
        .join(Case, Case.id == DisputeClue.case_id)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .where(under(DisputeClue.path, place.path), cases.visible(viewer))
        .order_by(DisputeClue.case_id.desc())
        .limit(CLUES_SHOWN)
    ).all()
