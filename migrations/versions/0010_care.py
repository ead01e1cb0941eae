"""Care tiers: factors, suggestions, objections."""

from __future__ import annotations

revision = "0010_care"
down_revision = "0009_families"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
