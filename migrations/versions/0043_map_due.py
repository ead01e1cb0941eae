"""The list beside the map in its own order: a county's first page without walking and sorting every open case."""

from __future__ import annotations

from alembic import op

revision = "0043_map_due"
down_revision = "0042_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_case_map_due", "case_map", ["due_at", "case_id"])


def downgrade() -> None:
    op.drop_index("ix_case_map_due", table_name="case_map")
