"""The points ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime
from gridcase.core.ddl import append_only, release

revision = "0003_points"
down_revision = "0002_households"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "points_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.CheckConstraint("balance >= 0 OR kind = 'issue'", name=op.f("ck_points_account_not_negative")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_points_account_household_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_account_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_account")),
        sa.UniqueConstraint(
            "village_id", "household_id", "kind", name=op.f("uq_points_account_village_id_household_id_kind")
        ),
    )
    op.create_index(op.f("ix_points_account_household_id"), "points_account", ["household_id"], unique=False)
    op.create_index(
        "uq_points_account_issue",
        "points_account",
        ["village_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'issue'"),
        postgresql_where=sa.text("kind = 'issue'"),
    )
    op.create_table(
        "points_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("debit_id", sa.Integer(), nullable=False),
        sa.Column("credit_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("source_kind", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_points_transfer_amount_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_points_transfer_two_accounts")),
        sa.ForeignKeyConstraint(["credit_id"], ["points_account.id"], name=op.f("fk_points_transfer_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["points_account.id"], name=op.f("fk_points_transfer_debit_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_points_transfer_household_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["points_transfer.id"], name=op.f("fk_points_transfer_reverses_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_transfer_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_transfer")),
        sa.UniqueConstraint("key", name=op.f("uq_points_transfer_key")),
    )
    op.create_index("ix_points_transfer_household", "points_transfer", ["household_id", "id"], unique=False)
    op.create_index("ix_points_transfer_source", "points_transfer", ["source_kind", "source_id"], unique=False)
    op.create_index("ix_points_transfer_village", "points_transfer", ["village_id", "id"], unique=False)
    op.create_table(
        "point_notice",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("objected_at", UtcDateTime(), nullable=True),
        sa.Column("objection", sa.String(length=300), nullable=True),
        sa.Column("objected_by_user_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["transfer_id"], ["points_transfer.id"], name=op.f("fk_point_notice_transfer_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_point_notice_village_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_point_notice")),
    )
    op.create_index("ix_point_notice_open", "point_notice", ["settled_at", "closes_on"], unique=False)
    op.create_index(op.f("ix_point_notice_village_id"), "point_notice", ["village_id"], unique=False)
    append_only("points_transfer")


def downgrade() -> None:
    release("points_transfer")
    op.drop_table("point_notice")
    op.drop_table("points_transfer")
    op.drop_table("points_account")
