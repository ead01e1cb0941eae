"""Indexes of the figures: what waits now, what came in when, which moves were made, visits and points by their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035_measures"
down_revision = "0034_affairs"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
COUNTED = sa.text("move IN ('give_back', 'rework', 'grant_extension', 'reopen', 'second_check')")


def upgrade() -> None:
    now = ["path", "due_at", "soon_at", "village_id", "class_id", "restricted"]
    op.create_index("ix_case_now", "case", now, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_case_registered", "case", ["registered_at", "path"])
    op.create_index("ix_case_step_counted", "case_step", ["at"], sqlite_where=COUNTED, postgresql_where=COUNTED)
    op.create_index("ix_visit_at", "visit", ["visited_at", "path"])
    op.create_index("ix_points_transfer_when", "points_transfer", ["at"])


def downgrade() -> None:
    op.drop_index("ix_points_transfer_when", table_name="points_transfer")
    op.drop_index("ix_visit_at", table_name="visit")
    op.drop_index("ix_case_step_counted", table_name="case_step")
    op.drop_index("ix_case_registered", table_name="case")
    op.drop_index("ix_case_now", table_name="case")
