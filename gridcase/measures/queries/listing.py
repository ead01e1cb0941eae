"""The rows behind one number: found by the very condition that counted them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from gridcase.calendar import queries as calendar
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, encode_mark, instant, read_mark
from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import Text
from gridcase.measures.queries.sources import TABLES
from gridcase.measures.queries.tables import Ask, Clock, Condition, Line, Table
from gridcase.measures.rules import MEASURES, By, Measure, Narrow, Shape, Source
from gridcase.measures.rules.hours import glass_over, median_hours

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(DAY.pattern + "T")


def heads(key: str) -> Sequence[Text]:
    """What stands above the cells of a `Line` of this measure."""
    measure = MEASURES[key]
    table = TABLES[measure.source]
    beside = table.measures[key].beside
    if measure.shape is Shape.MEDIAN:
        return [*table.heads, measure.unit]
    return table.heads if beside is None else [*table.heads, beside.head]


def opens(viewer: Viewer, source: Source) -> bool:
    """Whether all that counts for this viewer may be listed to him too; some posts have the numbers alone."""
    needs = TABLES[source].needs
    return all(needs in grant.permissions for grant in viewer.grants_with(Permission.SEE_DASHBOARD))


def may_tell_apart(viewer: Viewer, measure: Measure, by: By) -> bool:
    """Whether this viewer may have a measure told apart so: the tier of homes not by everybody."""
    private = TABLES[measure.source].private.get(by)
    return measure.knows(by) and (private is None or viewer.may(private[0]))


def rows(
    viewer: Viewer,
    key: str,
    *,
    period: Period,
    now: datetime,
    narrow: Narrow | None = None,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Line]:
    """One page of what a number counted, as far as the viewer may open it; of a share, what it counts in.

    What waits comes in the order it falls due, what happened with the newest first.
    """
    table = TABLES[MEASURES[key].source]
    ask = Ask(period, now, calendar.work_calendar())
    clock = table.clocks[table.measures[key].clock].seen_by(viewer)
    columns, more = _more(table, key, ask)
    wanted = (*table.wanted, *table.guarded(viewer), *columns, clock.order.label("mark"))
    query = (
        table.joined(select(*wanted).select_from(table.rows))
        .where(*table.where(key, viewer, ask, narrow or Narrow()), table.sight(viewer), *_past(table, clock, after))
        .order_by(*_order(table, clock))
        .limit(size + 1)
    )
    found = db.session.execute(query).all()
    kept = found[:size]
    mark = encode_mark((_written(kept[-1].mark), kept[-1].id)) if len(found) > size else None
    lines = [table.line(row, ask) for row in kept]
    return Page([replace(line, cells=[*line.cells, *more(row)]) for line, row in zip(lines, kept, strict=True)], mark)


def _more(table: Table, key: str, ask: Ask) -> tuple[Sequence[Any], Callable[[Any], list[Any]]]:
    """The columns a measure adds to its list, and the cells they become."""
    beside = table.measures[key].beside
    if MEASURES[key].shape is Shape.MEDIAN:
        begins, ends = table.spans[key]
        return (begins.label("begins"), ends(ask).label("ends")), lambda row: [_hours(row, ask)]
    if beside is None:
        return (), lambda _row: []
    return (beside.column.label("beside"),), lambda row: [None if row.beside is None else beside.said(row.beside)]


def _hours(row: Any, ask: Ask) -> float | None:
    span = [(row.begins, row.ends)]
    return median_hours(span, glass_over(span, ask.calendar))


def _order(table: Table, clock: Clock) -> tuple[Any, ...]:
    if clock.upward:
        return clock.order.asc().nulls_last(), table.id
    return clock.order.desc().nulls_last(), table.id.desc()


def _past(table: Table, clock: Clock, after: str | None) -> list[Condition]:
    """What stands behind a mark [moment or null, id]; one that cannot be read starts the list anew."""
    mark = read_mark(after, _read, int)
    if mark is None:
        return []
    value, row_id = mark
    behind = table.id > row_id if clock.upward else table.id < row_id
    if value is None:
        return [clock.order.is_(None), behind]
    beyond = clock.order > value if clock.upward else clock.order < value
    return [or_(beyond, and_(clock.order == value, behind), clock.order.is_(None))]


def _written(value: Any) -> Any:
    """A moment with its zone, a day, or a code."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(value: Any) -> Any:
    if value is None:
        return None
    text = str(value)
    if MOMENT.match(text):
        return instant(text)
    return date.fromisoformat(text) if DAY.fullmatch(text) else text
