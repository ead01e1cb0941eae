"""Versions of the catalogue by place, and reply templates.

Nothing is filled in. The rules of a class as shipped stay in its own row, which is never changed from now on; a case
without a version is under them. So every running case keeps exactly the limits it has, and no row of the largest table
is written by the upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime

revision = "0018_catalogue"
down_revision = "0017_calendar_versions"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.add_column("case_class", sa.Column("county_id", sa.Integer(), nullable=True))
    op.add_column("case", sa.Column("class_version_id", sa.Integer(), nullable=True))
    op.create_table(
        "case_class_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("own", Json, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("superseded_at", UtcDateTime, nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("contact_limit", sa.Float(), nullable=False),
        sa.Column("contact_unit", sa.String(length=1), nullable=False),
        sa.Column("limit", sa.Float(), nullable=False),
        sa.Column("limit_unit", sa.String(length=1), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("reporter_rule", sa.String(length=4), nullable=True),
        sa.Column("helper_rule", sa.String(length=4), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("common", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("open_condition", sa.String(length=200), nullable=False),
        sa.Column("close_condition", sa.String(length=200), nullable=False),
        sa.Column("evidence_hint", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["case_class.id"], name=op.f("fk_case_class_version_class_id")),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_case_class_version_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_class_version")),
        sa.UniqueConstraint(
            "class_id", "place_id", "number", name=op.f("uq_case_class_version_class_id_place_id_number")
        ),
    )
    op.create_index(
        "ux_case_class_version_now", "case_class_version", ["class_id", "place_id"], unique=True,
        sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
    )  # fmt: skip
    op.create_index("ix_case_class_version_place", "case_class_version", ["place_id"])
    op.create_table(
        "reply_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=30), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("retired_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["case_class.id"], name=op.f("fk_reply_template_class_id")),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_reply_template_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_template")),
    )
    op.create_index("ix_reply_template_place", "reply_template", ["place_id", "kind"])


def downgrade() -> None:
    op.drop_table("reply_template")
    op.drop_table("case_class_version")
    op.drop_column("case", "class_version_id")
    op.drop_column("case_class", "county_id")
