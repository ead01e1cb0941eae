"""Homes by any part of their head's name, by initials and by the town's own number, without reading all homes.

A name has two to four characters as a rule: what is typed begins at its first, second or third one, and each of the
three is looked for as a beginning.
"""

from __future__ import annotations

from alembic import op

revision = "0041_names"
down_revision = "0039_speed"
branch_labels = None
depends_on = None

BEGINNINGS = {
    "name1": "head_name",
    "name2": "substr(head_name, 2)",
    "name3": "substr(head_name, 3)",
    "short": "initials",
}


def upgrade() -> None:
    collate = "" if op.get_bind().dialect.name == "sqlite" else ' COLLATE "C"'
    for name, beginning in BEGINNINGS.items():
        op.execute(f"CREATE INDEX idx_household_{name} ON household (({beginning}){collate})")
    op.execute("CREATE INDEX idx_household_external ON household (external_code)")


def downgrade() -> None:
    for name in (*BEGINNINGS, "external"):
        op.execute(f"DROP INDEX idx_household_{name}")
