"""Points where villagers are served: opened, put right, closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import ServicePoint
from gridcase.people.queries import service_points as queries
from gridcase.people.rules.service_points import PointFacts

SEEN = ("name", "kind", "address", "opening", "on_holidays", "hours", "does", "duty", "phone")
SAME_NAME = N_("这里已经有同名的服务点，请换个名称，或改那一个。")
PLACES = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)


def open_point(*, actor: Viewer, place: Grid, client_uuid: str, facts: PointFacts, now: datetime) -> ServicePoint:
    """A new point of a county, town or village that the actor keeps; the same form sent twice opens one."""
    if place.level not in PLACES or not queries.keeps(actor, place.path):
        raise Missing
    row = ServicePoint(
        client_uuid=client_uuid, place_id=place.id, path=place.path, made_at=now, user_id=actor.user_id,
        **facts.checked().values(),
    )  # fmt: skip
    known = queries.under_mark(client_uuid) or _added(row)
    if known is not row:
        if known.user_id != row.user_id:
            raise Refused(N_("请重新打开这张表。"))
        return known
    _check_name(row, facts.name)
    _note("legal.open", row, actor=actor, now=now)
    return row


def edit_point(row: ServicePoint, *, actor: Viewer, facts: PointFacts, seen: str | None, now: datetime) -> None:
    """Put right what is said of it; who opened the page before a change must look again."""
    _lock(row, actor)
    check_seen(row, SEEN, seen)
    _check_name(row, facts.checked().name)
    changes = change(row, facts.values())
    if changes:
        _note("legal.edit", row, actor=actor, now=now, changes=changes)


def close_point(row: ServicePoint, *, actor: Viewer, now: datetime) -> None:
    """It stands no longer from today on; what was counted there stays."""
    _lock(row, actor)
    row.closed_on = town_day(now)
    _note("legal.close", row, actor=actor, now=now)


def _added(row: ServicePoint) -> ServicePoint:
    """The row that stands: the new one, or the one that came in under the same mark a moment before."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        known = queries.under_mark(row.client_uuid)
        if known is None:
            raise
        return known
    return row


def _lock(row: ServicePoint, actor: Viewer) -> None:
    queries.get_kept(row.id, viewer=actor)
    db.session.refresh(row, with_for_update=True)
    if row.closed_on is not None:
        raise Refused(N_("这个服务点已经撤销。"))


def _check_name(row: ServicePoint, name: str) -> None:
    if queries.has_twin(row, name):
        raise Refused(SAME_NAME, field="name")


def _note(action: str, row: ServicePoint, *, actor: Viewer, now: datetime, **detail: object) -> None:
    """The audit names them as it always has, so that one history stays one."""
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="legal_point", subject_id=row.id, place_path=row.path, now=now,
        detail=detail,
    )  # fmt: skip
