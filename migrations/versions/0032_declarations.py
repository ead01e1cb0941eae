"""The review group's votes, a home's word to its entries, what supervisors draw and look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0032_declarations"
down_revision = "0031_ledger"
branch_labels = None
depends_on = None

TABLES = (
    "points_spot_check", "points_spot_draw", "points_correction", "points_reply", "points_declaration_photo",
    "points_vote", "points_review",
)  # fmt: skip


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    _review()
    _conduct()
    _spots()


def _review() -> None:
    op.create_table(
        "points_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        _to("points_review", "village_id", "grid"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_review")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_points_review_client_uuid")),
    )
    op.create_index("ix_points_review_village", "points_review", ["village_id", "id"])
    op.create_table(
        "points_vote",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("voted_at", UtcDateTime(), nullable=False),
        _to("points_vote", "declaration_id", "points_declaration"),
        _to("points_vote", "person_id", "person"),
        _to("points_vote", "review_id", "points_review"),
        sa.PrimaryKeyConstraint("declaration_id", "person_id", name=op.f("pk_points_vote")),
    )
    op.create_index("ix_points_vote_review", "points_vote", ["review_id"])
    op.create_table(
        "points_declaration_photo",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        _to("points_declaration_photo", "declaration_id", "points_declaration"),
        _to("points_declaration_photo", "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("declaration_id", name=op.f("pk_points_declaration_photo")),
    )


def _conduct() -> None:
    op.create_table(
        "points_reply",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        _to("points_reply", "transfer_id", "points_transfer"),
        _to("points_reply", "household_id", "household"),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_points_reply")),
    )
    op.create_index("ix_points_reply_household", "points_reply", ["household_id"])
    op.create_table(
        "points_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(length=300), server_default="", nullable=False),
        sa.Column("answered_by_user_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        _to("points_correction", "transfer_id", "points_transfer"),
        _to("points_correction", "household_id", "household"),
        _to("points_correction", "village_id", "grid"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_correction")),
    )
    op.create_index("ix_points_correction_household", "points_correction", ["household_id"])
    op.create_index("ix_points_correction_transfer_id", "points_correction", ["transfer_id"])
    op.create_index("ix_points_correction_village", "points_correction", ["village_id", "answered_at", "id"])


def _spots() -> None:
    op.create_table(
        "points_spot_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        _to("points_spot_draw", "village_id", "grid"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_spot_draw")),
        sa.UniqueConstraint("village_id", "month", name=op.f("uq_points_spot_draw_village_id_month")),
    )
    op.create_table(
        "points_spot_check",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=10), server_default="", nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        _to("points_spot_check", "draw_id", "points_spot_draw"),
        _to("points_spot_check", "transfer_id", "points_transfer"),
        sa.PrimaryKeyConstraint("draw_id", "transfer_id", name=op.f("pk_points_spot_check")),
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
