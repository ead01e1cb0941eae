"""Homes by any part of their head's name, by initials and by the town's own number, without reading all homes.

A name has two to four characters as a rule: what is typed begins at its first, second or third one, and each of the
three is looked for as a beginning. People come in the order of their names, so that of a name that thousands bear
only the first few are read. And a unit's newest cases, among which a common word is looked for.
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
    for name in ("name", "initials"):
        op.execute(f"DROP INDEX idx_person_{name}_c")
        op.execute(f"CREATE INDEX idx_person_{name}_c ON person ({name}{collate}, id)")
    op.execute('CREATE INDEX idx_case_unit_id ON "case" (handler_unit_id, id)')


def downgrade() -> None:
    op.execute("DROP INDEX idx_case_unit_id")
    for name in (*BEGINNINGS, "external"):
        op.execute(f"DROP INDEX idx_household_{name}")
    collate = "" if op.get_bind().dialect.name == "sqlite" else ' COLLATE "C"'
    for name in ("name", "initials"):
        op.execute(f"DROP INDEX idx_person_{name}_c")
        op.execute(f"CREATE INDEX idx_person_{name}_c ON person ({name}{collate})")
