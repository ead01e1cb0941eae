"""People: organisations, liaison records, pairings."""

from __future__ import annotations

revision = "0008_people"
down_revision = "0007_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
