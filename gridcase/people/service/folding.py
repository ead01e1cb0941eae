"""A person registered twice is one: what hangs on the second record comes to the kept one, nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.people.models import CardConsent, Certificate, FirstVisit, PersonTag, Pledge, Seat


def fold_records(double_id: int, kept_id: int, *, actor: Viewer, place_path: str, now: datetime) -> int:
    """Seats, statuses, certificates, first visits, promises and the word on the contact card; returns how many rows.

    Where the kept record says something of the same days (or year, or home) already, that stands.
    """
    moved = _fold_dated(Seat, ("organisation_id",), ("title", "rank", "capacity"), double_id, kept_id, now)
    moved += _fold_dated(PersonTag, ("kind",), (), double_id, kept_id, now)
    moved += _fold_plain(Certificate, ("id",), double_id, kept_id)
    moved += _fold_plain(FirstVisit, ("post_id", "household_id"), double_id, kept_id)
    moved += _fold_plain(Pledge, ("year",), double_id, kept_id)
    moved += _fold_plain(CardConsent, (), double_id, kept_id)
    if moved:
        audit.record(
            actor=actor, action="person.fold", subject_kind="person", subject_id=kept_id, place_path=place_path,
            now=now, detail={"double": double_id, "rows": moved},
        )  # fmt: skip
    return moved


def _fold_dated(
    model: type[Any], key: Sequence[str], values: Sequence[str], double_id: int, kept_id: int, now: datetime
) -> int:
    rows = db.session.scalars(
        select(model).where(model.person_id.in_((double_id, kept_id)), dated.known(model)).order_by(model.valid_from)
    ).all()
    kept: dict[tuple[Any, ...], list[dated.Span]] = {}
    for row in rows:
        if row.person_id == kept_id:
            of_row = kept.setdefault(tuple(getattr(row, name) for name in key), [])
            of_row.append(dated.Span(row.valid_from, row.valid_to, {}, row.id))
    doubled = [row for row in rows if row.person_id == double_id]
    spans = [
        dated.Span(start, end, {"person_id": kept_id} | {name: getattr(row, name) for name in (*key, *values)})
        for row in doubled
        for start, end in dated.free(
            kept.get(tuple(getattr(row, name) for name in key), []), start=row.valid_from, end=row.valid_to
        )
    ]
    if doubled:
        dated.write(model, [dated.Rewrite(tuple(row.id for row in doubled), tuple(spans))], now=now)
    return len(doubled)


def _fold_plain(model: type[Any], key: Sequence[str], double_id: int, kept_id: int) -> int:
    """Rows that hold without days: those the kept record has no row of its own for."""
    columns = [getattr(model, name) for name in key] or [model.person_id.is_not(None)]
    mine = {tuple(row) for row in db.session.execute(select(*columns).where(model.person_id == kept_id))}
    theirs = {tuple(row) for row in db.session.execute(select(*columns).where(model.person_id == double_id))}
    for values in sorted(theirs - mine):
        same = [column == value for column, value in zip(columns, values, strict=True)] if key else []
        db.session.execute(update(model).where(model.person_id == double_id, *same).values(person_id=kept_id))
    return len(theirs - mine)
