"""The database: base class, types, and `transaction()`, the only place that commits.

SQLite's traps are handled here once: foreign keys on, FULL synchronous, WAL, SpatiaLite's functions loaded and the
loader closed again, explicit BEGIN (a write takes the lock at once, so that no reader turns writer half way).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    String,
    event,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    DeclarativeBase,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    make_transient_to_detached,
)
from sqlalchemy.types import TypeDecorator

from gridcase.core import column_index
from gridcase.core.errors import SetupProblem
from gridcase.core.words import N_

try:  # present on Linux x86-64; only used where the interpreter's own sqlite3 cannot load extensions
    from pysqlite3 import dbapi2 as _pysqlite3
except ImportError:  # pragma: no cover - other platforms
    _pysqlite3 = None

try:
    from psycopg import _queries
except ImportError:  # pragma: no cover - it is psycopg's own
    _queries = None  # type: ignore[assignment]

column_index.hold_together()
# psycopg takes a statement apart for its values and keeps what it found of short ones only (4,096 signs, 50 values);
# ours are made once a process, and the longest are sent most.
if _queries is not None:
    _queries.MAX_CACHED_STATEMENT_LENGTH, _queries.MAX_CACHED_STATEMENT_PARAMS = 16_384, 200

WRITE, OPEN, TOUCHED, ADOPTED = "gridcase_write", "gridcase_open", "gridcase_touched", "gridcase_adopted"
BUSY_MS = 10_000
SPATIALITE = "mod_spatialite"


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _Session(FlaskSession):
    def close(self) -> None:
        """What was only read ends with COMMIT: after a ROLLBACK psycopg forgets every prepared statement, and the
        database would plan each statement of the next page anew. Objects stay as they were read."""
        self.expire_on_commit = False
        try:
            end_reading(self)
        finally:  # whatever happens, the connection goes back
            self.expire_on_commit = True
            super().close()


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": _Session})


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are the bug that shifts a deadline by eight hours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Paths and codes compare byte by byte on both databases, so that one index serves prefix ranges.
ByteString = String(120).with_variant(String(120, collation="C"), "postgresql")
Json = JSON().with_variant(JSONB(), "postgresql")


def one_of(column: Any, words: Iterable[str]) -> ColumnElement[bool]:
    """Rows whose column holds one of our own words. They stand in the statement itself: as parameters they would be
    named, checked and sent with every request."""
    found: ColumnElement[bool] = column.in_([literal_column(f"'{word}'") for word in words])
    return found


def at_most(count: int) -> ColumnElement[int]:
    """A number of rows for `limit`, said in the statement itself. Of a parameter PostgreSQL assumes, where it makes one
    plan for all values, that it asks for a tenth of all rows."""
    return literal_column(str(int(count)))


def unseen(value: BindParameter[Any]) -> ColumnElement[Any]:
    """A value that PostgreSQL does not look at while it plans: it then keeps one plan for all values. Else it plans a
    statement of many joins anew for each, which takes as long as to answer it, and what it guesses about a value can
    miss the index that serves them all."""
    return select(value).scalar_subquery()


def sqlite_module() -> ModuleType:
    """The sqlite3 that can load SpatiaLite: the interpreter's own, or pysqlite3 in its place."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    if _pysqlite3 is None:
        raise SetupProblem(N_("这个 Python 的 sqlite3 不能加载扩展，请安装 pysqlite3-binary 或改用系统 Python。"))
    return _pysqlite3


def engine_options(url: str, *, pool_size: int) -> dict[str, Any]:
    """Options for `create_engine`, by database. An error never carries values: it goes into the log."""
    if url.startswith("sqlite"):
        return {
            "module": sqlite_module(),
            "hide_parameters": True,
            "connect_args": {"timeout": BUSY_MS / 1000, "check_same_thread": False},
        }
    return {
        "hide_parameters": True,
        "pool_size": pool_size,
        "max_overflow": 2,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
    }


def prepare_engine(engine: Engine) -> None:
    """Attach the per-connection settings; called once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    connection.enable_load_extension(True)
    try:
        connection.load_extension(SPATIALITE)
    except Exception as error:
        raise SetupProblem(N_("没有找到 SpatiaLite 模块，请安装 libsqlite3-mod-spatialite。")) from error
    finally:
        connection.enable_load_extension(False)  # left on, any SQL injection could run native code
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a town's PC has no battery behind it
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=ON",  # SpatiaLite's triggers call its functions
        "temp_store=MEMORY",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'; SET jit = off; SET lock_timeout = '10s'")
    connection.commit()


class Unaudited(AssertionError):
    """A write was about to be committed without an audit row: a mistake in the code, never shown to users."""


@event.listens_for(Session, "after_flush")
def _note_flush(session: Session, _context: UOWTransaction) -> None:
    for item in (*session.new, *session.dirty, *session.deleted):
        note_write(session, type(item))


@event.listens_for(Session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[TOUCHED] = True
    if state.is_insert or state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is not None:
            note_write(state.session, mapper.class_)


def end_reading(session: Session) -> None:
    """End the transaction of a session that has only selected; one that did anything else is rolled back."""
    pending = session.new or session.dirty or session.deleted or session.info.pop(TOUCHED, False)
    if not session.in_transaction() or session.info.get(OPEN):
        return
    if pending or not session.is_active:
        session.rollback()
        return
    try:
        session.commit()
    except DBAPIError:  # the connection is gone, and with it what was read
        session.rollback()


def note_write(session: Session, model: type) -> None:
    """Models say by `__audit__` how they count: 'is' (the audit row itself), 'free' (no trace asked), else 'asks'."""
    session.info[TOUCHED] = True
    session.info.setdefault("wrote", set()).add(getattr(model, "__audit__", "asks"))


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: everything inside is kept, or nothing is.

    The read transaction that loaded the page ends first, so that what is decided is decided on what is true under the
    write lock: objects loaded before are read again when touched.
    """
    session = db.session()
    if session.info.get(OPEN):
        raise AssertionError("a transaction inside another one would throw away what the outer one has written")
    if session.new or session.dirty or session.deleted:
        raise AssertionError("changes were made outside of a transaction")
    end_reading(session)
    session.info.pop("wrote", None)
    session.info[OPEN] = True
    try:
        session.connection(execution_options={WRITE: True})
        yield session
        session.flush()
        wrote = session.info.get("wrote", set())
        if "asks" in wrote and "is" not in wrote:
            raise Unaudited("a write without an audit row")
        session.commit()
    except BaseException:
        session.rollback()
        _disown(session, [row for _under, row in session.info.get(ADOPTED, ())])
        raise
    finally:
        for note in ("wrote", TOUCHED, OPEN, ADOPTED):
            session.info.pop(note, None)


def adopt(row: Base) -> None:
    """Have the session know an object as the row it stands for, which was written past the unit of work."""
    session = db.session()
    make_transient_to_detached(row)
    session.add(row)
    session.info.setdefault(ADOPTED, []).append((session.get_nested_transaction(), row))


@event.listens_for(Session, "after_soft_rollback")
def _undone(session: Session, undone: SessionTransaction) -> None:
    _disown(session, [row for under, row in session.info.get(ADOPTED, ()) if under is undone])


def _disown(session: Session, rows: Iterable[Base]) -> None:
    """Forget rows that are gone: SQLite gives their ids to the next ones."""
    for row in rows:
        if row in session:
            session.expunge(row)


def dialect_name() -> str:
    """`sqlite` or `postgresql`, for the few statements that differ."""
    return db.engine.dialect.name


def hold_writers(model: type[Base]) -> None:
    """Until the transaction ends nobody else writes this table, and what others wrote before is seen. SQLite lets
    nobody write beside a transaction anyway."""
    if dialect_name() == "postgresql":
        db.session.execute(text(f'LOCK TABLE "{model.__tablename__}" IN SHARE ROW EXCLUSIVE MODE'))


def ready() -> bool:
    """Whether the database answers and has been initialised."""
    session = db.session()
    session.execute(text("SELECT 1 FROM alembic_version"))
    return True
