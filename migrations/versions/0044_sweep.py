"""The sweep of what is due, in its own order: what was told of a case on a rung, emergencies by the end of their stage,
the cases of a class closed lately. A sweep with nothing to say reads little, however many cases there are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044_sweep"
down_revision = "0043_map_due"
branch_labels = None
depends_on = None

URGENT = sa.text("closed_at IS NULL AND urgency = 1")
ENDED = sa.text("closed_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_notice_subject", table_name="notice")
    op.create_index("ix_notice_subject", "notice", ["subject_kind", "subject_id", "rule", "due_at"])
    op.create_index("ix_case_stage_open", "case", ["stage_due_at"], sqlite_where=URGENT, postgresql_where=URGENT)
    op.create_index(
        "ix_case_class_closed", "case", ["class_id", "closed_at"], sqlite_where=ENDED, postgresql_where=ENDED
    )


def downgrade() -> None:
    op.drop_index("ix_case_class_closed", table_name="case")
    op.drop_index("ix_case_stage_open", table_name="case")
    op.drop_index("ix_notice_subject", table_name="notice")
    op.create_index("ix_notice_subject", "notice", ["subject_kind", "subject_id"])
