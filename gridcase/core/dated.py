"""Rows that hold from one day to another, and from when to when the system believed so.

A home moves on 1 March: its row ends, the next begins. On 5 March it turns out that it moved on 15 February: both rows
are superseded and written anew. Nothing is overwritten, so a page can be asked for any day, and for any day as it was
known at an earlier moment: a report printed two months ago stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, insert, or_, text, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from gridcase.core.db import UtcDateTime, db

# What holds until further notice: of one subject there is one such row, and the database says so.
OPEN_ENDED = text("valid_to IS NULL AND superseded_at IS NULL")


class Dated:
    """Columns of a dated row. `valid_to` is the first day no longer in force; `recorded_at` None: known from the start;
    `superseded_at`: when a later row took over what this one said."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class _Dated(Protocol):
    valid_from: Any
    valid_to: Any
    recorded_at: Any
    superseded_at: Any


def known(model: type[_Dated], at: datetime | None = None) -> ColumnElement[bool]:
    """Rows the system believes now, or believed at a moment."""
    if at is None:
        now: ColumnElement[bool] = model.superseded_at.is_(None)
        return now
    written = or_(model.recorded_at.is_(None), model.recorded_at <= at)
    standing: ColumnElement[bool] = written & or_(model.superseded_at.is_(None), model.superseded_at > at)
    return standing


def in_force(
    model: type[_Dated], day: date | BindParameter[date], *, known_at: datetime | None = None
) -> ColumnElement[bool]:
    """Rows in force on a day, as known now or at an earlier moment."""
    span: ColumnElement[bool] = (model.valid_from <= day) & or_(model.valid_to.is_(None), model.valid_to > day)
    return span & known(model, known_at)


@dataclass(frozen=True)
class Span:
    """A stretch of one subject's time line: [start, end) with the values that hold; `row_id` None: not written yet."""

    start: date
    end: date | None
    values: Mapping[str, Any]
    row_id: int | None = None


@dataclass(frozen=True)
class Rewrite:
    """What a change makes of a time line: rows to supersede, spans to write."""

    superseded: tuple[int, ...]
    written: tuple[Span, ...]


def rewritten(line: Sequence[Span], *, start: date, end: date | None, values: Mapping[str, Any] | None) -> Rewrite:
    """The time line with `values` from `start` to `end` (None: from then on); values None: nothing holds there.

    Spans that lie wholly outside stay untouched; what overlaps is superseded and its remainders are written anew.
    """
    gone: list[int] = []
    new: list[Span] = []
    for span in line:
        if (span.end is not None and span.end <= start) or (end is not None and span.start >= end):
            continue
        if span.row_id is not None:
            gone.append(span.row_id)
        if span.start < start:
            new.append(Span(span.start, start, span.values))
        if end is not None and (span.end is None or span.end > end):
            new.append(Span(end, span.end, span.values))
    if values is not None:
        new.append(Span(start, end, values))
    return Rewrite(tuple(gone), tuple(sorted(new, key=lambda span: span.start)))


def free(line: Sequence[Span], *, start: date, end: date | None) -> list[tuple[date, date | None]]:
    """The parts of [start, end) where the time line, in the order of its days, says nothing."""
    parts: list[tuple[date, date | None]] = []
    for span in line:
        if span.end is not None and span.end <= start:
            continue
        if end is not None and span.start >= end:
            break
        if span.start > start:
            parts.append((start, span.start))
        if span.end is None:
            return parts
        start = span.end
    if end is None or start < end:
        parts.append((start, end))
    return parts


def write(model: type[Any], rewrites: Iterable[Rewrite], *, now: datetime) -> int:
    """Put rewritten time lines into the table in two statements; returns how many rows were written.

    The written rows carry the columns named in the spans' `values`; subjects must be among them.
    """
    every = list(rewrites)
    gone = [row_id for one in every for row_id in one.superseded]
    rows = [
        {**span.values, "valid_from": span.start, "valid_to": span.end, "recorded_at": now}
        for one in every
        for span in one.written
    ]
    identity: InstrumentedAttribute[int] = model.id
    for start in range(0, len(gone), 500):  # SQLite's limit on variables, with room to spare
        some = gone[start : start + 500]
        db.session.execute(
            update(model).where(identity.in_(some)).values(superseded_at=now),
            execution_options={"synchronize_session": False},
        )
    if rows:
        db.session.execute(insert(model), rows)
    return len(rows)
