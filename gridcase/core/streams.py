"""A long table as CSV while it is read: COPY on PostgreSQL, a cursor on SQLite. Memory does not grow with the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, String, case, cast, func, literal
from sqlalchemy.engine import Connection

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db, dialect_name
from gridcase.core.masking import STAR
from gridcase.core.sheets_out import FORMULA_SIGNS, guarded

CHUNK = 64 * 1024  # bytes handed on at once
ROWS = 1000  # rows read at once on SQLite
LONGEST = 60  # characters of a masked name
TOWN_HOURS = "+8 hours"  # of TOWN_ZONE, which knows no summer time; SQLite knows no zones


class CsvStream:
    """The rows of some statements one after the other, all as of one moment. Every column is a text made by the
    functions below. `rows` counts what has been read."""

    def __init__(self, headers: Sequence[str], statements: Iterable[Select[Any]]) -> None:
        self.headers, self.statements, self.rows = headers, statements, 0

    def __iter__(self) -> Iterator[bytes]:
        target = io.StringIO(newline="")
        csv.writer(target, lineterminator="\n").writerow([guarded(header) for header in self.headers])
        yield target.getvalue().encode("utf-8-sig")
        read = self._copied if dialect_name() == "postgresql" else self._walked
        with _one_moment() as connection:
            for statement in self.statements:
                yield from read(connection, statement)

    def _copied(self, connection: Connection, statement: Select[Any]) -> Iterator[bytes]:
        whole = statement.compile(dialect=connection.dialect).construct_expanded_state()
        cursor: Any = connection.connection.cursor()
        kept: list[Any] = []
        size = 0
        with cursor, cursor.copy(f"COPY ({whole.statement}) TO STDOUT (FORMAT csv)", whole.parameters) as copy:
            for row in copy:
                kept.append(row)
                size += len(row)
                if size >= CHUNK:
                    self.rows += len(kept)
                    yield b"".join(kept)
                    kept, size = [], 0
        self.rows += len(kept)
        yield b"".join(kept)

    def _walked(self, connection: Connection, statement: Select[Any]) -> Iterator[bytes]:
        found = connection.execution_options(stream_results=True, max_row_buffer=ROWS).execute(statement)
        for part in found.partitions(ROWS):
            target = io.StringIO(newline="")
            csv.writer(target, lineterminator="\n").writerows(part)
            self.rows += len(part)
            yield target.getvalue().encode()


def _one_moment() -> Connection:
    """A connection of its own that sees the database as it is now, however long the reading takes."""
    level = {"isolation_level": "REPEATABLE READ"} if dialect_name() == "postgresql" else {}
    return db.engine.connect().execution_options(**level)


def shown_text(column: Any) -> ColumnElement[str]:
    """A text; one that a spreadsheet might take for a formula starts with a quote."""
    risky = _cut(func.ltrim(column, "'"), 1, 1).in_(list(FORMULA_SIGNS))
    return case((risky, literal("'").concat(column)), else_=column)


def shown_time(column: Any) -> ColumnElement[str]:
    """A moment as the town's clock time."""
    if dialect_name() == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%S", column, TOWN_HOURS, type_=String)
    local = func.timezone(str(TOWN_ZONE), column, type_=DateTime())
    return _cut(cast(local, String), 1, len("2026-11-22 10:00:00"))


def shown_name(column: Any) -> ColumnElement[str]:
    """A name as `core.masking.mask_name` shows it."""
    name = func.trim(column, type_=String)
    length = func.length(name)
    hidden = _cut(literal(STAR * LONGEST), 1, length - 2)
    return case(
        (length <= 1, _cut(literal(STAR), 1, length)),
        (length == 2, _cut(name, 1, 1).concat(STAR)),
        else_=_cut(name, 1, 1).concat(hidden).concat(_cut(name, length, 1)),
    )


def _cut(text: Any, first: Any, length: Any) -> ColumnElement[str]:
    return func.substr(text, first, length, type_=String)
