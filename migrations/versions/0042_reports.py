"""What kind of number an indicator is, and of which other it is a part."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042_reports"
down_revision = "0041_names"
branch_labels = None
depends_on = None

WHOLE = ("trained", "posts", "migrants", "co_ops")


def upgrade() -> None:
    # What a place named itself may have been entered with decimals or below zero: it stays allowed there.
    op.add_column("report_indicator", sa.Column("kind", sa.String(length=8), nullable=False, server_default="signed"))
    op.add_column("report_indicator", sa.Column("part_of", sa.String(length=20), nullable=True))
    table = sa.table(
        "report_indicator", *(sa.column(name) for name in ("code", "place_id", "unit", "adding", "kind", "part_of"))
    )
    standard = sa.update(table).where(table.c.place_id.is_(None))
    op.execute(standard.values(kind="amount"))
    op.execute(standard.where(table.c.code.in_(WHOLE)).values(kind="whole"))
    op.execute(standard.where(table.c.code == "income_run").values(part_of="income"))
    op.execute(sa.update(table).where(table.c.adding == "survey", table.c.unit == "%").values(kind="percent"))


def downgrade() -> None:
    op.drop_column("report_indicator", "part_of")
    op.drop_column("report_indicator", "kind")
