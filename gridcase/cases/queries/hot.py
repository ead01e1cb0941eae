"""Hot issues: what the daily job looks through, the lists, and one issue with the cases its viewer may open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from gridcase.cases.models import Case, CaseClass, CasePoint, HotIssue, HotIssueCase, HotRun
from gridcase.cases.queries.sight import visible
from gridcase.cases.rules import State
from gridcase.cases.rules.alike import Told
from gridcase.cases.rules.hot import WINDOW, Demand, HotState
from gridcase.cases.rules.voices import speaker
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.geo import lon_lat
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel

MOST = 12_000  # demands of one town that are compared; the newest
STANDS = timedelta(days=7)  # an issue that was not found again for so long is no longer hot
LEFT_OUT = (State.VOIDED, State.WITHDRAWN)


def towns_to_look_at(day: date, now: datetime) -> Sequence[Any]:
    """(id, path) of towns with cases of the last month that nobody has looked through on this day."""
    done = exists().where(HotRun.town_id == Grid.id, HotRun.day == day)
    lately = exists().where(Case.town_id == Grid.id, Case.registered_at >= now - WINDOW)
    return db.session.execute(
        select(Grid.id, Grid.path)
        .where(Grid.level == GridLevel.TOWN, Grid.valid_to.is_(None), ~done, lately)
        .order_by(Grid.id)
    ).all()


def demands_of(town_id: int, *, now: datetime) -> list[Demand]:
    """The demands of a town within the last month, the oldest first; never a restricted one."""
    return _demands(Case.town_id == town_id, Case.registered_at >= now - WINDOW, Case.registered_at <= now)


def demands_in(issue_id: int) -> list[Demand]:
    """The demands of an issue, the oldest first; never a restricted one."""
    return _demands(Case.id.in_(select(HotIssueCase.case_id).where(HotIssueCase.issue_id == issue_id)))


def _demands(*conditions: ColumnElement[bool]) -> list[Demand]:
    lon, lat = lon_lat(CasePoint.geom)
    rows = db.session.execute(
        select(
            Case.id, Case.title, Case.text, Case.registered_at, Case.village_id, Case.household_id,
            Case.reporter_phone, Case.reporter_name, CaseClass.code, lon.label("lon"), lat.label("lat"),
        )
        .join(CaseClass, CaseClass.id == Case.class_id)
        .outerjoin(CasePoint, CasePoint.case_id == Case.id)
        .where(
            *conditions, Case.restricted.is_(False), CaseClass.restricted.is_(False), Case.state.not_in(LEFT_OUT)
        )
        .order_by(Case.registered_at.desc(), Case.id.desc())
        .limit(MOST)
    ).all()  # fmt: skip
    return [
        Demand(
            row.id, Told(row.title, row.text), row.code, row.registered_at,
            speaker(row.household_id, row.reporter_phone, row.reporter_name), row.village_id,
            None if row.lon is None else (row.lon, row.lat),
        )
        for row in reversed(rows)
    ]  # fmt: skip


def class_id_of(code: str) -> int:
    """The class of a code that is in the catalogue."""
    return db.session.scalars(select(CaseClass.id).where(CaseClass.code == code)).one()


def restricted_among(case_ids: Collection[int]) -> frozenset[int]:
    """Which of these cases are restricted."""
    return frozenset(db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), Case.restricted)))


def restricted_in_issues(*, limit: int = 200) -> Sequence[int]:
    """Restricted cases that stand in an issue."""
    in_one = exists().where(HotIssueCase.case_id == Case.id)
    return db.session.scalars(select(Case.id).where(Case.restricted, in_one).order_by(Case.id).limit(limit)).all()


def issues_with(case_ids: Collection[int]) -> Sequence[HotIssue]:
    """The issues these cases stand in, whatever became of them."""
    issues = select(HotIssueCase.issue_id).where(HotIssueCase.case_id.in_(case_ids))
    return db.session.scalars(select(HotIssue).where(HotIssue.id.in_(issues)).order_by(HotIssue.id)).all()


def cases_of_issues(town_id: int) -> dict[int, frozenset[int]]:
    """The cases of every issue of a town, whatever became of it."""
    found: dict[int, set[int]] = {}
    rows = db.session.execute(
        select(HotIssueCase.issue_id, HotIssueCase.case_id)
        .join(HotIssue, HotIssue.id == HotIssueCase.issue_id)
        .where(HotIssue.town_id == town_id)
    )
    for row in rows:
        found.setdefault(row.issue_id, set()).add(row.case_id)
    return {key: frozenset(cases) for key, cases in found.items()}


def hot_issues(viewer: Viewer, *, state: HotState, today: date, after: str | None = None) -> Page[Any]:
    """The issues of the viewer's places in one state, the hottest first; of those nobody decided on, only the present
    ones."""
    query = (
        select(*_columns())
        .join(Grid, Grid.id == HotIssue.town_id)
        .join(CaseClass, CaseClass.id == HotIssue.class_id)
        .where(_seen(viewer, Permission.SEE_DASHBOARD), HotIssue.state == state)
        .order_by(HotIssue.heat.desc(), HotIssue.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if state is HotState.FOUND:
        query = query.where(HotIssue.seen_on > today - STANDS)
    mark = read_mark(after, int, int)
    if mark is not None:
        query = query.where((HotIssue.heat < mark[0]) | ((HotIssue.heat == mark[0]) & (HotIssue.id < mark[1])))
    return cut(db.session.execute(query).all(), lambda row: [row.heat, row.id])


def hot_count(viewer: Viewer, *, today: date) -> int:
    """How many issues wait for a decision in the viewer's places."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(HotIssue)
            .where(
                _seen(viewer, Permission.SEE_DASHBOARD), HotIssue.state == HotState.FOUND,
                HotIssue.seen_on > today - STANDS,
            )
        )
        or 0
    )  # fmt: skip


def get_issue(issue_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_DASHBOARD) -> HotIssue:
    """One issue of the viewer's places, else `Missing`."""
    found = db.session.scalar(select(HotIssue).where(HotIssue.id == issue_id, _seen(viewer, permission)))
    if found is None:
        raise Missing
    return found


def class_of_issue(issue: HotIssue) -> CaseClass:
    """The class most of its cases have."""
    return db.session.get_one(CaseClass, issue.class_id)


def may_decide(issue: HotIssue, viewer: Viewer) -> bool:
    """Whether the viewer's posts may name, join or dismiss it."""
    return any(
        grant.path is not None and grant.unit_id is None and grant.household_ids is None and grant.section_id is None
        and issue.path.startswith(grant.path)
        for grant in viewer.grants_with(Permission.ACCEPT_CASE)
    )  # fmt: skip


def issue_cases(issue: HotIssue, viewer: Viewer) -> list[Any]:
    """Those of its cases the viewer may open, the oldest first."""
    return list(
        db.session.execute(
            select(
                Case.id, Case.number, Case.title, Case.state, Case.registered_at, Case.closed_at,
                Grid.name.label("place_name"),
            )
            .join(HotIssueCase, HotIssueCase.case_id == Case.id)
            .join(Grid, Grid.id == Case.grid_id)
            .where(HotIssueCase.issue_id == issue.id, Case.restricted.is_(False), visible(viewer))
            .order_by(Case.registered_at, Case.id)
        )
    )  # fmt: skip


def last_run(town_id: int) -> Any:
    """(at, cases) of the newest look at a town, None before the first."""
    return db.session.execute(
        select(HotRun.at, HotRun.cases).where(HotRun.town_id == town_id).order_by(HotRun.day.desc()).limit(1)
    ).first()


def _columns() -> tuple[Any, ...]:
    return (
        HotIssue.id, HotIssue.title, HotIssue.named, HotIssue.cases, HotIssue.homes, HotIssue.days, HotIssue.heat,
        HotIssue.reasons, HotIssue.last_at, HotIssue.state, HotIssue.reason, HotIssue.path,
        Grid.name.label("town_name"), CaseClass.zh, CaseClass.en,
    )  # fmt: skip


def _seen(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    return reach(viewer, permission, path=HotIssue.path)
