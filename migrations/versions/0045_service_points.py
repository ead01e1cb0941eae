"""Points of public legal service and who was advised at one; which council steps in for a class of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0045_service_points"
down_revision = "0044_sweep"
branch_labels = None
depends_on = None

COUNCILS = {"redwhite": ("0901", "0902", "0903"), "moral": ("0904", "0905")}  # as shipped


def upgrade() -> None:
    _points()
    for table in ("case_class", "case_class_version"):
        op.add_column(table, sa.Column("council", sa.String(length=20), nullable=True))
    classes = sa.table("case_class", sa.column("id"), sa.column("code"), sa.column("council"))
    versions = sa.table(
        "case_class_version", sa.column("class_id"), sa.column("council"), sa.column("restricted", sa.Boolean())
    )
    for council, codes in COUNCILS.items():
        op.execute(sa.update(classes).where(classes.c.code.in_(codes)).values(council=council))
        of_these = sa.select(classes.c.id).where(classes.c.code.in_(codes))
        op.execute(
            sa.update(versions).where(versions.c.class_id.in_(of_these), ~versions.c.restricted).values(council=council)
        )


def _points() -> None:
    op.create_table(
        "legal_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("hours", sa.String(length=60), nullable=False),
        sa.Column("duty", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_legal_point_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_point")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_legal_point_client_uuid")),
    )
    op.create_index("ix_legal_point_path", "legal_point", ["path", "closed_on"])
    op.create_table(
        "legal_consultation",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["quick_answer.id"], name=op.f("fk_legal_consultation_answer_id")),
        sa.ForeignKeyConstraint(["point_id"], ["legal_point.id"], name=op.f("fk_legal_consultation_point_id")),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_legal_consultation")),
    )
    op.create_index("ix_legal_consultation_point", "legal_consultation", ["point_id", "at"])


def downgrade() -> None:
    for table in ("case_class_version", "case_class"):
        op.drop_column(table, "council")
    op.drop_table("legal_consultation")
    op.drop_table("legal_point")
