"""Households, members and circles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime
from gridcase.core.ddl import add_geometry, drop_geometry_table

revision = "0002_households"
down_revision = "0001_the_floor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", ByteString, nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("head_name", sa.String(length=60), nullable=False),
        sa.Column("initials", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("tier", sa.String(length=12), nullable=False),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("floating", sa.Boolean(), nullable=False),
        sa.Column("last_visit_at", UtcDateTime(), nullable=True),
        sa.Column("next_visit_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_household_grid_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_household_section_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_household_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code", name=op.f("uq_household_code")),
    )
    op.create_index(op.f("ix_household_grid_id"), "household", ["grid_id"], unique=False)
    op.create_index("ix_household_initials", "household", ["village_id", "initials"], unique=False)
    op.create_index("ix_household_next_visit", "household", ["village_id", "next_visit_on"], unique=False)
    op.create_index("ix_household_path", "household", ["path", "id"], unique=False)
    op.create_index(op.f("ix_household_section_id"), "household", ["section_id"], unique=False)
    op.create_table(
        "household_point",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_point_household_id")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household_point")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_member_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index("ix_member_household", "member", ["household_id"], unique=False)
    op.create_index("ix_member_person", "member", ["person_id"], unique=False)
    op.create_table(
        "circle_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_circle_place_household_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_circle_place_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_place")),
    )
    op.create_index("ix_circle_place_household", "circle_place", ["household_id", "valid_to"], unique=False)
    op.create_index("ix_circle_place_post", "circle_place", ["post_id", "valid_to"], unique=False)
    op.create_table(
        "tier_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("from_tier", sa.String(length=12), nullable=True),
        sa.Column("to_tier", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_tier_change_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_change")),
    )
    op.create_index(op.f("ix_tier_change_household_id"), "tier_change", ["household_id"], unique=False)
    op.create_table(
        "household_card",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_card_household_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_household_card_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_household_card")),
    )
    op.create_index(op.f("ix_household_card_household_id"), "household_card", ["household_id"], unique=False)
    add_geometry("household_point", "geom", "POINT")


def downgrade() -> None:
    op.drop_table("household_card")
    op.drop_table("tier_change")
    op.drop_table("circle_place")
    op.drop_table("member")
    drop_geometry_table("household_point", "geom")
    op.drop_table("household")
