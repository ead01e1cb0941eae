"""Visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime

revision = "0005_visits"
down_revision = "0004_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("visited_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ticks", Json, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_visit_case_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_household_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_visit_post_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_visit_section_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_visit_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_visit_client_uuid")),
    )
    op.create_index("ix_visit_household", "visit", ["household_id", "visited_at"], unique=False)
    op.create_index("ix_visit_path", "visit", ["path", "visited_at", "id"], unique=False)
    op.create_index("ix_visit_post", "visit", ["post_id", "visited_at"], unique=False)


def downgrade() -> None:
    op.drop_table("visit")
