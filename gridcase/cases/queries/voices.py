"""Voices of a case and the case a voice has joined."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import aliased

from gridcase.cases.models import Case, CaseStep, CaseVoice
from gridcase.cases.queries.sight import visible
from gridcase.cases.rules import State
from gridcase.cases.rules.voices import News, news_in
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid

SHOWN = 20


@dataclass(frozen=True)
class Voices:
    """Around one case. `count`: homes and persons that have spoken, the case itself included; 1 where it is alone.
    `rows`: (id, number, registered_at, place_name, seen) of the newest voices; `first`: what this case has joined."""

    count: int = 1
    total: int = 0
    rows: Sequence[Any] = field(default_factory=tuple)
    first: Any = None


def has_voices() -> ColumnElement[bool]:
    """Whether the case of the row has voices."""
    return exists().where(CaseVoice.first_id == Case.id, CaseVoice.ended_at.is_(None))


def voices_around(case: Case, viewer: Viewer, *, some: bool = True) -> Voices:
    """The voices of a case with whether the viewer may open each, or the case it is a voice of. `some`: whether it is
    known to have any, which spares asking."""
    if case.state == State.DUPLICATE:
        return Voices(first=_first_of(case, viewer))
    if not some:
        return Voices()
    total, count = db.session.execute(
        select(func.count(), func.count().filter(CaseVoice.counted)).where(_joined(case.id))
    ).one()
    if not total:
        return Voices()
    rows = db.session.execute(
        select(Case.id, Case.number, Case.registered_at, Grid.name.label("place_name"), visible(viewer).label("seen"))
        .join(CaseVoice, CaseVoice.case_id == Case.id)
        .join(Grid, Grid.id == Case.grid_id)
        .where(_joined(case.id), or_(Case.restricted.is_(False), visible(viewer)))  # a number of those is a trace too
        .order_by(CaseVoice.id.desc())
        .limit(SHOWN)
    ).all()
    return Voices(1 + count, total, rows)


def _told_result() -> ColumnElement[str | None]:
    """The result of a first case as those who joined it may read it: of one that became restricted nothing."""
    return sql_case((Case.restricted, None), else_=Case.result).label("result")


def _first_of(case: Case, viewer: Viewer) -> Any:
    return db.session.execute(
        select(
            Case.id, Case.number, Case.title, Case.state, _told_result(), Case.closed_at, CaseVoice.since,
            visible(viewer).label("seen"),
        )
        .join(CaseVoice, CaseVoice.first_id == Case.id)
        .where(CaseVoice.case_id == case.id, CaseVoice.ended_at.is_(None))
    ).first()  # fmt: skip


def seen_by_reporter(case: Case) -> tuple[State, str | None]:
    """The state and the result as whoever reported a case reads them: of a voice those of the case it has joined."""
    first = None
    if case.state == State.DUPLICATE:
        first = db.session.execute(
            select(Case.state, _told_result())
            .join(CaseVoice, CaseVoice.first_id == Case.id)
            .where(CaseVoice.case_id == case.id, CaseVoice.ended_at.is_(None))
        ).first()
    return (State(case.state), case.result) if first is None else (State(first.state), first.result)


def voice_count() -> ColumnElement[int]:
    """Homes and persons that have spoken besides the one of the row, for lists."""
    return (
        select(func.count())
        .where(CaseVoice.first_id == Case.id, CaseVoice.ended_at.is_(None), CaseVoice.counted)
        .correlate(Case)
        .scalar_subquery()
    )


def joined_of(case: Case) -> CaseVoice | None:
    """The row that makes this case a voice now."""
    return db.session.scalar(select(CaseVoice).where(CaseVoice.case_id == case.id, CaseVoice.ended_at.is_(None)))


def voices_of(first_id: int, *, heard_before: int | None = None, most: int | None = None) -> Sequence[CaseVoice]:
    """The voices of a case in the order they came; `heard_before`: those that have not followed it to this step."""
    query = select(CaseVoice).where(_joined(first_id)).order_by(CaseVoice.id)
    if heard_before is not None:
        query = query.where(CaseVoice.heard_seq < heard_before)
    return db.session.scalars(query.limit(most)).all()


def speakers(first_id: int) -> Sequence[Any]:
    """(voice id, household_id, reporter_phone, reporter_name) of the voices of a case in the order they came."""
    return db.session.execute(
        select(CaseVoice.id, Case.household_id, Case.reporter_phone, Case.reporter_name)
        .join(Case, Case.id == CaseVoice.case_id)
        .where(_joined(first_id))
        .order_by(CaseVoice.id)
    ).all()


def newest_step(case_id: int) -> int:
    """The number of a case's last step."""
    return db.session.scalar(select(func.max(CaseStep.seq)).where(CaseStep.case_id == case_id)) or 0


def news_of(case_id: int) -> tuple[int, News] | None:
    """The newest thing the voices of a case hear of it."""
    steps = db.session.execute(
        select(CaseStep.seq, CaseStep.from_state, CaseStep.to_state)
        .where(CaseStep.case_id == case_id)
        .order_by(CaseStep.seq)
    ).all()
    return news_in((row.seq, row.from_state, row.to_state) for row in steps)


def unheard(*, limit: int) -> Sequence[int]:
    """Cases that have moved on, or ended, while some of their voices have not followed."""
    told = (State.FEEDBACK, State.CLOSED)
    moved = (
        (CaseStep.to_state.in_(told) & (CaseStep.from_state != CaseStep.to_state))
        | ((CaseStep.from_state == State.CLOSED) & (CaseStep.to_state != State.CLOSED))
        | CaseStep.to_state.in_((State.VOIDED, State.WITHDRAWN))
    )
    first = aliased(Case)
    return db.session.scalars(
        select(CaseVoice.first_id)
        .join(first, first.id == CaseVoice.first_id)
        .join(CaseStep, CaseStep.case_id == CaseVoice.first_id)
        .where(CaseVoice.ended_at.is_(None), CaseStep.seq > CaseVoice.heard_seq, moved)
        .distinct()
        .order_by(CaseVoice.first_id)
        .limit(limit)
    ).all()


def _to_part(first: Any, own: Any) -> ColumnElement[bool]:
    """A voice and an open first case of which one became restricted: such a matter is shown with no other."""
    found: ColumnElement[bool] = (
        CaseVoice.ended_at.is_(None) & first.closed_at.is_(None) & or_(first.restricted, own.restricted)
    )
    return found


def firsts_to_part(among: Collection[int] | None = None, *, limit: int = SHOWN) -> Sequence[int]:
    """First cases with voices that must stand on their own again; `among`: these cases or voices of theirs alone."""
    first, own = aliased(Case), aliased(Case)
    query = (
        select(CaseVoice.first_id)
        .join(first, first.id == CaseVoice.first_id)
        .join(own, own.id == CaseVoice.case_id)
        .where(_to_part(first, own))
    )
    if among is not None:
        query = query.where(CaseVoice.first_id.in_(among) | CaseVoice.case_id.in_(among))
    return db.session.scalars(query.distinct().order_by(CaseVoice.first_id).limit(limit)).all()


def voices_to_part(first: Case, *, most: int) -> Sequence[CaseVoice]:
    """The voices of a case that must stand on their own: all of a restricted one, else those that are restricted."""
    query = select(CaseVoice).join(Case, Case.id == CaseVoice.case_id).where(_joined(first.id))
    if not first.restricted:
        query = query.where(Case.restricted)
    return db.session.scalars(query.order_by(CaseVoice.id).limit(most)).all()


def _joined(first_id: int) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (CaseVoice.first_id == first_id) & CaseVoice.ended_at.is_(None)
    return found
