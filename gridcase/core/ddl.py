"""What migrations share: geometry columns and append-only tables, alike on both databases."""

from __future__ import annotations

from collections.abc import Collection

from alembic import op

REFUSAL = "append-only: rows are never changed, write a new one"
FROZEN = "in force: rows are not changed any more, write a new version"


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


def freeze(table: str, frozen: str, *, columns: Collection[str] = (), inserts: bool = False) -> None:
    """Let triggers refuse UPDATE and DELETE of rows for which `frozen` holds, an SQL condition on `{row}`.

    `columns`: only these (default all) are kept from UPDATE. `inserts`: no row for which it holds is added either.
    """
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    old, new = frozen.format(row="OLD"), frozen.format(row="NEW")
    changed = f"{old} OR {new}" if inserts else old
    refused = [("update", update, changed), ("delete", "DELETE", old)] + [("insert", "INSERT", new)] * inserts
    for verb, event, condition in refused:
        name = f"{table}_frozen_{verb}"
        if _sqlite():
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
            )
            continue
        row = "OLD" if verb == "delete" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {condition} THEN RAISE EXCEPTION '{FROZEN}'; END IF; RETURN {row}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def thaw(table: str) -> None:
    """Take the triggers of `freeze` off again (downgrades only)."""
    for verb in ("update", "delete", "insert"):
        name = f"{table}_frozen_{verb}"
        if _sqlite():
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
