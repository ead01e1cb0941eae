"""The month's ledger: what was registered, and the month in figures. Restricted cases are in neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, union

from gridcase.cases.models import Case
from gridcase.cases.queries.counting import closed_in, open_at, registered_in
from gridcase.cases.queries.lists import rows_of
from gridcase.cases.queries.sight import ways_in
from gridcase.core.db import db
from gridcase.core.periods import Period
from gridcase.core.permissions import Viewer

MOST_ROWS = 5000  # of a ledger or of a list as a file


@dataclass(frozen=True)
class Figures:
    """A month in figures; `brought` was open when it began, `left` when it ended (or is now)."""

    brought: int
    registered: int
    closed: int
    closed_late: int
    left: int


def month_rows(viewer: Viewer, month: Period, *, village_id: int | None = None) -> Sequence[Any]:
    """The cases registered in a month, by the time of registration; at most one more than `MOST_ROWS`."""
    conditions = [registered_in(month.begins, month.ends), *_open_to_all(village_id)]
    return rows_of(viewer, conditions, (Case.registered_at, Case.id), newest=True, most=MOST_ROWS)


def _open_to_all(village_id: int | None) -> list[ColumnElement[bool]]:
    return [Case.restricted.is_(False), *([Case.village_id == village_id] if village_id else [])]


def month_figures(viewer: Viewer, month: Period, *, village_id: int | None = None) -> Figures:
    """The same month counted over everything the viewer sees; one statement."""
    begins, ends = month.begins, month.ends
    asked: dict[str, list[ColumnElement[bool]]] = {
        "brought": [open_at(begins)],
        "registered": [registered_in(begins, ends)],
        "closed": [closed_in(begins, ends)],
        "closed_late": [closed_in(begins, ends), Case.closed_late.is_(True)],
        "left": [open_at(ends)],
    }
    ways = ways_in(viewer, newest=False)
    if not ways:
        return Figures(0, 0, 0, 0, 0)
    counts = []
    for name, conditions in asked.items():
        parts = [select(Case.id).where(way, *conditions, *_open_to_all(village_id)) for way in ways]
        found = (union(*parts) if len(parts) > 1 else parts[0]).subquery()
        counts.append(select(func.count()).select_from(found).scalar_subquery().label(name))
    row = db.session.execute(select(*counts)).one()
    return Figures(**{name: int(getattr(row, name)) for name in asked})
