"""A promise remembers the activity that brought it forward."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051_promise_activity"
down_revision = "0050_service_windows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledge_item", sa.Column("activity_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("pledge_item", "activity_id")
