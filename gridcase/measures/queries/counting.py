"""Numbers by any grouping: a statement or two for each source, whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import case, func, select, text

from gridcase.calendar import queries as calendar
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db, dialect_name
from gridcase.core.periods import Period
from gridcase.core.permissions import Viewer
from gridcase.core.places import cut_to, depth_of
from gridcase.measures.queries.groups import Group, groups_of
from gridcase.measures.queries.sources import TABLES
from gridcase.measures.queries.tables import DEPTHS, Ask, Table
from gridcase.measures.rules import MEASURES, PLACES, By, Measure, Narrow, Shape
from gridcase.measures.rules.hours import glass_over, median_hours

Number = int | float | None
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Row:
    """The numbers of one group. `counts` says how many rows stand behind each, those that `rows` would list; of a
    share, those of the denominator too."""

    group: tuple[Group, ...]
    numbers: Mapping[str, Number]
    counts: Mapping[str, int]
    period: Period
    narrow: Narrow

    def link(self, key: str) -> dict[str, str]:
        """The values of the link to the rows behind one number."""
        return {"measure": key, **self._chosen}

    @cached_property
    def _chosen(self) -> dict[str, str]:
        return {"period": str(self.period), **self.narrow.link()}

    @cached_property
    def query(self) -> str:
        """What the links to all its numbers have in common, as it stands in an address."""
        return urlencode(self._chosen)


@dataclass(frozen=True)
class Values:
    """What was asked for: the groups in their order, and everything together."""

    keys: tuple[str, ...]
    by: tuple[By, ...]
    period: Period
    now: datetime
    rows: Sequence[Row]
    total: Row


@dataclass
class _Sum:
    """What is known of one group so far."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    spans: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))


def values(
    viewer: Viewer,
    keys: Sequence[str],
    *,
    period: Period,
    now: datetime,
    narrow: Narrow | None = None,
    by: tuple[By, ...] = (),
    whole: bool = True,
) -> Values:
    """These measures over everything the viewer's posts reach, told apart by `by`.

    A measure that does not know all of `by` is None in every row. Time alone, or places alone, come `whole`: days
    and places without anything too.
    """
    narrow = narrow or Narrow()
    asked = tuple(dict.fromkeys(keys))
    needed = _with_denominators(asked)
    ask = Ask(period, now, calendar.work_calendar())
    sums: dict[Key, _Sum] = defaultdict(_Sum)
    for table in TABLES.values():
        mine = [one for one in needed if one.source is table.source]
        _count(table, [one for one in mine if one.knows(*by)], viewer, ask, narrow, by, sums)
    total = _totalled(sums, viewer, needed, ask, narrow, by)
    groups = groups_of(viewer, by, list(sums), period=period, now=now, narrow=narrow, whole=whole)
    rows = [_row(group, sums.get(key, _Sum()), asked, ask, narrow, by) for key, group in groups.items()]
    return Values(asked, by, period, now, rows, _row((), total, asked, ask, narrow, ()))


def _with_denominators(keys: Iterable[str]) -> list[Measure]:
    found = {}
    for key in keys:
        measure = MEASURES[key]
        found[key] = measure
        if measure.of is not None:
            found[measure.of] = MEASURES[measure.of]
    return list(found.values())


def _count(
    table: Table,
    measures: Sequence[Measure],
    viewer: Viewer,
    ask: Ask,
    narrow: Narrow,
    by: tuple[By, ...],
    sums: dict[Key, _Sum],
) -> None:
    """Add what one source knows, one statement a clock."""
    clocks: dict[str, list[Measure]] = defaultdict(list)
    for one in measures:
        clocks["" if one.shape is Shape.MEDIAN else table.measures[one.key].clock].append(one)
    for one in clocks.pop("", ()):
        _spans(table, one, viewer, ask, narrow, by, sums)
    for clock, ones in clocks.items():
        columns = [column for one in ones for column in _sums_of(table, one, ask)]
        parts, fold = _parts(table, by, table.clocks[clock].at, ask.period)
        query = select(*parts, *columns).select_from(table.rows).where(*table.around(clock, viewer, ask, narrow, by))
        for row in db.session.execute(query.group_by(*(part.name for part in parts)) if parts else query):
            _add(sums[fold(row)], ones, row._mapping)


def _sums_of(table: Table, measure: Measure, ask: Ask) -> list[Any]:
    counted = table.measures[measure.key]
    own = counted.own(ask)
    found = [func.sum(case((own, 1), else_=0)).label(f"n_{measure.key}")]
    if measure.shape is Shape.SUM:
        found.append(func.sum(case((own, counted.amount), else_=0)).label(f"s_{measure.key}"))
    return found


def _add(total: _Sum, measures: Iterable[Measure], row: Mapping[Any, Any]) -> None:
    for one in measures:
        total.counts[one.key] += int(row[f"n_{one.key}"] or 0)
        if one.shape is Shape.SUM:
            total.amounts[one.key] += int(row[f"s_{one.key}"] or 0)


def _spans(
    table: Table, measure: Measure, viewer: Viewer, ask: Ask, narrow: Narrow, by: tuple[By, ...], sums: dict[Key, _Sum]
) -> None:
    """Medians cannot be added up: the spans themselves are read, two moments a row."""
    begins, ends = table.spans[measure.key]
    parts, fold = _parts(table, by, None, ask.period)
    query = select(*parts, begins.label("begins"), ends(ask).label("ends")).select_from(table.rows)
    for row in db.session.execute(query.where(*table.where(measure.key, viewer, ask, narrow, by))):
        total = sums[fold(row)]
        total.counts[measure.key] += 1
        total.spans[measure.key].append((row.begins, row.ends))


def _parts(table: Table, by: tuple[By, ...], at: Any, period: Period) -> tuple[list[Any], Callable[[Any], Key]]:
    """The columns to group by, and what of them makes the key of a group: weeks of days, groups of paths."""
    columns, folds = [], []
    for number, one in enumerate(by):
        column, fold = _part(table, one, at, period)
        columns.append(column.label(f"g{number}"))
        folds.append(fold)
    return columns, lambda row: tuple(fold(row[number]) for number, fold in enumerate(folds))


def _part(table: Table, by: By, at: Any, period: Period) -> tuple[Any, Callable[[Any], Any]]:
    if by is By.VILLAGE:
        return table.village_id, lambda value: value
    if by in PLACES:
        return table.path, lambda path: above(path, DEPTHS[by])
    if by.spell is None:
        return table.columns[by], lambda value: value
    spell = by.spell
    return _day(at), lambda day: period.cut(Period.of(spell, date.fromisoformat(str(day))))


def above(path: str, depth: int) -> str | None:
    """The place so many levels below the whole: "/1/4/" of "/1/4/23/"; None where the path ends above."""
    return cut_to(path, depth) if depth_of(path) >= depth else None


def _day(at: Any) -> Any:
    """The town's day of a moment (the towns keep one zone, without summer time); a day stays what it is."""
    if getattr(at.type, "python_type", None) is date:
        return at
    if dialect_name() == "sqlite":
        return func.date(at, text("'+8 hours'"))
    return func.date(func.timezone(text(f"'{TOWN_ZONE.key}'"), at))


def _totalled(
    sums: Mapping[Key, _Sum],
    viewer: Viewer,
    needed: Sequence[Measure],
    ask: Ask,
    narrow: Narrow,
    by: tuple[By, ...],
) -> _Sum:
    """Everything together; what did not know the groups is asked for again without them."""
    total = _Sum()
    for part in sums.values():
        for key, count in part.counts.items():
            total.counts[key] += count
        for key, amount in part.amounts.items():
            total.amounts[key] += amount
        for key, spans in part.spans.items():
            total.spans[key] += spans
    strangers = [one for one in needed if not one.knows(*by)]
    found: dict[Key, _Sum] = defaultdict(lambda: total)
    for table in TABLES.values():
        _count(table, [one for one in strangers if one.source is table.source], viewer, ask, narrow, (), found)
    return total


def _row(
    group: tuple[Group, ...], total: _Sum, keys: Collection[str], ask: Ask, narrow: Narrow, by: tuple[By, ...]
) -> Row:
    period = ask.period
    for one in group:
        narrow = narrow.joined(one.narrow)
        period = one.period or period
    numbers = {key: _number(MEASURES[key], total, ask, by) for key in keys}
    counts = {one.key: total.counts.get(one.key, 0) for one in _with_denominators(keys)}
    return Row(group, numbers, counts, period, narrow)


def _scaled(amount: int, scale: int) -> Number:
    return amount if scale == 1 else amount / scale


def _number(measure: Measure, total: _Sum, ask: Ask, by: tuple[By, ...]) -> Number:
    if not measure.knows(*by):
        return None
    if measure.shape is Shape.SUM:
        return _scaled(total.amounts.get(measure.key, 0), TABLES[measure.source].measures[measure.key].scale)
    if measure.shape is Shape.MEDIAN:
        spans = total.spans.get(measure.key, [])
        return median_hours(spans, glass_over(spans, ask.calendar)) if spans else None
    return measure.of_counts(total.counts.get(measure.key, 0), total.counts.get(measure.of or "", 0))
