"""The villager's door: printed codes of places, the secrets of reporters, knocks counted by the hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0020_villager"
down_revision = "0019_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "door_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", ByteString, nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("note", sa.String(length=60), nullable=True),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_door_sheet_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_sheet")),
        sa.UniqueConstraint("token", name=op.f("uq_door_sheet_token")),
    )
    op.create_index("ix_door_sheet_grid", "door_sheet", ["grid_id"])
    op.create_table(
        "case_secret",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=True),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("made_by_user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_secret_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_secret")),
        sa.UniqueConstraint("once", name=op.f("uq_case_secret_once")),
    )
    op.create_table(
        "door_knock",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("hour", UtcDateTime, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "who", "hour", name=op.f("pk_door_knock")),
    )


def downgrade() -> None:
    op.drop_table("door_knock")
    op.drop_table("case_secret")
    op.drop_index("ix_door_sheet_grid", table_name="door_sheet")
    op.drop_table("door_sheet")
