"""Many rows in one statement with one parameter, passing over those that are there.

The rows travel as one JSON text: a thousand rows of parameters cost the driver more than writing them the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import String, cast, column, func, literal, select, true
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.db import Base, dialect_name


def insert_new(model: type[Base], rows: Sequence[Mapping[str, Any]], *, key: str) -> Any:
    """The statement; every row names the same columns, and `key` is the unique one."""
    columns: list[Any] = [model.__table__.c[name] for name in rows[0]]
    made, source = _postgresql(columns, rows) if dialect_name() == "postgresql" else _sqlite(columns, rows)
    statement = made(model.__table__).from_select([one.name for one in columns], source)
    return statement.on_conflict_do_nothing(index_elements=[key])


def _postgresql(columns: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    found = func.jsonb_to_recordset(cast(literal(_text(rows), String), postgresql.JSONB))
    table = found.table_valued(*(column(one.name, one.type) for one in columns), name="fresh")
    return postgresql.insert, select(*table.render_derived(with_types=True).c)


def _sqlite(columns: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    table = func.json_each(_text(rows)).table_valued("value", name="fresh")
    values = (func.json_extract(table.c.value, f"$.{one.name}") for one in columns)
    return sqlite.insert, select(*values).where(true())  # without WHERE its ON CONFLICT would be read as a join's ON


def _text(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=_stored, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _stored(value: Any) -> str:
    """A moment as SQLite's rows have it, which PostgreSQL reads too once the zone is named."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} cannot be stored")
    zone = "+00" if dialect_name() == "postgresql" else ""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}{zone}"
