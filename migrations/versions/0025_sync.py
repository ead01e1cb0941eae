"""Phones of accounts, what they hand in, photos of visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import Json, UtcDateTime

revision = "0025_sync"
down_revision = "0024_voices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("deposit_hash", sa.String(length=64), nullable=False),
        sa.Column("seal_salt", sa.String(length=64), nullable=False),
        sa.Column("auth_version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_device_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_device_token_hash")),
        sa.UniqueConstraint("deposit_hash", name=op.f("uq_user_device_deposit_hash")),
    )
    op.create_index(op.f("ix_user_device_user_id"), "user_device", ["user_id"])
    op.create_table(
        "sync_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sync_item_user_id")),
        sa.ForeignKeyConstraint(["device_id"], ["user_device.id"], name=op.f("fk_sync_item_device_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_sync_item_visit_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_sync_item_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_item")),
        sa.UniqueConstraint("uuid", name=op.f("uq_sync_item_uuid")),
    )
    op.create_index("ix_sync_item_user", "sync_item", ["user_id", "id"])
    op.create_index("ix_sync_item_received", "sync_item", ["received_at"])
    op.create_table(
        "sync_handed",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("item", Json, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["sync_item.id"], name=op.f("fk_sync_handed_item_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_sync_handed_household_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_sync_handed")),
    )
    op.create_index("ix_sync_handed_household", "sync_handed", ["household_id", "state"])
    op.create_table(
        "sync_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_sync_upload_file_id")),
        sa.ForeignKeyConstraint(["item_id"], ["sync_item.id"], name=op.f("fk_sync_upload_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sync_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_upload")),
        sa.UniqueConstraint("uuid", name=op.f("uq_sync_upload_uuid")),
    )
    op.create_index("ix_sync_upload_item", "sync_upload", ["item_id"])
    op.create_table(
        "sync_sealed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("item_uuid", sa.String(length=36), nullable=False),
        sa.Column("wrapped", sa.String(length=200), nullable=False),
        sa.Column("wrapped_iv", sa.String(length=32), nullable=False),
        sa.Column("iv", sa.String(length=32), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["user_device.id"], name=op.f("fk_sync_sealed_device_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sync_sealed_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_sealed")),
        sa.UniqueConstraint("device_id", "item_uuid", name=op.f("uq_sync_sealed_device_id_item_uuid")),
    )
    op.create_index("ix_sync_sealed_user", "sync_sealed", ["user_id", "state"])
    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_by_user_id", sa.Integer(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_photo_visit_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_visit_photo_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("visit_id", "seq", name=op.f("uq_visit_photo_visit_id_seq")),
    )
    op.create_index("ix_visit_photo_file", "visit_photo", ["file_id"])


def downgrade() -> None:
    for table in ("visit_photo", "sync_sealed", "sync_upload", "sync_handed", "sync_item", "user_device"):
        op.drop_table(table)
