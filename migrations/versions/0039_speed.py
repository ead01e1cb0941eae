"""The work list in its own order, for a town and for a village: emergencies first, then by due time; open cases alone.

Without it the first page of a desk walks every open case of the county.
"""

from __future__ import annotations

from alembic import op

revision = "0039_speed"
down_revision = "0038_campaigns"
branch_labels = None
depends_on = None

PLACES = ("town", "village")


def upgrade() -> None:
    for place in PLACES:
        op.execute(
            f'CREATE INDEX idx_case_{place}_open ON "case" ({place}_id, (urgency != 1), due_at, id) '
            "WHERE closed_at IS NULL"
        )


def downgrade() -> None:
    for place in PLACES:
        op.execute(f"DROP INDEX idx_case_{place}_open")
