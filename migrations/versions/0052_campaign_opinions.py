"""What people of a village said in a campaign, in sentences without names, and what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0052_campaign_opinions"
down_revision = "0051_promise_activity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(10), server_default="open", nullable=False),
        sa.Column("answer", sa.String(300), server_default="", nullable=False),
        sa.Column("led_kind", sa.String(10), server_default="", nullable=False),
        sa.Column("led_id", sa.Integer(), nullable=True),
        sa.Column("led_title", sa.String(80), server_default="", nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_opinion_campaign_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_campaign_opinion_village_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_campaign_opinion_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_opinion")),
        sa.UniqueConstraint(
            "campaign_id", "village_id", "text", name=op.f("uq_campaign_opinion_campaign_id_village_id_text")
        ),
    )
    op.create_table(
        "campaign_opinion_visit",
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opinion_id"], ["campaign_opinion.id"], name=op.f("fk_campaign_opinion_visit_opinion_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_campaign_opinion_visit_visit_id")),
        sa.PrimaryKeyConstraint("opinion_id", "visit_id", name=op.f("pk_campaign_opinion_visit")),
    )
    op.create_index("ix_campaign_opinion_visit_visit_id", "campaign_opinion_visit", ["visit_id"])


def downgrade() -> None:
    op.drop_table("campaign_opinion_visit")
    op.drop_table("campaign_opinion")
