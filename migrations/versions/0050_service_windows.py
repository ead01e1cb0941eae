"""Service points of all kinds with hours that can be read; at which of them a case was taken in.

Before it every point was one of public legal service. On the way down the points of other kinds are closed, so that
nobody is sent to them to ask about the law; none is deleted, as people may have been advised there. On the way up again
they stay closed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050_service_windows"
down_revision = "0049_case_agenda"
branch_labels = None
depends_on = None

COLUMNS = ("kind", "opening", "on_holidays", "does")


def upgrade() -> None:
    words = (("kind", 10, "legal"), ("opening", 400, ""), ("does", 300, ""))
    for name, length, value in words:
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default=value)
        op.add_column("legal_point", column)
    op.add_column("legal_point", sa.Column("on_holidays", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "case_window",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_window_case_id")),
        sa.ForeignKeyConstraint(["point_id"], ["legal_point.id"], name=op.f("fk_case_window_point_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_window")),
    )
    op.create_index("ix_case_window_point", "case_window", ["point_id", "case_id"])


def downgrade() -> None:
    op.execute("UPDATE legal_point SET closed_on = CURRENT_DATE WHERE kind <> 'legal' AND closed_on IS NULL")
    op.drop_table("case_window")
    for name in COLUMNS:
        op.drop_column("legal_point", name)
