"""Writing many rows past the services: COPY on PostgreSQL, executemany on SQLite. For measuring only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, Table, func, select, text

from gridcase.core.db import Base, db, dialect_name
from gridcase.core.outlines import Point, Ring

BATCH = 10_000
Row = Sequence[Any]


def reserve(model: type[Base], count: int) -> Iterator[int]:
    """`count` ids in a row that nobody else will get."""
    first = _first_id(_table(model), count)
    return iter(range(first, first + count))


def _first_id(table: Table, count: int) -> int:
    if dialect_name() == "sqlite":
        newest: int = db.session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
        return newest + 1
    # nextval may be asked for by a role that must not set sequences
    sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
    series = func.generate_series(1, count).alias("n")
    first: int = db.session.scalar(select(func.min(func.nextval(sequence))).select_from(series)) or 1
    return first


def write(model: type[Base], columns: str, rows: Iterable[Row]) -> int:
    """Insert rows in the order of `columns` (names with blanks between), geometries as EWKT; returns how many."""
    insert = _copy if dialect_name() == "postgresql" else _insert_many
    return insert(_table(model), columns.split(), rows)


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


def point_text(at: Point) -> str:
    """A point as EWKT."""
    return f"SRID=4326;POINT({at[0]:.7f} {at[1]:.7f})"


def area_text(ring: Ring) -> str:
    """An outline as EWKT."""
    return "SRID=4326;MULTIPOLYGON(((" + ",".join(f"{x:.7f} {y:.7f}" for x, y in ring) + ")))"


def words_text(words: Sequence[str]) -> str:
    """Words as the search keeps them: a list on PostgreSQL, with blanks between on SQLite."""
    return " ".join(words) if dialect_name() == "sqlite" else '{"' + '","'.join(words) + '"}'


def _processors(table: Table, columns: Sequence[str]) -> list[Callable[[Any], Any] | None]:
    """What each column's type does to a value before the driver sees it."""
    dialect = db.engine.dialect
    kinds = [table.c[name].type.dialect_impl(dialect) for name in columns]
    return [None if isinstance(kind, Geometry | ARRAY) else kind.bind_processor(dialect) for kind in kinds]


def _ready(table: Table, columns: Sequence[str], rows: Iterable[Row]) -> Iterable[list[Any]]:
    processors = _processors(table, columns)
    for row in rows:
        yield [value if process is None else process(value) for process, value in zip(processors, row, strict=True)]


def _insert_many(table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    marks = ", ".join("GeomFromEWKT(?)" if isinstance(table.c[name].type, Geometry) else "?" for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - names come from the models
    cursor = _cursor()
    ready, count = iter(_ready(table, columns, rows)), 0
    while batch := list(islice(ready, BATCH)):
        cursor.executemany(statement, batch)
        count += len(batch)
    return count


def _copy(table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    names = ", ".join(f'"{name}"' for name in columns)
    count = 0
    with _cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in _ready(table, columns, rows):
            copy.write_row(row)
            count += 1
    return count


def _cursor() -> Any:
    return db.session.connection().connection.cursor()


def index_words() -> None:
    """Let SQLite's index read the words that were written; PostgreSQL's has read them."""
    if dialect_name() == "sqlite":
        db.session.execute(text("INSERT INTO case_search_fts (case_search_fts) VALUES ('rebuild')"))


def analyze() -> None:
    """Let the planner know what is there; on PostgreSQL its own vacuum does, as the tables belong to another role."""
    if dialect_name() == "sqlite":
        db.session.execute(text("ANALYZE"))
