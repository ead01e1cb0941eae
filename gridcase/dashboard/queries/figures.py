"""The figures, each counted by the very condition of the list behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, case, cast, func, select

from gridcase.cases.models import Case, CaseClass
from gridcase.cases.queries import may_count
from gridcase.cases.rules import on_time_rate
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.dashboard.queries.points import in_list
from gridcase.dashboard.rules import MAJORS, Figures, Filters, Listed, Major
from gridcase.grid.models import Grid


@dataclass(frozen=True)
class Slice:
    """The open cases of one village or one major class."""

    name: str
    major: Major | None
    filters: Filters
    open: int
    late: int
    soon: int

    @property
    def calm(self) -> int:
        """Open and neither late nor soon due."""
        return self.open - self.late - self.soon


def _count(listed: Listed, now: datetime) -> Any:
    return func.coalesce(func.sum(case((in_list(listed, now), 1), else_=0)), 0).label(listed.name.lower())


def figures(viewer: Viewer, *, now: datetime) -> Figures:
    """The figures of everything the viewer's posts may see on the dashboard, in two statements."""
    row: dict[str, int] = {}
    for group in ((Listed.OPEN, Listed.LATE, Listed.SOON), (Listed.CLOSED, Listed.ON_TIME, Listed.IN_GRID)):
        numbers = db.session.execute(
            select(*(_count(listed, now) for listed in group))
            .select_from(Case)
            .join(CaseClass, CaseClass.id == Case.class_id)
            .where(may_count(viewer, Permission.SEE_DASHBOARD), in_list(group[0], now))
        ).one()
        row |= {name: int(number) for name, number in numbers._mapping.items()}
    on_time = on_time_rate(on_time_closed=row["on_time"], closed=row["closed"], open_overdue=row["late"])
    return Figures(**row, on_time_rate=on_time, in_grid_rate=row["in_grid"] / row["closed"] if row["closed"] else None)


def by_village(viewer: Viewer, *, now: datetime) -> list[Slice]:
    """Open cases by village, by code; cases without a village stand in no row."""
    rows = db.session.execute(
        _sliced(viewer, now, Grid.id, Grid.name, Grid.code)
        .join(Grid, Grid.id == Case.village_id)
        .group_by(Grid.id, Grid.name, Grid.code)
        .order_by(Grid.code)
    )
    return [Slice(r.name, None, Filters(village_id=r.id), r.open, r.late, r.soon) for r in rows]


def by_major(viewer: Viewer, *, now: datetime) -> list[Slice]:
    """Open cases by major class, the most first."""
    rows = db.session.execute(
        _sliced(viewer, now, CaseClass.major).group_by(CaseClass.major).order_by(func.count().desc(), CaseClass.major)
    )
    return [
        Slice("", MAJORS[r.major], Filters(major=r.major), r.open, r.late, r.soon) for r in rows if r.major in MAJORS
    ]


def _sliced(viewer: Viewer, now: datetime, *columns: Any) -> Any:
    counts = (cast(_count(each, now), Integer).label(each.name.lower()) for each in (Listed.LATE, Listed.SOON))
    return (
        select(*columns, func.count().label("open"), *counts)
        .select_from(Case)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .where(may_count(viewer, Permission.SEE_DASHBOARD), in_list(Listed.OPEN, now))
    )
