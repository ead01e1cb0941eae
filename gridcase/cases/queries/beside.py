"""What stands beside one case, with names: co-handlers, called units, the cases before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from gridcase.cases.models import Case, CaseLink, CaseParty, WhistleUnit
from gridcase.cases.queries.sight import open_condition, whistle_of
from gridcase.core.db import db
from gridcase.people.models import Post, Unit


def named_parties(parties: Sequence[CaseParty]) -> list[str]:
    """The names of these posts and units."""
    if not parties:
        return []
    rows = db.session.scalars(
        select(func.coalesce(Unit.name, Post.title))
        .select_from(CaseParty)
        .outerjoin(Unit, Unit.id == CaseParty.unit_id)
        .outerjoin(Post, Post.id == CaseParty.post_id)
        .where(CaseParty.id.in_([party.id for party in parties]))
        .order_by(CaseParty.id)
    )
    return list(rows)


def called_units(case: Case) -> Sequence[Any]:
    """(name, report_by, arrived_at, unit_rating, whistle_rating) of the units the whistle calls."""
    whistle = whistle_of(case)
    if whistle is None:
        return []
    return db.session.execute(
        select(
            Unit.name, WhistleUnit.report_by, WhistleUnit.arrived_at, WhistleUnit.unit_rating,
            WhistleUnit.whistle_rating,
        )
        .join(Unit, Unit.id == WhistleUnit.unit_id)
        .where(WhistleUnit.whistle_id == whistle.id)
        .order_by(WhistleUnit.id)
    ).all()  # fmt: skip


def open_follower(case_id: int) -> str | None:
    """The number of a case that follows this one and has not ended."""
    return db.session.scalar(
        select(Case.number)
        .join(CaseLink, CaseLink.case_id == Case.id)
        .where(CaseLink.follows_id == case_id, open_condition())
        .limit(1)
    )


def has_links() -> ColumnElement[bool]:
    """Whether the case of the row follows another, or another follows it."""
    return or_(exists().where(CaseLink.case_id == Case.id), exists().where(CaseLink.follows_id == Case.id))


def linked(case: Case) -> tuple[Any, Sequence[Any]]:
    """(id, number) of the case this one follows, or None; and of those that follow it."""
    rows = db.session.execute(
        select(Case.id, Case.number, CaseLink.case_id, CaseLink.follows_id)
        .join(CaseLink, (CaseLink.case_id == Case.id) | (CaseLink.follows_id == Case.id))
        .where((CaseLink.case_id == case.id) | (CaseLink.follows_id == case.id), Case.id != case.id)
        .order_by(Case.id)
    ).all()
    before = next((row for row in rows if row.case_id == case.id), None)
    return before, [row for row in rows if row.follows_id == case.id]
