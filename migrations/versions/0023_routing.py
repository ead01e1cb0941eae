"""Routing: the duty lists of towns, and the views people keep of the work list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0023_routing"
down_revision = "0022_mediation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("class_code", ByteString, nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("lead", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["grid.id"], name=op.f("fk_duty_item_town_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_item")),
        sa.UniqueConstraint("town_id", "item", name=op.f("uq_duty_item_town_id_item")),
    )
    op.create_index("ix_duty_item_class", "duty_item", ["town_id", "class_code"])
    op.create_table(
        "case_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("query", sa.String(length=400), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_view_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_case_view_user_id_name")),
    )


def downgrade() -> None:
    op.drop_table("case_view")
    op.drop_table("duty_item")
