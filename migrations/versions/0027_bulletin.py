"""Announcements and who was told, seasonal checks of homes, visits typed in from paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime

revision = "0027_bulletin"
down_revision = "0026_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _announcements()
    _checks()
    _paper()


def _announcements() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("published_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_announcement_place_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_announcement_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_announcement_client_uuid")),
    )
    op.create_index("ix_announcement_path", "announcement", ["path", "until"])
    op.create_index("ix_announcement_until", "announcement", ["until"])
    op.create_table(
        "announcement_home",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_home_announcement_id")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_announcement_home_household_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_announcement_home_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_home")),
        sa.UniqueConstraint(
            "announcement_id", "household_id", name=op.f("uq_announcement_home_announcement_id_household_id")
        ),
    )
    op.create_index("ix_announcement_home_household", "announcement_home", ["household_id"])


def _checks() -> None:
    op.create_table(
        "home_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("looked", Json, nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_home_check_visit_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_home_check_household_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_home_check_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_check")),
        sa.UniqueConstraint("visit_id", "kind", name=op.f("uq_home_check_visit_id_kind")),
    )
    op.create_index("ix_home_check_household", "home_check", ["household_id", "kind", "done_on"])
    op.create_table(
        "home_check_finding",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=8), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("class_code", sa.String(length=4), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["home_check.id"], name=op.f("fk_home_check_finding_check_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_home_check_finding_case_id")),
        sa.PrimaryKeyConstraint("check_id", "item_code", name=op.f("pk_home_check_finding")),
    )
    op.create_index("ix_home_check_finding_case", "home_check_finding", ["case_id"])


def _paper() -> None:
    op.create_table(
        "visit_paper",
        sa.Column("visit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("by_post_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_paper_visit_id")),
        sa.ForeignKeyConstraint(["by_post_id"], ["post.id"], name=op.f("fk_visit_paper_by_post_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_paper")),
    )


def downgrade() -> None:
    for name in ("visit_paper", "home_check_finding", "home_check", "announcement_home", "announcement"):
        op.drop_table(name)
