"""Made rows for every table as it stands at a revision, and checksums over them, by reflection alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Column, Connection, Engine, MetaData, Table, insert, inspect, text
from sqlalchemy import types as kinds

from gridcase.core.db import WRITE

DAY = date(2020, 1, 1)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SHAPES = {
    "POINT": "POINT({x} {y})",
    "MULTIPOLYGON": "MULTIPOLYGON((({x} {y}, {x}1 {y}, {x}1 {y}1, {x} {y}1, {x} {y})))",
}
# What the database checks beyond types and references: two accounts a transfer, no purse below 0, a channel of a place
# or a person, no item added to a scheme in force, a veto that lasts, a discount below the price.
CHECKED: dict[tuple[str, str], Callable[[int, int], Any]] = {
    ("points_transfer", "credit_id"): lambda number, _count: number - 1 if number % 2 == 0 else number + 1,
    ("points_account", "kind"): lambda _number, _count: "merit",
    ("notice_channel", "person_id"): lambda _number, _count: None,
    ("points_scheme", "valid_from"): lambda _number, _count: None,
    ("merchant_tier", "percent"): lambda number, _count: number % 90 + 1,
    ("points_veto", "valid_to"): lambda number, _count: DAY + timedelta(days=number + 1),
}
BY_TYPE: tuple[tuple[type, Callable[[int], Any]], ...] = (
    (kinds.Boolean, lambda number: number % 2 == 0),
    (kinds.DateTime, lambda number: MOMENT + timedelta(seconds=number)),
    (kinds.Date, lambda number: DAY + timedelta(days=number)),
    (kinds.JSON, lambda number: {"数": number}),
    (kinds.Float, lambda number: number / 8),
    (kinds.Numeric, lambda number: number / 8),
    (kinds.Integer, lambda number: number),
)
FOLLOWS = frozenset({"case_map"})  # tables that the database fills itself
Marks = dict[str, tuple[tuple[str, ...], str]]


def tables(engine: Engine) -> list[Table]:
    """The tables our migrations made, parents first."""
    metadata, keys = MetaData(), inspect(engine).get_multi_pk_constraint()
    # every primary key of ours carries the name of its table; those of the spatial extensions do not
    ours = [name for (_schema, name), key in keys.items() if key["name"] == f"pk_{name}"]
    metadata.reflect(engine, only=ours, resolve_fks=False)
    return list(metadata.sorted_tables)


def fill(engine: Engine, *, rows: int, first: int = 1) -> list[Table]:
    """`rows` rows in every table, numbered from `first`; row n points at row n of the others. The tables as they
    stand."""
    found = tables(engine)
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        for table in (one for one in found if one.name not in FOLLOWS):
            made = [
                {column.name: _value(table, column, number, rows, first) for column in table.columns}
                for number in range(first, first + rows)
            ]
            connection.execute(insert(table), made)
    return found


def _value(table: Table, column: Column[Any], number: int, count: int, first: int) -> Any:
    checked = CHECKED.get((table.name, column.name))
    if checked is not None:
        return checked(number, count)
    for key in column.foreign_keys:
        own = key.target_fullname.split(".")[0] == table.name
        return (number - 1 if number > first else None) if own else number
    if isinstance(column.type, Geometry):
        shape = SHAPES[str(column.type.geometry_type)]
        return "SRID=4326;" + shape.format(x=100 + number / 1000, y=30 + number / 1000)
    for kind, make in BY_TYPE:
        if isinstance(column.type, kind):
            return make(number)
    return _word(column, number)


def _word(column: Column[Any], number: int) -> str:
    """A text that differs by row and fits."""
    word = f"字{column.name}{number}"
    return word[-(getattr(column.type, "length", None) or len(word)) :]


def checksums(engine: Engine, like: Marks | None = None, known: list[Table] | None = None) -> Marks:
    """A digest per table over its rows by primary key: over the columns of `like`, or over all it has now (`known`: as
    just looked up)."""
    if like is None:
        known = known or tables(engine)
        columns = {table.name: tuple(table.columns.keys()) for table in known}
        keys = {table.name: table.primary_key.columns.keys() for table in known}
    else:
        columns = {name: before for name, (before, _digest) in like.items()}
        found = inspect(engine).get_multi_pk_constraint()  # asked together: each alone was half of these tests' time
        keys = {name: found[None, name]["constrained_columns"] for name in columns}
    with engine.connect() as connection:
        return {name: (these, _digest_of(connection, name, keys[name], these)) for name, these in columns.items()}


def _digest_of(connection: Connection, name: str, keys: list[str], columns: tuple[str, ...]) -> str:
    order = ", ".join(f'"{key}"' for key in keys)
    what = ", ".join(f'ST_AsText("{one}")' if one == "geom" else f'"{one}"' for one in columns)
    digest = hashlib.sha256()
    for row in connection.execute(text(f'SELECT {what} FROM "{name}" ORDER BY {order}')):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def structure(engine: Engine) -> set[str]:
    """Every table, column, index, constraint and trigger of ours, as words that can be compared."""
    inspector, names = inspect(engine), [table.name for table in tables(engine)]
    words = set()
    for name in names:
        words |= {
            f"{name}.{column['name']} {column['type']} {column['nullable']}" for column in inspector.get_columns(name)
        }
        words |= {
            f"{name} {index['name']} {index['column_names']} {index['unique']}" for index in inspector.get_indexes(name)
        }
        words |= {f"{name} {key['name']}" for key in inspector.get_foreign_keys(name)}
        words |= {f"{name} {check['name']}" for check in inspector.get_check_constraints(name)}
    return words | _triggers(engine)


def _triggers(engine: Engine) -> set[str]:
    query = (
        "SELECT tbl_name || ' ' || name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return set(connection.scalars(text(query)))


def assert_whole(engine: Engine) -> None:
    """No orphan, every spatial index in step with its table, nothing left of a rebuild."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        for name, column in connection.execute(text("SELECT f_table_name, f_geometry_column FROM geometry_columns")):
            assert not name.startswith("_alembic")
            assert connection.scalar(text("SELECT CheckSpatialIndex(:t, :c)"), {"t": name, "c": column}) == 1, name
