"""Families: events of a family's life."""

from __future__ import annotations

revision = "0009_families"
down_revision = "0008_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
