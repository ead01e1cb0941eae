"""Classes and vetoes of schemes; a version in force is never changed; the register of vetoes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime
from gridcase.core.ddl import freeze, thaw

revision = "0030_schemes"
down_revision = "0029_councils"
branch_labels = None
depends_on = None

PARTS = ("points_item", "points_scheme_board", "points_scheme_veto")
ITS_OWN = (
    "id", "village_id", "path", "number", "name", "preset", "decision_id", "valid_from", "base_points", "at_year_end",
    "expire_months", "notice_days", "council_from", "month_budget", "user_id", "made_at",
)  # fmt: skip
OF_ONE_IN_FORCE = "EXISTS (SELECT 1 FROM points_scheme WHERE id = {row}.version_id AND valid_from IS NOT NULL)"


def upgrade() -> None:
    op.create_table(
        "points_scheme_board",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["points_scheme.id"], name=op.f("fk_points_scheme_board_version_id")),
        sa.PrimaryKeyConstraint("version_id", "code", name=op.f("pk_points_scheme_board")),
    )
    op.create_table(
        "points_scheme_veto",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=80), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["points_scheme.id"], name=op.f("fk_points_scheme_veto_version_id")),
        sa.PrimaryKeyConstraint("version_id", "code", name=op.f("pk_points_scheme_veto")),
    )
    _vetoes()
    freeze("points_scheme", "{row}.valid_from IS NOT NULL", columns=ITS_OWN)  # it ends once: valid_to
    for table in PARTS:
        freeze(table, OF_ONE_IN_FORCE, inserts=True)


def _vetoes() -> None:
    op.create_table(
        "points_veto",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("document_no", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("objected_at", UtcDateTime(), nullable=True),
        sa.Column("objection", sa.String(length=300), nullable=True),
        sa.Column("objected_by_user_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("answered_by_user_id", sa.Integer(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_points_veto_lasts")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_veto_village_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_points_veto_household_id")),
        sa.ForeignKeyConstraint(["version_id"], ["points_scheme.id"], name=op.f("fk_points_veto_version_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_points_veto_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_veto")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_points_veto_decision_id")),
    )
    op.create_index("ix_points_veto_household", "points_veto", ["household_id", "valid_to"])
    op.create_index("ix_points_veto_village", "points_veto", ["village_id", "id"])


def downgrade() -> None:
    for table in (*PARTS, "points_scheme"):
        thaw(table)
    for table in ("points_veto", "points_scheme_veto", "points_scheme_board"):
        op.drop_table(table)
