"""What a form comes to for a place and a period, counted by the room of measures and by what was entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.cases.models import CaseClass
from gridcase.core.db import db
from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import N_, Both, Text
from gridcase.grid.models import Grid
from gridcase.measures.queries import Group, Row, Values, may_tell_apart, opens, values
from gridcase.measures.rules import MEASURES, By, Narrow
from gridcase.measures.rules import Shape as Counting
from gridcase.reports.models import Indicator, ReportForm
from gridcase.reports.queries.indicators import by_codes, entered, villages_of
from gridcase.reports.rules import (
    MEAN,
    Adding,
    Block,
    Cell,
    Entered,
    Head,
    Line,
    Order,
    Part,
    Sheet,
    Spec,
    by_code,
    code_of,
    is_indicator,
    value_of,
)

SUMS = frozenset({Counting.COUNT, Counting.SUM})
TOTAL, NOW, BEFORE = N_("合计"), N_("本期"), N_("上期")
PLACES = frozenset({By.TOWN, By.VILLAGE, By.GROUP})
Test = Callable[[Entered], bool]


@dataclass(frozen=True)
class _Asked:
    """Everything the parts of a sheet have in common."""

    viewer: Viewer
    place: Grid
    period: Period
    now: datetime
    order: Order
    indicators: Mapping[str, Indicator]  # by the key of a column
    entered: Mapping[int, Sequence[Entered]]
    before: Mapping[int, Sequence[Entered]]
    villages: frozenset[str]  # the paths of those below that enter theirs


def sheet(
    viewer: Viewer, form: ReportForm | None, spec: Spec, *, place: Grid, period: Period, now: datetime, title: str = ""
) -> Sheet:
    """The numbers of a form as they are now. `form` None: one that is still being made, under `title`."""
    keys = {key for part in spec.parts for key in part.measures if is_indicator(key)}
    by_code = by_codes({code_of(key) for key in keys})
    known = {key: by_code[code_of(key)] for key in keys if code_of(key) in by_code}
    ids = [one.id for one in by_code.values()]
    earlier = period.before
    asked = _Asked(
        viewer, place, period, now, spec.order, known,
        entered(ids, path=place.path, first=period.first, last=period.last),
        entered(ids, path=place.path, first=earlier.first, last=earlier.last),
        frozenset(one.path for one in villages_of(place)) if ids and place.village_id is None else frozenset(),
    )  # fmt: skip
    parts = [part.at(place.level) for part in spec.parts if may_tell(viewer, part)]
    return Sheet(
        form.title if form else title, form.title_en if form else "", place.name, period,
        tuple(_figures(part, asked) if part.rows is None else _table(part, asked) for part in parts), spec.notes,
        spec.notes_en,
    )  # fmt: skip


def classes_of(major: str) -> Sequence[Any]:
    """(code, zh, en) of the open classes of a major class, by code."""
    return db.session.execute(
        select(CaseClass.code, CaseClass.zh, CaseClass.en)
        .where(CaseClass.major == major, CaseClass.restricted.is_(False), CaseClass.enabled.is_(True))
        .order_by(CaseClass.code)
    ).all()


def _count(part: Part, asked: _Asked, by: tuple[By, ...], period: Period | None = None) -> Values:
    keys = [key for key in part.measures if key in MEASURES]
    keys += [of for key in keys if (of := MEASURES[key].of) is not None]
    narrow = part.narrow.joined(Narrow(path=asked.place.path))
    return values(asked.viewer, keys, period=period or asked.period, now=asked.now, narrow=narrow, by=by)


def may_tell(viewer: Viewer, part: Part) -> bool:
    """Whether this viewer may have the numbers of a part told apart so: the tiers of homes not by everybody."""
    measures = [MEASURES[key] for key in part.measures if key in MEASURES]
    return all(may_tell_apart(viewer, one, by) for one in measures for by in part.by if one.knows(by))


def _head(key: str, asked: _Asked, group: Any = "") -> Head:
    own = asked.indicators.get(key)
    if own is not None:
        adding, name = _adding(key, own), Both(own.name, own.name_en or own.name)
        shape = Counting.SUM if adding in (Adding.FLOW, Adding.STOCK) else str(adding)
        label = N_("%(what)s（村均）", what=name) if adding is Adding.MEAN else name
        return Head(label, Both(own.unit, own.unit_en or own.unit), shape, group, key, _how_many(own, adding, asked))
    measure = MEASURES.get(key)
    if measure is None:
        return Head(key, "", Counting.COUNT, group, key)
    # Of a period long past, what is counted as it is at this moment must say so.
    label = N_("%(what)s（出表时）", what=measure.label) if measure.live else measure.label
    return Head(label, measure.unit, measure.shape, group, key)


def _how_many(own: Indicator, adding: Adding, asked: _Asked) -> Text | str:
    """Of a sum over villages, how many have entered theirs; nothing where all have."""
    there, whole = len(asked.villages.intersection(one.place for one in asked.entered[own.id])), len(asked.villages)
    return "" if adding is Adding.SURVEY or there == whole else N_("%(all)s 村中 %(n)s 村已填", all=whole, n=there)


def _cell(row: Row | None, key: str, asked: _Asked, test: Test, *, exact: Test) -> Cell:
    """One number: entered, or counted with the link to its rows."""
    own = asked.indicators.get(key)
    if own is not None:
        adding = _adding(key, own)
        rows = [one for one in asked.entered[own.id] if (exact if adding is Adding.SURVEY else test)(one)]
        return Cell(value_of(adding, rows))
    measure = MEASURES.get(key)
    if measure is None:
        return Cell()
    if row is None:
        return Cell(0 if measure.shape in SUMS else None)
    of = row.numbers.get(measure.of) if measure.of else None
    number = row.numbers.get(key)
    return Cell(number, of, row.link(key) if number and opens(asked.viewer, measure.source) else None)


def _adding(key: str, own: Indicator) -> Adding:
    """How its numbers are added; a column may ask for their mean instead of their sum."""
    return Adding.MEAN if key.endswith(MEAN) and own.adding == Adding.FLOW else Adding(own.adding)


def _everything(_row: Entered) -> bool:
    return True


def _within(group: Group | None) -> Test:
    """Which of what was entered belongs to a group."""
    if group is None:
        return _everything
    if group.period is not None:
        span = group.period
        return lambda one: span.first <= one.first and one.last <= span.last
    if group.by is By.VILLAGE:
        return lambda one: f"/{group.key}/" in one.place
    return lambda one: group.key is not None and one.place.startswith(str(group.key))


def _at(group: Group | None, place: Grid) -> Test:
    """Which of it was entered for that very place."""
    if group is None or group.period is not None:
        span = _within(group)
        return lambda one: one.place == place.path and span(one)
    if group.by is By.VILLAGE:
        return lambda one: one.place.endswith(f"/{group.key}/")
    return lambda one: one.place == group.key


def _both(*tests: Test) -> Test:
    return lambda one: all(test(one) for test in tests)


def _table(part: Part, asked: _Asked) -> Block:
    """Lines by groups; where columns are told apart too, each group of them and then the sum of the line."""
    rows_by = part.by[:1]
    whole = _count(part, asked, rows_by)
    columns: list[Group | None] = [None]
    if part.columns is not None:
        across = _count(part, asked, part.by[1:])
        columns = [row.group[0] for row in across.rows] + [None]
        feet = {row.group[0].key: row for row in across.rows}
        inner = {tuple(one.key for one in row.group): row for row in _count(part, asked, part.by).rows}
    else:
        feet, inner = {}, {}
    lines = []
    for row in whole.rows:
        group = row.group[0]
        found = [
            _cell(
                row if column is None else inner.get((group.key, column.key)), key, asked,
                _both(_within(group), _within(column)), exact=_both(_at(group, asked.place), _within(column)),
            )
            for column in columns
            for key in part.measures
        ]  # fmt: skip
        lines.append(Line(str(group.key), group.label, tuple(found)))
    total = [
        _cell(
            whole.total if column is None else feet.get(column.key), key, asked, _within(column),
            exact=_at(column, asked.place),
        )
        for column in columns
        for key in part.measures
    ]  # fmt: skip
    heads = tuple(
        _head(key, asked, (TOTAL if column is None else column.label) if part.columns is not None else "")
        for column in columns
        for key in part.measures
    )
    lines += _missing(part, asked, {line.key for line in lines}, columns)
    if part.rows is By.CLASS:
        lines.sort(key=lambda line: by_code(line.key))
    if asked.order is Order.MOST:
        lines.sort(key=lambda line: -(line.cells[0].number or 0))
    return Block(
        heads, tuple(lines), Line("", TOTAL, tuple(total)), part.by[0].label, part.head, part.head_en,
        part.by[0] in PLACES, part.by,
    )  # fmt: skip


def _missing(part: Part, asked: _Asked, there: set[str], columns: Sequence[Group | None]) -> list[Line]:
    """Of a table by the classes of one major class: those without anything have their line too."""
    if part.rows is not By.CLASS or not part.major:
        return []
    empty = tuple(
        _cell(None, key, asked, _nothing, exact=_nothing) for _column in columns for key in part.measures
    )  # fmt: skip
    return [Line(one.code, Both(one.zh, one.en), empty) for one in classes_of(part.major) if one.code not in there]


def _nothing(_row: Entered) -> bool:
    return False


def _figures(part: Part, asked: _Asked) -> Block:
    """A list of figures: this period and the one before. What is of now has no before."""
    now, before = _count(part, asked, ()).total, _count(part, asked, (), asked.period.before).total
    earlier = replace(asked, period=asked.period.before, entered=asked.before, before={})
    here = _at(None, asked.place)
    lines = []
    for key in part.measures:
        head = _head(key, asked)
        then = (
            Cell() if key in MEASURES and MEASURES[key].live else _cell(before, key, earlier, _everything, exact=here)
        )
        lines.append(Line(key, head.label, (_cell(now, key, asked, _everything, exact=here), then), head))
    return Block((Head(NOW), Head(BEFORE)), tuple(lines), None, "", part.head, part.head_en)


def as_seen(viewer: Viewer, kept: Sheet, *, path: str) -> Sheet:
    """A sheet of a place as somebody else may read it: what he may not tell apart there himself is left out."""
    held = viewer.grants_with(Permission.SEE_TIER)
    may_tiers = any(covers(grant, path=path, section_id=None, household_id=None) for grant in held)
    return replace(
        kept, blocks=tuple(block for block in kept.blocks if may_tiers or str(By.TIER) not in map(str, block.by))
    )
