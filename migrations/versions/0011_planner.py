"""Plans of cells and circles."""

from __future__ import annotations

revision = "0011_planner"
down_revision = "0010_care"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
