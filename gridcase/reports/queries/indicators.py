"""Reading indicators and what was entered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.reports.models import Indicator, IndicatorValue
from gridcase.reports.queries.sight import above, builds
from gridcase.reports.rules import Adding, Entered


def indicators(path: str, *, survey: bool | None = None) -> Sequence[Indicator]:
    """The indicators in use at a place: those that come with the system, its own and those of the places above."""
    query = select(Indicator).where(Indicator.path.in_(above(path)), Indicator.withdrawn_at.is_(None))
    if survey is not None:
        query = query.where((Indicator.adding == Adding.SURVEY) if survey else (Indicator.adding != Adding.SURVEY))
    return db.session.scalars(query.order_by(Indicator.path, Indicator.id)).all()


def by_codes(codes: Collection[str]) -> dict[str, Indicator]:
    """Indicators by code."""
    if not codes:
        return {}
    return {one.code: one for one in db.session.scalars(select(Indicator).where(Indicator.code.in_(sorted(codes))))}


def get_value(value_id: int, *, viewer: Viewer) -> tuple[IndicatorValue, Indicator, Grid]:
    """A number that stands at one of the viewer's places, else `Missing`."""
    row = db.session.execute(
        select(IndicatorValue, Indicator, Grid)
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .join(Grid, Grid.id == IndicatorValue.place_id)
        .where(
            IndicatorValue.id == value_id, IndicatorValue.superseded_at.is_(None),
            reach(viewer, Permission.SEE_DASHBOARD, path=IndicatorValue.path),
        )
    ).first()  # fmt: skip
    if row is None:
        raise Missing
    return row[0], row[1], row[2]


def get_own_indicator(indicator_id: int, *, viewer: Viewer) -> Indicator:
    """An indicator in use that the viewer may take out of use, else `Missing`."""
    found = db.session.get(Indicator, indicator_id)
    if found is None or found.withdrawn_at is not None or not builds(viewer, found.path):
        raise Missing
    return found


def get_indicator(indicator_id: int, *, path: str) -> Indicator:
    """An indicator in use at a place, else `Missing`."""
    found = db.session.scalar(
        select(Indicator).where(
            Indicator.id == indicator_id, Indicator.path.in_(above(path)), Indicator.withdrawn_at.is_(None)
        )
    )
    if found is None:
        raise Missing
    return found


def held(place_id: int, period: Period) -> dict[int, IndicatorValue]:
    """What stands for a place and a period, by indicator."""
    rows = db.session.scalars(
        select(IndicatorValue).where(
            IndicatorValue.place_id == place_id, IndicatorValue.period == str(period),
            IndicatorValue.superseded_at.is_(None),
        )
    )  # fmt: skip
    return {row.indicator_id: row for row in rows}


def history(indicator_id: int, place_id: int, period: Period) -> Sequence[IndicatorValue]:
    """What was ever entered for a place and a period, newest first."""
    return db.session.scalars(
        select(IndicatorValue)
        .where(
            IndicatorValue.indicator_id == indicator_id, IndicatorValue.place_id == place_id,
            IndicatorValue.period == str(period),
        )
        .order_by(IndicatorValue.id.desc())
    ).all()  # fmt: skip


def entered(ids: Collection[int], *, path: str, first: date, last: date) -> dict[int, list[Entered]]:
    """What stands below a path for periods within some days, by indicator."""
    found: dict[int, list[Entered]] = {one: [] for one in ids}
    if not ids:
        return found
    rows = db.session.execute(
        select(
            IndicatorValue.indicator_id, IndicatorValue.path, IndicatorValue.first, IndicatorValue.last,
            IndicatorValue.hundredths,
        )
        .where(
            IndicatorValue.indicator_id.in_(sorted(ids)), under(IndicatorValue.path, path),
            IndicatorValue.first >= first, IndicatorValue.last <= last, IndicatorValue.superseded_at.is_(None),
        )
        .order_by(IndicatorValue.path, IndicatorValue.first)
    )  # fmt: skip
    for row in rows:
        found[row.indicator_id].append(Entered(row.path, row.first, row.last, row.hundredths))
    return found


def villages_of(place: Grid) -> Sequence[Grid]:
    """The standing villages of a place, by code."""
    return db.session.scalars(
        select(Grid)
        .where(Grid.level == GridLevel.VILLAGE, under(Grid.path, place.path), Grid.valid_to.is_(None))
        .order_by(Grid.code)
    ).all()


def filled(place: Grid, period: Period) -> dict[int, set[int]]:
    """Which indicators stand for days of a period, by place: the year's number is there for its months too."""
    rows = db.session.execute(
        select(IndicatorValue.place_id, IndicatorValue.indicator_id).where(
            under(IndicatorValue.path, place.path), IndicatorValue.superseded_at.is_(None),
            IndicatorValue.first <= period.last, IndicatorValue.last >= period.first,
        )
    )  # fmt: skip
    found: dict[int, set[int]] = {}
    for place_id, indicator_id in rows:
        found.setdefault(place_id, set()).add(indicator_id)
    return found


def parts_held(indicator: Indicator, place: Grid, period: Period) -> list[tuple[Indicator, int]]:
    """(indicator, hundredths) of what stands of the whole this one is a part of, and of its own parts."""
    rows = db.session.execute(
        select(Indicator, IndicatorValue.hundredths)
        .join(IndicatorValue, IndicatorValue.indicator_id == Indicator.id)
        .where(
            or_(Indicator.code == indicator.part_of, Indicator.part_of == indicator.code),
            IndicatorValue.place_id == place.id, IndicatorValue.period == str(period),
            IndicatorValue.superseded_at.is_(None),
        )
        .order_by(Indicator.id)
    )  # fmt: skip
    return [(one, hundredths) for one, hundredths in rows]


def overlapping(indicator_id: int, place_id: int, period: Period) -> IndicatorValue | None:
    """What stands at a place for another period that has days of this one."""
    return db.session.scalar(
        select(IndicatorValue)
        .where(
            IndicatorValue.indicator_id == indicator_id, IndicatorValue.place_id == place_id,
            IndicatorValue.superseded_at.is_(None), IndicatorValue.period != str(period),
            IndicatorValue.first <= period.last, IndicatorValue.last >= period.first,
        )
        .order_by(IndicatorValue.first, IndicatorValue.id)
        .limit(1)
    )  # fmt: skip


def surveys(paths: Collection[str]) -> Sequence[Any]:
    """(value, indicator, place) of survey figures at these places, the newest year first."""
    return db.session.execute(
        select(IndicatorValue, Indicator, Grid)
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .join(Grid, Grid.id == IndicatorValue.place_id)
        .where(
            Indicator.adding == Adding.SURVEY, IndicatorValue.superseded_at.is_(None),
            or_(*(IndicatorValue.path == path for path in sorted(paths))),
        )
        .order_by(IndicatorValue.first.desc(), Grid.code, Indicator.id)
    ).all()  # fmt: skip
