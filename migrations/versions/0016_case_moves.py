"""The whole table of moves: requests, parties, the whistle, links, supervision sheets, the level climbed to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0016_case_moves"
down_revision = "0015_files"
branch_labels = None
depends_on = None

ASKED, PRESENT = sa.text("state = 'asked'"), sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("case", sa.Column("level", sa.String(length=10), nullable=True))
    _requests()
    _parties()
    _whistles()
    _links_and_sheets()


def downgrade() -> None:
    for table in ("supervision_sheet", "case_link", "whistle_unit", "case_whistle", "case_party", "case_request"):
        op.drop_table(table)
    op.drop_column("case", "level")


def _requests() -> None:
    op.create_table(
        "case_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by_user_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_post_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_request_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_request")),
    )
    op.create_index(
        "ux_case_request_asked", "case_request", ["case_id", "kind"], unique=True, sqlite_where=ASKED,
        postgresql_where=ASKED,
    )  # fmt: skip
    op.create_index("ix_case_request_case", "case_request", ["case_id"])


def _parties() -> None:
    op.create_table(
        "case_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_party_case_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_case_party_post_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_party_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
    )
    op.create_index("ix_case_party_case", "case_party", ["case_id"])
    for column in ("post_id", "unit_id"):
        op.create_index(
            f"ix_case_party_{column[:4]}", "case_party", [column, "case_id"], sqlite_where=PRESENT,
            postgresql_where=PRESENT,
        )  # fmt: skip


def _whistles() -> None:
    op.create_table(
        "case_whistle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_level", sa.String(length=10), nullable=False),
        sa.Column("to_level", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blown_at", UtcDateTime(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_post_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_whistle_case_id")),
        sa.ForeignKeyConstraint(["by_post_id"], ["post.id"], name=op.f("fk_case_whistle_by_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_whistle")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_whistle_case_id")),
    )
    op.create_table(
        "whistle_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("whistle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.Column("report_by", UtcDateTime(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("arrived_name", sa.String(length=80), nullable=True),
        sa.Column("unit_rating", sa.String(length=12), nullable=True),
        sa.Column("whistle_rating", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["whistle_id"], ["case_whistle.id"], name=op.f("fk_whistle_unit_whistle_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_whistle_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle_unit")),
        sa.UniqueConstraint("whistle_id", "unit_id", name=op.f("uq_whistle_unit_whistle_id_unit_id")),
    )


def _links_and_sheets() -> None:
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_link_case_id")),
        sa.ForeignKeyConstraint(["follows_id"], ["case.id"], name=op.f("fk_case_link_follows_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_link")),
    )
    op.create_index("ix_case_link_follows", "case_link", ["follows_id"])
    op.create_table(
        "supervision_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_supervision_sheet_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_sheet")),
        sa.UniqueConstraint("case_id", "due_at", name=op.f("uq_supervision_sheet_case_id_due_at")),
    )
    op.create_index("ix_supervision_sheet_path", "supervision_sheet", ["path", "id"])
