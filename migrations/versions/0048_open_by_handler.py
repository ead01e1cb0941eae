"""Open cases by who handles and who collected them: a post that has handled thousands has few that are open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048_open_by_handler"
down_revision = "0047_map_in_batches"
branch_labels = None
depends_on = None

COLUMNS = ("handler_post_id", "handler_unit_id", "collector_post_id")


def upgrade() -> None:
    for column in COLUMNS:
        open_of = sa.text(f"closed_at IS NULL AND {column} IS NOT NULL")
        op.create_index(
            f"ix_case_{column.removesuffix('_id')}_open", "case", [column, "due_at"],
            sqlite_where=open_of, postgresql_where=open_of,
        )  # fmt: skip


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_case_{column.removesuffix('_id')}_open", table_name="case")
