"""Campaigns and what was done in them, the links of screens on a wall, what the system's own forms cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0038_campaigns"
down_revision = "0037_reports"
branch_labels = None
depends_on = None

TABLES = (
    "form_minutes", "form_field_use", "form_use", "wall_screen", "campaign_activity", "campaign_entry",
    "campaign_plan", "campaign_action", "campaign",
)  # fmt: skip


def upgrade() -> None:
    _campaigns()
    _entries()
    _wall()
    _forms()


def _campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), server_default="", nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_campaign_place_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_campaign_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_campaign_client_uuid")),
    )
    op.create_index("ix_campaign_path", "campaign", ["path", "ends_on"])
    op.create_table(
        "campaign_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=6), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=24), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_action_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_action")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_campaign_action_campaign_id_name")),
    )
    op.create_table(
        "campaign_plan",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["campaign_action.id"], name=op.f("fk_campaign_plan_action_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_campaign_plan_village_id")),
        sa.PrimaryKeyConstraint("action_id", "village_id", name=op.f("pk_campaign_plan")),
    )


def _entries() -> None:
    op.create_table(
        "campaign_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=100), server_default="", nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by_user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_campaign_entry_number")),
        sa.CheckConstraint("whole IS NULL OR whole >= number", name=op.f("ck_campaign_entry_whole")),
        sa.ForeignKeyConstraint(["action_id"], ["campaign_action.id"], name=op.f("fk_campaign_entry_action_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_campaign_entry_village_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_campaign_entry_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_entry")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_campaign_entry_client_uuid")),
    )
    op.create_index("ix_campaign_entry_action", "campaign_entry", ["action_id", "village_id"])
    op.create_table(
        "campaign_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["campaign_action.id"], name=op.f("fk_campaign_activity_action_id")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_campaign_activity_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_activity")),
        sa.UniqueConstraint("action_id", "activity_id", name=op.f("uq_campaign_activity_action_id_activity_id")),
    )
    op.create_index(op.f("ix_campaign_activity_activity_id"), "campaign_activity", ["activity_id"])


def _wall() -> None:
    op.create_table(
        "wall_screen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_wall_screen_place_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_wall_screen_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_screen")),
        sa.UniqueConstraint("digest", name=op.f("uq_wall_screen_digest")),
    )
    op.create_index("ix_wall_screen_path", "wall_screen", ["path"])


def _forms() -> None:
    op.create_table(
        "form_use",
        *_of_a_form(),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("last_opened_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("month", "town", "form", name=op.f("pk_form_use")),
    )
    op.create_table(
        "form_field_use",
        *_of_a_form(),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "town", "form", "field", name=op.f("pk_form_field_use")),
    )
    op.create_table(
        "form_minutes",
        *_of_a_form(),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "town", "form", "step", name=op.f("pk_form_minutes")),
    )


def _of_a_form() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("town", ByteString, nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
