"""The month's ledger: what was registered, and the month in figures. Restricted cases are in neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, func, select, union

from gridcase.cases.models import Case
from gridcase.cases.queries.lists import rows_of
from gridcase.cases.queries.sight import ways_in
from gridcase.cases.rules import State
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.permissions import Viewer

MOST_ROWS = 5000  # of a ledger or of a list as a file
# What never was a matter of the month: not counted, not listed.
LEFT_OUT = (State.VOIDED, State.DUPLICATE)


@dataclass(frozen=True)
class Month:
    """A month of the town's calendar."""

    year: int
    month: int

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(date(self.year, self.month, 1), time(), TOWN_ZONE)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self.next.begins

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> Month:
        """The month before it."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


@dataclass(frozen=True)
class Figures:
    """A month in figures; `brought` was open when it began, `left` when it ended (or is now)."""

    brought: int
    registered: int
    closed: int
    closed_late: int
    left: int


def month_rows(viewer: Viewer, month: Month, *, village_id: int | None = None) -> Sequence[Any]:
    """The cases registered in a month, by the time of registration; at most one more than `MOST_ROWS`."""
    registered = (Case.registered_at >= month.begins, Case.registered_at < month.ends)
    conditions = [*registered, *_counted(village_id)]
    return rows_of(viewer, conditions, (Case.registered_at, Case.id), newest=True, most=MOST_ROWS)


def _counted(village_id: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Case.restricted.is_(False), Case.state.not_in(LEFT_OUT)]
    return [*conditions, Case.village_id == village_id] if village_id else conditions


def month_figures(viewer: Viewer, month: Month, *, village_id: int | None = None) -> Figures:
    """The same month counted over everything the viewer sees; one statement."""
    begins, ends = month.begins, month.ends
    old = Case.registered_at < begins
    within = (Case.closed_at >= begins) & (Case.closed_at < ends) & (Case.state == State.CLOSED)
    open_then = Case.closed_at.is_(None)
    asked: dict[str, list[ColumnElement[bool]]] = {
        "brought": [old, open_then | (Case.closed_at >= begins)],
        "registered": [Case.registered_at >= begins, Case.registered_at < ends],
        "closed": [within],
        "closed_late": [within, Case.closed_late.is_(True)],
        "left": [Case.registered_at < ends, open_then | (Case.closed_at >= ends)],
    }
    ways = ways_in(viewer, newest=False)
    if not ways:
        return Figures(0, 0, 0, 0, 0)
    counts = []
    for name, conditions in asked.items():
        parts = [select(Case.id).where(way, *conditions, *_counted(village_id)) for way in ways]
        found = (union(*parts) if len(parts) > 1 else parts[0]).subquery()
        counts.append(select(func.count()).select_from(found).scalar_subquery().label(name))
    row = db.session.execute(select(*counts)).one()
    return Figures(**{name: int(getattr(row, name)) for name in asked})
