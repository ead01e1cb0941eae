"""Beside a visit: errands, good deeds, and the signs that only named roles read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0026_visits"
down_revision = "0025_sync"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_errand",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("done_by", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_visit_errand_case_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_errand_visit_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_visit_errand")),
    )
    op.create_index("ix_visit_errand_visit_id", "visit_errand", ["visit_id"])
    _deeds()
    _signs()


def _deeds() -> None:
    op.create_table(
        "good_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_good_deed_household_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_good_deed_visit_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_good_deed_village_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_good_deed_section_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_good_deed_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_deed")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_good_deed_client_uuid")),
    )
    op.create_index("ix_good_deed_path", "good_deed", ["path", "on", "id"])
    op.create_index("ix_good_deed_household_id", "good_deed", ["household_id"])


def _signs() -> None:
    op.create_table(
        "visit_sign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.String(length=12), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("noted_by_post_id", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime, nullable=True),
        sa.Column("confirmed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_ref", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_sign_visit_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_sign_household_id")),
        sa.ForeignKeyConstraint(["noted_by_post_id"], ["post.id"], name=op.f("fk_visit_sign_noted_by_post_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_visit_sign_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_sign")),
        sa.UniqueConstraint("visit_id", "sign", name=op.f("uq_visit_sign_visit_id_sign")),
    )
    op.create_index("ix_visit_sign_household_id", "visit_sign", ["household_id"])
    op.create_index("ix_visit_sign_valid_until", "visit_sign", ["valid_until"])


def downgrade() -> None:
    op.drop_table("visit_sign")
    op.drop_table("good_deed")
    op.drop_table("visit_errand")
