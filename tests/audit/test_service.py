"""The chain over the audit rows: whole after sealing, broken at the right place after tampering."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask
from sqlalchemy import Engine, event, inspect, select, text

from gridcase.audit import service as audit
from gridcase.audit.models import AuditRow, AuditSeal
from gridcase.core import migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from tests.factories.world import START, World
from tests.points.test_races import together

TAMPERINGS = {
    "edit": "UPDATE audit_row SET actor_name = 'somebody else' WHERE id = :row",
    "delete": "DELETE FROM audit_row WHERE id = :row",
    "seal removed": "DELETE FROM audit_seal WHERE row_id = :row",
    "seal rewritten": "UPDATE audit_seal SET digest = 'x' WHERE row_id = :row",
}


def test_chains_are_whole_after_sealing(ctx: Flask, world: World) -> None:
    with transaction():
        sealed = audit.seal()
    assert sealed > 50
    assert audit.verify() == ([], 0)
    with transaction():
        assert audit.seal() == 0


def test_a_row_written_later_is_reported_as_tail_until_sealed(ctx: Flask, world: World) -> None:
    with transaction():
        audit.seal()
    with transaction():
        audit.record(actor=job("t"), action="t", subject_kind="t", subject_id=1, place_path="/1/2/3/", now=START)
    assert audit.verify() == ([], 1)


def test_each_town_has_its_chain(ctx: Flask, world: World) -> None:
    with transaction():
        audit.seal()
    chains = set(db.session.scalars(select(AuditSeal.chain)))
    town = f"/{world.grids['county']}/{world.grids['town']}/"
    assert {town, f"/{world.grids['county']}/{world.grids['other_town']}/"} <= chains
    rows = db.session.scalars(select(AuditRow.place_path).join(AuditSeal).where(AuditSeal.chain == town))
    assert all(path.startswith(town) for path in rows)


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_past_the_triggers_is_found(ctx: Flask, config: Config, tampering: str) -> None:
    """Somebody with the keys of the database switches the triggers off and changes a row in the middle."""
    with transaction():
        audit.seal()
    town = db.session.scalars(select(AuditSeal.chain).order_by(AuditSeal.chain.desc())).first()
    row = db.session.scalars(select(AuditSeal.row_id).where(AuditSeal.chain == town).order_by(AuditSeal.seq)).all()[1]
    db.session.rollback()
    engine = migrate.owner_engine(config)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = OFF"))
    _force(engine, TAMPERINGS[tampering], row)
    engine.dispose()
    problems, _tail = audit.verify()
    assert len(problems) == 1
    assert problems[0].startswith(str(town))


def _force(engine: Engine, statement: str, row: int) -> None:
    with engine.connect() as connection, connection.begin():
        for table in ("audit_row", "audit_seal"):
            if engine.dialect.name == "sqlite":
                connection.execute(text(f"DROP TRIGGER {table}_no_update"))
                connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        if engine.dialect.name == "postgresql":
            foreign_key = inspect(connection).get_foreign_keys("audit_seal")[0]["name"]
            connection.execute(text(f'ALTER TABLE audit_seal DROP CONSTRAINT "{foreign_key}"'))
        connection.execute(text(statement), {"row": row})


def test_of_two_that_seal_at_once_one_steps_back(app: Flask, world: World) -> None:
    """Two schedulers on PostgreSQL: the later one would run into the unique row of the other."""
    sealing = threading.Event()

    def first() -> int:
        with transaction():
            sealed = audit.seal()
            sealing.set()
            time.sleep(0.3)
        return sealed

    def second() -> int:
        assert sealing.wait(5)
        with transaction():
            return audit.seal()

    sealed, nothing = together(app, first, second)
    assert (sealed > 0, nothing) == (True, 0)
    with app.app_context():
        assert audit.verify() == ([], 0)
        db.session.remove()
