"""What every writer of a register shares: the staged rows of a batch, and how a statement reads their values.

A batch is written inside one transaction by a handful of statements, whatever its size: INSERT … SELECT from the staged
rows for what is new, bulk UPDATEs for what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Insert, Integer, cast, func, insert, literal, select, update

from gridcase.core.db import Base, db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.exchange.models import ImportRow
from gridcase.exchange.rules.states import RowState

NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True)
class Batch:
    """The rows of one import written at once: all of them, or those of one village (`part`)."""

    import_id: int
    part: str | None
    actor: Viewer
    on: date
    today: date
    now: datetime

    def rows(self, *row_states: RowState) -> ColumnElement[bool]:
        """The batch's rows in these states."""
        condition = (ImportRow.import_id == self.import_id) & ImportRow.state.in_(row_states)
        return condition if self.part is None else condition & (ImportRow.part == self.part)

    def data(self, *row_states: RowState) -> list[tuple[int, dict[str, Any]]]:
        """(target id, what is to be written) of these rows, in the order of the file."""
        found = db.session.execute(
            select(ImportRow.target_id, ImportRow.data).where(self.rows(*row_states)).order_by(ImportRow.id)
        )
        return [(row.target_id, row.data) for row in found]

    def give_ids(self, model: Any) -> None:
        """Every new row gets the id it will have, so that rows that hang on it need not look for it."""
        if dialect_name() == "postgresql":
            own: Any = func.nextval(func.pg_get_serial_sequence(f'"{model.__tablename__}"', "id"))
        else:
            newest = db.session.scalar(select(func.coalesce(func.max(model.id), 0))) or 0
            first = db.session.scalar(select(func.min(ImportRow.id)).where(self.rows(RowState.NEW))) or 0
            own = ImportRow.id + (newest + 1 - first)
        db.session.execute(
            update(ImportRow).where(self.rows(RowState.NEW)).values(target_id=own), execution_options=NO_SYNC
        )

    def insert(self, model: type[Base], *row_states: RowState, where: Any = True, **columns: Any) -> None:
        """INSERT … SELECT: each column from an expression over the staged row."""
        values = select(*columns.values()).where(self.rows(*row_states))
        if where is not True:
            values = values.where(where)
        statement: Insert = insert(model).from_select(
            list(columns), values.order_by(ImportRow.id), include_defaults=False
        )
        db.session.execute(statement)


def text(name: str) -> Any:
    """A text of the staged row."""
    return ImportRow.data[name].as_string()


def flag(name: str) -> Any:
    """A yes or no of the staged row."""
    return ImportRow.data[name].as_boolean()


def whole(name: str) -> Any:
    """An id of the staged row."""
    return cast(ImportRow.data[name].as_string(), Integer)


def real(name: str) -> Any:
    """Degrees of the staged row."""
    return ImportRow.data[name].as_float()


def day(name: str) -> Any:
    """A day of the staged row; SQLite keeps days as text."""
    found = ImportRow.data[name].as_string()
    return cast(found, Date) if dialect_name() == "postgresql" else found


def moment(now: datetime, column: Any) -> Any:
    """A constant instant in a SELECT, stored as its column stores it."""
    return literal(now, column.type)


def day_of(value: str | None) -> date | None:
    """A day of staged JSON."""
    return date.fromisoformat(value) if value else None


def values_of(data: dict[str, Any], keys: Sequence[str], days: Sequence[str] = ()) -> dict[str, Any]:
    """Of what differs the columns of one table, days as days."""
    return {key: day_of(data[key]) if key in days else data[key] for key in keys if key in data}


def update_rows(model: Any, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Set differing columns of many rows by id, one statement for each set of columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row_id, values in rows:
        if values:
            alike.setdefault(tuple(sorted(values)), []).append({"id": row_id, **values})
    for some in alike.values():
        db.session.execute(update(model), some)
