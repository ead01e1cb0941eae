"""Imports: remembered columns, staged rows."""

from __future__ import annotations

revision = "0012_exchange"
down_revision = "0011_planner"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
