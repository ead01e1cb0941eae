"""Reorganisation: what was changed, hand-over sheets, lineage of places."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import Json, UtcDateTime

revision = "0013_reorganise"
down_revision = "0012_exchange"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _reorganisation()
    _lineage()


def downgrade() -> None:
    for table in ("post_change", "grid_lineage", "handover_item", "handover_sheet", "reorganisation"):
        op.drop_table(table)


def _reorganisation() -> None:
    op.create_table(
        "reorganisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("plan", Json, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("problem", Json, nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_reorganisation_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorganisation")),
    )
    op.create_index("ix_reorganisation_village", "reorganisation", ["village_id", "id"])
    op.create_index("ix_reorganisation_state", "reorganisation", ["state", "on"])
    op.create_table(
        "handover_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reorganisation_id", sa.Integer(), nullable=False),
        sa.Column("from_post_id", sa.Integer(), nullable=True),
        sa.Column("to_post_id", sa.Integer(), nullable=True),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reorganisation_id"], ["reorganisation.id"], name=op.f("fk_handover_sheet_reorganisation_id")
        ),
        sa.ForeignKeyConstraint(["from_post_id"], ["post.id"], name=op.f("fk_handover_sheet_from_post_id")),
        sa.ForeignKeyConstraint(["to_post_id"], ["post.id"], name=op.f("fk_handover_sheet_to_post_id")),
        sa.ForeignKeyConstraint(["from_person_id"], ["person.id"], name=op.f("fk_handover_sheet_from_person_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_handover_sheet_to_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_sheet")),
    )
    op.create_index("ix_handover_sheet_reorganisation", "handover_sheet", ["reorganisation_id"])
    op.create_index("ix_handover_sheet_to_post", "handover_sheet", ["to_post_id"])
    op.create_table(
        "handover_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["handover_sheet.id"], name=op.f("fk_handover_item_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_item")),
    )
    op.create_index("ix_handover_item_sheet", "handover_item", ["sheet_id", "kind"])


def _lineage() -> None:
    op.create_table(
        "grid_lineage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["grid.id"], name=op.f("fk_grid_lineage_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["grid.id"], name=op.f("fk_grid_lineage_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_lineage")),
    )
    op.create_index("ix_grid_lineage_from", "grid_lineage", ["from_id"])
    op.create_index("ix_grid_lineage_to", "grid_lineage", ["to_id"])
    op.create_table(
        "post_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_change_post_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["post.id"], name=op.f("fk_post_change_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_change")),
    )
    op.create_index("ix_post_change_post", "post_change", ["post_id"])
