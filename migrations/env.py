"""Alembic's entry: one transaction a revision, on both databases."""

from __future__ import annotations

from alembic import context
from flask import current_app, has_app_context
from sqlalchemy import Engine

from gridcase.core.db import WRITE, db


def engine() -> Engine:
    """Handed in by `gridcase.core.migrate`, or the application's own (`flask db ...`)."""
    given = context.config.attributes.get("engine")
    if given is None and has_app_context():
        given = current_app.extensions["migrate"].db.engine
    assert isinstance(given, Engine)
    return given


def skip_spatial_tables(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Autogenerate looks at our tables, not at those of the spatial extensions."""
    return not (kind == "table" and reflected and name not in db.metadata.tables)


with engine().connect().execution_options(**{WRITE: True}) as connection:
    # SQLite must not check foreign keys while a table is rebuilt; the check follows before the commit.
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transactional_ddl=True,
        transaction_per_migration=True,
        render_as_batch=True,
        compare_type=True,
        include_object=skip_spatial_tables,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            assert not broken, f"the migration left orphans: {broken[:3]}"
