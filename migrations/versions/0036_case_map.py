"""The map's own row for every open case: narrow, with the cell it lies in if it has a place, kept by the database.

A row follows its case by triggers, so that whoever writes (a move, an import, a batch) keeps the map exact. The view
says what the table must hold; `gridcase doctor` compares the two. A later migration that rebuilds `case` on SQLite
(batch mode) drops the view first and makes the view and the trigger on `case` anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0036_case_map"
down_revision = "0035_measures"
branch_labels = None
depends_on = None

COPIED = (
    "path", "village_id", "section_id", "household_id", "class_id", "channel", "handler_unit_id", "registered_at",
    "due_at", "soon_at",
)  # fmt: skip
KEPT = ("case_id", "x", "y", *COPIED)
FOLLOWED = (
    ("case", "id", "INSERT"),
    ("case", "id", f"UPDATE OF {', '.join((*COPIED, 'closed_at', 'restricted'))}"),
    ("case_point", "case_id", "INSERT"),
    ("case_point", "case_id", "UPDATE OF geom"),
)
EAST, NORTH, BITS = 18_000_000, 9_000_000, 26  # 100,000ths of a degree, moved so that none is negative


def upgrade() -> None:
    op.create_table(
        "case_map",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.Column("spot", sa.BigInteger(), sa.Computed(_interleaved(), persisted=True), nullable=True),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("handler_unit_id", sa.Integer(), nullable=True),
        sa.Column("registered_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("soon_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_map_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_map")),
    )
    op.create_index("ix_case_map_spot", "case_map", ["spot", "path", "class_id", "due_at", "soon_at", "x", "y"])
    op.create_index("ix_case_map_path", "case_map", ["path", "class_id", "due_at", "soon_at"])
    op.execute(_view())
    op.execute(_taken("1 = 1"))
    _follow()


def _interleaved() -> str:
    """One number of both: its upper bits are the cell at any coarser step, so that a cell is a range of it."""
    x, y = (f"CAST({name} + {move} AS BIGINT)" for name, move in (("x", EAST), ("y", NORTH)))
    bits = (f"((({v} >> {n}) & 1) << {2 * n + odd})" for n in range(BITS) for odd, v in enumerate((x, y)))
    return " + ".join(bits)


def _view() -> str:
    x, y = (f"CAST(round({part}(p.geom) * 100000) AS INTEGER)" for part in ("ST_X", "ST_Y"))
    copied = ", ".join(f"c.{name}" for name in COPIED)
    return (
        f"CREATE VIEW case_on_map AS SELECT c.id AS case_id, {x} AS x, {y} AS y, {copied} "
        'FROM "case" c LEFT JOIN case_point p ON p.case_id = c.id WHERE c.closed_at IS NULL AND NOT c.restricted'
    )


def _taken(which: str) -> str:
    return f"INSERT INTO case_map ({', '.join(KEPT)}) SELECT {', '.join(KEPT)} FROM case_on_map WHERE {which}"


def _follow() -> None:
    for table, key, event in FOLLOWED:
        anew = f"DELETE FROM case_map WHERE case_id = NEW.{key}; {_taken(f'case_id = NEW.{key}')};"
        name = f"{table}_on_map_{event.split()[0].lower()}"
        if _sqlite():
            op.execute(f'CREATE TRIGGER {name} AFTER {event} ON "{table}" BEGIN {anew} END')
            continue
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {anew} RETURN NULL; END $$")
        op.execute(f'CREATE TRIGGER {name} AFTER {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()')


def downgrade() -> None:
    for table, _key, event in FOLLOWED:
        name = f"{table}_on_map_{event.split()[0].lower()}"
        op.execute(f"DROP TRIGGER {name}" if _sqlite() else f'DROP TRIGGER {name} ON "{table}"')
        if not _sqlite():
            op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP VIEW case_on_map")
    op.drop_table("case_map")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
