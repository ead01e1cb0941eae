"""What a source of figures is made of: its rows, who may see them, and one condition for each measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.sql.selectable import FromClause

from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.core.words import Text
from gridcase.core.worktime import WorkCalendar
from gridcase.measures.rules import NONE, SEVERAL, By, Narrow, Source

Condition = ColumnElement[bool]
DEPTHS = {By.COUNTY: 1, By.TOWN: 2, By.GROUP: 4}  # how many places make the path of one


@dataclass(frozen=True)
class Ask:
    """What every condition may depend on. `until` is where a period that is not over yet stops: now."""

    period: Period
    now: datetime
    calendar: WorkCalendar

    @property
    def begins(self) -> datetime:
        """The first moment of the period."""
        return self.period.begins

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self.period.ends

    @property
    def until(self) -> datetime:
        """Its end, or now where it is not over."""
        return min(self.period.ends, self.now)


@dataclass(frozen=True)
class Clock:
    """Which rows a statement looks at: those of the period by the moment `at`, or of now where there is none.

    `order` is how the list of them is sorted: columns, the newest first unless `upward`. Where the order itself tells
    something, `guarded` is the right to know it and the order for those who lack it.
    """

    within: Callable[[Ask], Condition]
    at: Any = None
    order: Any = None
    upward: bool = False
    guarded: tuple[Permission, Any] | None = None

    def seen_by(self, viewer: Viewer) -> Clock:
        """The same in the order this viewer may have."""
        if self.guarded is None:
            return self
        right, plain = self.guarded
        knows = all(right in grant.permissions for grant in viewer.grants_with(Permission.SEE_DASHBOARD))
        return self if knows else replace(self, order=plain)


@dataclass(frozen=True)
class Beside:
    """What the list behind one measure shows besides the cells of its source: the head, the column, and how a value
    of it reads."""

    head: Text
    column: Any
    said: Callable[[Any], Any] = field(default=lambda value: value)


@dataclass(frozen=True)
class Counted:
    """One measure of a source: on which clock it runs, which of those rows are its own, and what is added up (divided
    by `scale`: fen to yuan)."""

    clock: str
    own: Callable[[Ask], Condition] = field(default=lambda _ask: true())
    amount: Any = None
    scale: int = 1
    beside: Beside | None = None


@dataclass(frozen=True)
class Line:
    """One row behind a number. `page` is where it opens: an endpoint and its values, None where there is no page."""

    id: int
    cells: Sequence[Any]
    page: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Table:
    """A source: `rows` is what is joined, `id` the key of one row."""

    source: Source
    rows: FromClause
    id: Any
    path: Any
    village_id: Any
    scope: Callable[[Viewer], Condition]
    sight: Callable[[Viewer], Condition]
    needs: Permission  # what a post must hold besides the figures for their rows to open
    clocks: Mapping[str, Clock]
    measures: Mapping[str, Counted]
    columns: Mapping[By, Any]
    narrows: Mapping[str, Callable[[Any, Ask], Condition]]
    heads: Sequence[Text]
    wanted: Sequence[Any]
    joined: Callable[[Any], Any]
    line: Callable[[Any, Ask], Line]
    spans: Mapping[str, tuple[Any, Callable[[Ask], Any]]] = field(default_factory=dict)
    private: Mapping[By, tuple[Permission, Callable[[Viewer], Condition]]] = field(default_factory=dict)
    guarded: Callable[[Viewer], Sequence[Any]] = field(default=lambda _viewer: ())  # columns empty for some viewers

    def where(self, key: str, viewer: Viewer, ask: Ask, narrow: Narrow, by: tuple[By, ...] = ()) -> list[Condition]:
        """The one condition of a measure: for its number and for its rows."""
        counted = self.measures[key]
        return [*self.around(counted.clock, viewer, ask, narrow, by), counted.own(ask)]

    def around(self, clock: str, viewer: Viewer, ask: Ask, narrow: Narrow, by: tuple[By, ...] = ()) -> list[Condition]:
        """What all measures of one clock have in common; what is told apart by something private asks for more."""
        asked = {*by, *(one for one in self.private if getattr(narrow, one.value) is not None)}
        more = [condition(viewer) for one, (_right, condition) in self.private.items() if one in asked]
        return [self.scope(viewer), self.clocks[clock].within(ask), *more, *self.narrowed(narrow, ask)]

    def narrowed(self, narrow: Narrow, ask: Ask) -> list[Condition]:
        """What the reader chose; a wish this source does not know finds nothing, rather than everything."""
        found = []
        for name in narrow.link():
            value = getattr(narrow, name)
            if name == "path":
                found.append(under(self.path, value) if value != "/" else self.path >= "/")
            elif name == "village_id":
                found.append(self.village_id == value if value else self.village_id.is_(None))
            elif name == "outside":
                found.append(self.path.not_like("/" + "%/" * DEPTHS[By(value)]))
            elif name in self.narrows:
                found.append(self.narrows[name](value, ask))
            else:
                found.append(self.id.is_(None))
        return found


def fixed(condition: Condition) -> Callable[[Ask], Condition]:
    """A condition that depends on no time."""
    return lambda _ask: condition


def within(column: Any, ask: Ask) -> Condition:
    """A moment of the period."""
    return and_(column >= ask.begins, column < ask.ends)


def equals(column: Any) -> Callable[[Any, Ask], Condition]:
    """Rows with this value in a column, or one of several; `NONE` (or 0) finds those without any."""

    def condition(value: Any, _ask: Ask) -> Condition:
        if value in (NONE, 0):
            return and_(column.is_(None))
        return and_(column.in_(value.split(SEVERAL)) if isinstance(value, str) else column == value)

    return condition
