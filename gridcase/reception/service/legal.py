"""Points of public legal service: opened, put right, closed; an answer given at one counts there."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.reception.models import LegalConsultation, LegalPoint, QuickAnswer
from gridcase.reception.queries import legal as queries
from gridcase.reception.queries import places
from gridcase.reception.rules.legal import INQUIRY, LegalFacts
from gridcase.reception.service.raising import once

SEEN = ("name", "address", "hours", "duty", "phone")
SAME_NAME = N_("这里已经有同名的服务点，请换个名称，或改那一个。")


def open_point(*, actor: Viewer, place: Grid, client_uuid: str, facts: LegalFacts, now: datetime) -> LegalPoint:
    """A new point of a county, town or village that the actor keeps."""
    places.get_place(place.id, viewer=actor, permission=Permission.MANAGE_POSTS)
    made = LegalPoint(
        client_uuid=client_uuid, place_id=place.id, path=place.path, made_at=now, user_id=actor.user_id,
        **facts.checked().values(),
    )  # fmt: skip
    row, new = once(made, LegalPoint)
    if new:
        _check_name(row, facts.name)
        _note("legal.open", row, actor=actor, now=now)
    return row


def edit_point(row: LegalPoint, *, actor: Viewer, facts: LegalFacts, seen: str | None, now: datetime) -> None:
    """Put right what is said of it; who opened the page before a change must look again."""
    _lock(row, actor)
    check_seen(row, SEEN, seen)
    _check_name(row, facts.checked().name)
    changes = change(row, facts.values())
    if changes:
        _note("legal.edit", row, actor=actor, now=now, changes=changes)


def close_point(row: LegalPoint, *, actor: Viewer, now: datetime) -> None:
    """It stands no longer from today on; what was counted there stays."""
    _lock(row, actor)
    row.closed_on = town_day(now)
    _note("legal.close", row, actor=actor, now=now)


def count_at(answer: QuickAnswer, point_id: int) -> None:
    """An answer just written was given at this point."""
    db.session.add(LegalConsultation(answer_id=answer.id, point_id=point_id, at=answer.at))


def check_point(point_id: int, *, class_code: str, place: Grid) -> None:
    """A point counts questions about policy and law, of the place it serves."""
    if class_code != INQUIRY:
        raise Refused(N_("服务点只计“政策与法律咨询”，请选这一类，或不选服务点。"), field="point")
    if point_id not in {one.id for one in queries.offered(place.path)}:
        raise Refused(N_("这个服务点已撤销，请换一个。"), field="point")


def _lock(row: LegalPoint, actor: Viewer) -> None:
    queries.get_kept(row.id, viewer=actor)
    db.session.refresh(row, with_for_update=True)
    if row.closed_on is not None:
        raise Refused(N_("这个服务点已经撤销。"))


def _check_name(row: LegalPoint, name: str) -> None:
    if queries.has_twin(row, name):
        raise Refused(SAME_NAME, field="name")


def _note(action: str, row: LegalPoint, *, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="legal_point", subject_id=row.id, place_path=row.path, now=now,
        detail=detail,
    )  # fmt: skip
