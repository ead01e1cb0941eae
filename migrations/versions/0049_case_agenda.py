"""A case on the agenda of a village's council: why and for which day, and what the council said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime

revision = "0049_case_agenda"
down_revision = "0048_open_by_handler"
branch_labels = None
depends_on = None

OPEN = sa.text("outcome IS NULL")


def upgrade() -> None:
    op.create_table(
        "case_agenda",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.Column("put_by_user_id", sa.Integer(), nullable=True),
        sa.Column("put_by_name", sa.String(80), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=True),
        sa.Column("agreed", sa.String(1000), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by_user_id", sa.Integer(), nullable=True),
        sa.Column("done_by_name", sa.String(80), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_agenda_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_agenda_organisation_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_case_agenda_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_agenda")),
    )
    op.create_index(
        "ux_case_agenda_open", "case_agenda", ["case_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_case_agenda_case", "case_agenda", ["case_id"])
    op.create_index("ix_case_agenda_organisation", "case_agenda", ["organisation_id", "planned_on"])


def downgrade() -> None:
    op.drop_table("case_agenda")
