"""The map's rows of new cases written for all rows of a statement at once: a list of 1,500 is one statement, not 3,000.

A case that has just been made has no row on the map and no point, so nothing is deleted and no view is read. On
PostgreSQL every statement on `case_map` begins by reading the long expression of `spot`; once a list, it costs nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0047_map_in_batches"
down_revision = "0046_goods_photo"
branch_labels = None
depends_on = None

COPIED = (
    "path", "village_id", "section_id", "household_id", "class_id", "channel", "handler_unit_id", "registered_at",
    "due_at", "soon_at",
)  # fmt: skip
NAME, ON = "case_on_map_insert", 'AFTER INSERT ON "case"'


def upgrade() -> None:
    open_ones = "closed_at IS NULL AND NOT {0}restricted"
    into = f"INSERT INTO case_map (case_id, {', '.join(COPIED)})"
    if _sqlite():
        new = ", ".join(f"NEW.{name}" for name in ("id", *COPIED))
        _anew(f"{ON} BEGIN {into} SELECT {new} WHERE NEW.{open_ones.format('NEW.')}; END")
    else:
        body = f"{into} SELECT id, {', '.join(COPIED)} FROM born WHERE {open_ones.format('')}"
        _anew(f"{ON} REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()", body)


def downgrade() -> None:
    kept = ", ".join(("case_id", "x", "y", *COPIED))
    body = (
        f"DELETE FROM case_map WHERE case_id = NEW.id; "
        f"INSERT INTO case_map ({kept}) SELECT {kept} FROM case_on_map WHERE case_id = NEW.id"
    )
    if _sqlite():
        _anew(f"{ON} BEGIN {body}; END")
    else:
        _anew(f"{ON} FOR EACH ROW EXECUTE FUNCTION {NAME}()", body)


def _anew(trigger: str, body: str = "") -> None:
    op.execute(f"DROP TRIGGER {NAME}" if _sqlite() else f'DROP TRIGGER {NAME} ON "case"')
    if body:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body}; RETURN NULL; END $$"
        )
    op.execute(f"CREATE TRIGGER {NAME} {trigger}")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
