"""The traps of the database, each shown with the handling in place."""

from __future__ import annotations

import inspect
import threading

import pytest
from flask import Flask
from psycopg import _queries
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from gridcase.audit import service as audit
from gridcase.audit.models import AuditRow
from gridcase.core.db import Unaudited, db, dialect_name, transaction
from gridcase.core.permissions import job
from gridcase.people.models import Person
from gridcase.users.models import User
from tests.factories.world import START, World


def test_a_write_without_audit_row_is_not_kept(ctx: Flask) -> None:
    with pytest.raises(Unaudited), transaction():
        db.session.add(Person(name="无痕", place_path="/"))
    assert db.session.scalar(select(Person.id).where(Person.name == "无痕")) is None


def test_a_bulk_write_without_audit_row_is_not_kept(ctx: Flask) -> None:
    with pytest.raises(Unaudited), transaction():
        db.session.execute(insert(Person).values(name="无痕", place_path="/"))


def test_a_transaction_inside_another_is_a_mistake_that_shows(ctx: Flask, world: World) -> None:
    """Opening a second one begins by throwing away what the first has written: it must not do so in silence."""
    user_id = world.users["liaison"]

    def nested() -> None:
        with transaction():
            db.session.execute(update(User).where(User.id == user_id).values(failures=3))
            with transaction():
                pass

    with pytest.raises(AssertionError, match="inside another"):
        nested()
    assert db.session.get_one(User, user_id).failures == 0
    with transaction():  # and the mistake leaves nothing behind
        db.session.get_one(User, user_id).failures = 4
        audit.record(actor=job("t"), action="t", subject_kind="user", subject_id=user_id, now=START)
    assert db.session.get_one(User, user_id).failures == 4


def test_what_is_written_outside_a_transaction_is_not_kept(ctx: Flask, world: World) -> None:
    """Reading ends with COMMIT: that must not keep what nobody meant to write."""
    user_id = world.users["liaison"]
    db.session.execute(update(User).where(User.id == user_id).values(failures=3))
    db.session.remove()
    db.session.execute(text(f'UPDATE "user" SET failures = 3 WHERE id = {user_id}'))
    db.session.remove()
    db.session.get_one(User, user_id).failures = 3
    db.session.remove()
    assert db.session.get_one(User, user_id).failures == 0


def test_pages_that_only_read_keep_their_prepared_statements(ctx: Flask, world: World) -> None:
    for _ in range(8):
        db.session.scalars(select(User.login)).all()
        db.session.remove()
    if dialect_name() == "postgresql":
        assert db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))


def test_an_orphan_is_refused(ctx: Flask) -> None:
    orphan = "INSERT INTO holding (post_id, person_id, valid_from, stand_in) VALUES (-1, -1, '2026-01-01', false)"
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(orphan))


def test_threads_that_count_lose_nothing(app: Flask, world: World) -> None:
    """Eight threads read and write the same row; on a stock engine most updates were lost (reliability 2A.1)."""
    user_id, errors = world.users["liaison"], []

    def work() -> None:
        try:
            for _ in range(10):
                with app.app_context(), transaction():
                    user = db.session.scalar(select(User).where(User.id == user_id).with_for_update())
                    user.failures += 1
                    audit.record(actor=job("t"), action="t", subject_kind="user", subject_id=user_id, now=START)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with app.app_context():
        assert db.session.get_one(User, user_id).failures == 80
        db.session.remove()


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET actor_name = 'x'", "DELETE FROM audit_row"])
def test_audit_rows_cannot_be_changed_by_raw_sql(ctx: Flask, statement: str) -> None:
    before = db.session.scalars(select(AuditRow.id)).all()
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalars(select(AuditRow.id)).all() == before


def test_sqlite_settings_hold(ctx: Flask) -> None:
    """Foreign keys, durable commits, and the extension loader closed again; PostgreSQL: a role without power."""
    if dialect_name() == "sqlite":
        pragma = {
            name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "synchronous", "journal_mode")
        }
        assert pragma == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}
        with pytest.raises(DBAPIError, match="not authorized"):
            db.session.execute(text("SELECT load_extension('mod_spatialite')"))
    else:
        role = db.session.execute(
            text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = db.session.scalar(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user"))
        assert (role.rolsuper, role.rolbypassrls, owned) == (False, False, 0)


def test_objects_loaded_before_are_read_again_under_the_lock(app: Flask, world: World) -> None:
    """What a page loaded is stale by the time of the write: inside `transaction()` the fresh value counts."""
    user_id = world.users["liaison"]

    def elsewhere() -> None:
        with app.app_context(), transaction():
            db.session.execute(update(User).where(User.id == user_id).values(failures=7))
            audit.record(actor=job("t"), action="t", subject_kind="user", subject_id=user_id, now=START)

    with app.app_context():
        user = db.session.get_one(User, user_id)
        assert user.failures == 0
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        with transaction():
            assert user.failures == 7
        db.session.remove()


def test_what_psycopg_keeps_to_itself_goes_by_the_names_we_raise() -> None:
    assert (_queries.MAX_CACHED_STATEMENT_LENGTH, _queries.MAX_CACHED_STATEMENT_PARAMS) == (16_384, 200)
    source = inspect.getsource(_queries)
    assert source.count("MAX_CACHED_STATEMENT_LENGTH") > 1, "it is asked where a statement is read"
    assert source.count("MAX_CACHED_STATEMENT_PARAMS") > 1, "it is asked where a statement is read"
