"""What migrations share: geometry columns and append-only tables, alike on both databases."""

from __future__ import annotations

from alembic import op

REFUSAL = "append-only: rows are never changed, write a new one"


def add_geometry(table: str, column: str, kind: str) -> None:
    """A NOT NULL geometry column of `kind` (POINT, MULTIPOLYGON), EPSG:4326, with its spatial index."""
    if _sqlite():
        op.execute(f"SELECT AddGeometryColumn('{table}', '{column}', 4326, '{kind}', 'XY', 1)")
        op.execute(f"SELECT CreateSpatialIndex('{table}', '{column}')")
    else:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN "{column}" geometry({kind}, 4326) NOT NULL')
        op.execute(f'CREATE INDEX "idx_{table}_{column}" ON "{table}" USING gist ("{column}")')


def drop_geometry_table(table: str, column: str) -> None:
    """Drop a side table together with what the spatial extension keeps about it."""
    if _sqlite():
        op.execute(f"SELECT DisableSpatialIndex('{table}', '{column}')")
        op.execute(f"SELECT DiscardGeometryColumn('{table}', '{column}')")
        op.execute(f'DROP TABLE IF EXISTS "idx_{table}_{column}"')
    op.drop_table(table)


def append_only(table: str) -> None:
    """Let triggers refuse UPDATE and DELETE (and TRUNCATE on PostgreSQL), whoever asks."""
    if _sqlite():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def release(table: str) -> None:
    """Take the append-only triggers off again (downgrades only)."""
    if _sqlite():
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        return
    for name in ("change", "truncate"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{name} ON {table}")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
