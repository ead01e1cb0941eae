"""A new row and the rows that name it, written together.

PostgreSQL takes them as one statement: a journey and a reading for each would cost more than the writing. SQLite has no
such statement and gets one a row. Neither goes through the unit of work: what is written is known already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Select, Table, TableClause, bindparam, insert, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from gridcase.core.db import Base, db, dialect_name, note_write

Made = Callable[[BindParameter[Any]], ColumnElement[Any]]
Names = tuple[tuple[str, Made | None], ...]
Shape = tuple[tuple[TableClause, str | None, Names], ...]


@dataclass(frozen=True)
class Along:
    """A row written along with a new one, which it names in its column `by`, if at all. `made`: what the database makes
    of a value first."""

    into: type[Base] | TableClause
    by: str | None
    values: Mapping[str, Any]
    made: tuple[tuple[str, Made], ...] = ()


def insert_together(model: type[Base], values: Mapping[str, Any], *rows: Along) -> int:
    """Write a new row and the rows along with it; returns its id."""
    session = db.session()
    session.flush()  # what they refer to
    for written in (model, *(row.into for row in rows)):
        if isinstance(written, type):
            note_write(session, written)
    connection, first = session.connection(), _whole(model, values)
    if dialect_name() == "sqlite":
        born: Any = connection.execute(insert(model), first).inserted_primary_key
        for row in rows:
            named = {row.by: born.id} if row.by else {}
            connection.execute(insert(_table(row.into)), {**row.values, **named})
        return int(born.id)
    shape = ((_table(model), None, tuple((name, None) for name in first)), *map(_shape, rows))
    given = {f"{n}_{name}": value for n, part in enumerate((first, *(row.values for row in rows)))
             for name, value in part.items()}  # fmt: skip
    return int(connection.execute(_statement(shape), given).scalar_one())


def values_of(row: Base) -> dict[str, Any]:
    """The columns set on an object that no session knows."""
    columns = _table(type(row)).columns
    return {name: value for name, value in vars(row).items() if name in columns}


def _whole(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, and what the model sets where none is given."""
    whole = {**_defaults(model), **values}
    left = _made_late(model) - whole.keys()
    assert not left, f"{model.__name__} is written without {sorted(left)}, which only the unit of work can make"
    return whole


@lru_cache(maxsize=64)
def _defaults(model: type[Base]) -> dict[str, Any]:
    columns = cast(Table, model.__table__).columns
    return {one.name: one.default.arg for one in columns if isinstance(one.default, ScalarElementColumnDefault)}


@lru_cache(maxsize=64)
def _made_late(model: type[Base]) -> frozenset[str]:
    columns = cast(Table, model.__table__).columns
    return frozenset(
        one.name
        for one in columns
        if one.default is not None and not isinstance(one.default, ScalarElementColumnDefault)
    )


def _table(into: type[Base] | TableClause) -> TableClause:
    return cast(Table, into.__table__) if isinstance(into, type) else into


def _shape(row: Along) -> tuple[TableClause, str | None, Names]:
    made = dict(row.made)
    return _table(row.into), row.by, tuple((name, made.get(name)) for name in row.values)


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> Select[Any]:
    """Made once for what is written, not for its values."""
    (table, _none, names), *rest = shape
    born = insert(table).values(dict(_bound(0, table, names))).returning(table.c.id).cte("born")
    statement = select(born.c.id)
    for n, (into, by, named) in enumerate(rest, start=1):
        columns = dict(_bound(n, into, named)) | ({by: born.c.id} if by else {})
        row = insert(into).from_select(list(columns), select(*columns.values()))
        statement = statement.add_cte(row.cte(f"beside_{n}"))
    return statement


def _bound(n: int, table: TableClause, names: Names) -> Iterator[tuple[str, ColumnElement[Any]]]:
    for name, made in names:
        value = bindparam(f"{n}_{name}", type_=None if made else table.c[name].type)
        yield name, made(value) if made else value
