"""The list beside the map in its own order: a county's first page without walking and sorting every open case.

On PostgreSQL the cells are counted from their index alone, as on SQLite, whose indexes hold the key anyway.
"""

from __future__ import annotations

from alembic import op

revision = "0043_map_due"
down_revision = "0042_reports"
branch_labels = None
depends_on = None

CELL = ("spot", "path", "class_id", "due_at", "soon_at", "x", "y")


def upgrade() -> None:
    op.create_index("ix_case_map_due", "case_map", ["due_at", "case_id"])
    _count_cells(include=["case_id"])


def downgrade() -> None:
    _count_cells(include=[])
    op.drop_index("ix_case_map_due", table_name="case_map")


def _count_cells(*, include: list[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_case_map_spot", table_name="case_map")
        op.create_index("ix_case_map_spot", "case_map", list(CELL), postgresql_include=include)
