"""Places: lines, resources, lineage."""

from __future__ import annotations

revision = "0007_places"
down_revision = "0006_dated_rows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
