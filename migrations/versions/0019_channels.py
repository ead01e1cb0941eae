"""Channels of places and persons by which notices leave; the outbox knows its channel, its tries and when it is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0019_channels"
down_revision = "0018_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("place_path", ByteString, nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("open_key", sa.String(length=120), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("hint", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=True),
        sa.Column("tested_at", UtcDateTime, nullable=True),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.CheckConstraint(
            "(place_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_notice_channel_place_or_person")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_notice_channel_place_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_channel_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channel")),
        sa.UniqueConstraint("open_key", name=op.f("uq_notice_channel_open_key")),
    )  # fmt: skip
    op.create_index("ix_notice_channel_person", "notice_channel", ["person_id"])
    op.create_index("ix_notice_channel_place", "notice_channel", ["place_path"])
    op.add_column("outbox", sa.Column("channel_id", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("number", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("link", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("place_path", ByteString, nullable=False, server_default="/"))
    op.add_column("outbox", sa.Column("ready_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("queued_at", UtcDateTime, nullable=True))
    op.add_column("outbox", sa.Column("error", sa.String(length=60), nullable=False, server_default=""))
    op.create_index("ix_outbox_channel", "outbox", ["channel_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_outbox_channel", table_name="outbox")
    for name in ("error", "queued_at", "ready_at", "place_path", "urgent", "link", "number", "channel_id"):
        op.drop_column("outbox", name)
    op.drop_table("notice_channel")
