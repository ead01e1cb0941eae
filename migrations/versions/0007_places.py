"""Places: lines, resources, where an outline came from, files being read, initials, sections that end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import Json, UtcDateTime
from gridcase.core.text import initials

revision = "0007_places"
down_revision = "0006_dated_rows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grid", sa.Column("initials", sa.String(length=40), server_default="", nullable=False))
    op.add_column("section", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("section", sa.Column("valid_to", sa.Date(), nullable=True))
    _lines_and_resources()
    _outlines()
    _take_over()


def _lines_and_resources() -> None:
    op.create_table(
        "grid_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_line_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_line")),
    )
    op.create_index("ix_grid_line_grid_id", "grid_line", ["grid_id"])
    op.create_table(
        "grid_resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("contact_post_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_resource_grid_id")),
        sa.ForeignKeyConstraint(["contact_post_id"], ["post.id"], name=op.f("fk_grid_resource_contact_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_resource")),
    )
    op.create_index("ix_grid_resource_grid_id", "grid_resource", ["grid_id"])


def _outlines() -> None:
    op.create_table(
        "outline_origin",
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("datum", sa.String(length=10), nullable=False),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=80), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_outline_origin_grid_id")),
        sa.PrimaryKeyConstraint("grid_id", name=op.f("pk_outline_origin")),
    )
    op.create_table(
        "outline_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_outline_draft_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outline_draft")),
    )


def _take_over() -> None:
    """Places that stand already can be found by their initials."""
    bind = op.get_bind()
    grid = sa.table("grid", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("initials", sa.String))
    for row in bind.execute(sa.select(grid.c.id, grid.c.name)).all():
        bind.execute(sa.update(grid).where(grid.c.id == row.id).values(initials=initials(row.name)[:40]))


def downgrade() -> None:
    for table in ("outline_draft", "outline_origin", "grid_resource", "grid_line"):
        op.drop_table(table)
    op.drop_column("section", "valid_to")
    op.drop_column("section", "valid_from")
    op.drop_column("grid", "initials")
