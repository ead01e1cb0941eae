"""What lies before a council: the items of one case, and the agendas of the villages somebody sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from gridcase.cases.models import Case, CaseAgenda
from gridcase.cases.queries.sight import visible
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Viewer
from gridcase.people import queries as people
from gridcase.people.models import Decision, Organisation

# As rules.agenda.waits says it of one.
_WAITS = or_(
    CaseAgenda.outcome.is_(None), and_(CaseAgenda.outcome == AgendaOutcome.ASSEMBLY, CaseAgenda.decision_id.is_(None))
)


def agenda_of(case: Case, viewer: Viewer) -> Sequence[Any]:
    """(item, council's name, number of a decision, whether the viewer may open council and decision) of a case, oldest
    first. The case holds its items from then on."""
    rows = db.session.execute(
        select(
            CaseAgenda, Organisation.name, Decision.number,
            people.near(viewer, Organisation.place_path).label("opens"),
            and_(Decision.id.is_not(None), people.readable(viewer)).label("reads"),
        )
        .join(Organisation, Organisation.id == CaseAgenda.organisation_id)
        .outerjoin(Decision, Decision.id == CaseAgenda.decision_id)
        .where(CaseAgenda.case_id == case.id)
        .order_by(CaseAgenda.id)
    ).all()  # fmt: skip
    set_committed_value(case, "agenda", [row.CaseAgenda for row in rows])
    return rows


def agendas(viewer: Viewer, *, done: bool, body_id: int | None = None, after: str | None = None) -> Page[Any]:
    """What the councils have before them, the next meeting first; `done`: what they talked over, the latest first.
    A case the viewer does not see is not in it, nor, whoever looks, one that has become restricted."""
    query = (
        select(
            CaseAgenda.id, CaseAgenda.case_id, CaseAgenda.planned_on, CaseAgenda.outcome, CaseAgenda.agreed,
            CaseAgenda.why, CaseAgenda.done_at, Case.number, Case.title, Organisation.name.label("council"),
        )
        .join(Case, Case.id == CaseAgenda.case_id)
        .join(Organisation, Organisation.id == CaseAgenda.organisation_id)
        .where(visible(viewer), Case.restricted.is_(False))
    )  # fmt: skip
    if body_id is not None:
        query = query.where(CaseAgenda.organisation_id == body_id)
    rows = db.session.execute((_done if done else _to_come)(query, after).limit(PAGE_SIZE + 1)).all()
    if done:
        return cut(rows, lambda row: [row.done_at.isoformat(), row.id])
    return cut(rows, lambda row: [row.planned_on.isoformat(), row.id])


def _to_come(query: Select[*tuple[Any, ...]], after: str | None) -> Select[*tuple[Any, ...]]:
    query = query.where(_WAITS).order_by(CaseAgenda.planned_on, CaseAgenda.id)
    if not (mark := read_mark(after, date.fromisoformat, int)):
        return query
    day, last = mark
    return query.where(or_(CaseAgenda.planned_on > day, and_(CaseAgenda.planned_on == day, CaseAgenda.id > last)))


def _done(query: Select[*tuple[Any, ...]], after: str | None) -> Select[*tuple[Any, ...]]:
    query = query.where(~_WAITS).order_by(CaseAgenda.done_at.desc(), CaseAgenda.id.desc())
    if not (mark := read_mark(after, instant, int)):
        return query
    at, last = mark
    return query.where(or_(CaseAgenda.done_at < at, and_(CaseAgenda.done_at == at, CaseAgenda.id < last)))
