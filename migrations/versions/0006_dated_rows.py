"""Dated rows: homes in cells, circles, posts and members from when to when, and as known at what time."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime

revision = "0006_dated_rows"
down_revision = "0005_visits"
branch_labels = None
depends_on = None

ONE_OPEN = {"household_place": ["household_id"], "circle_place": ["household_id", "role"]}
DATED = ("holding", "member", "circle_place")


def upgrade() -> None:
    for table in DATED:
        op.add_column(table, sa.Column("recorded_at", UtcDateTime(), nullable=True))
        op.add_column(table, sa.Column("superseded_at", UtcDateTime(), nullable=True))
    op.add_column("circle_place", sa.Column("role", sa.String(length=30), server_default="liaison", nullable=False))
    op.add_column("member", sa.Column("absent", sa.Boolean(), server_default=sa.false(), nullable=False))
    for column in _home():
        op.add_column("household", column)
    _tables()
    _take_over()
    _one_open()


def _home() -> list[sa.Column[Any]]:
    return [
        sa.Column("hamlet", sa.String(length=40), server_default="", nullable=False),
        sa.Column("external_code", ByteString, nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
    ]


def _tables() -> None:
    op.create_table(
        "household_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=True),
        sa.Column("superseded_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_place_household_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_household_place_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_place")),
    )
    op.create_index("ix_household_place_household", "household_place", ["household_id", "valid_from"])
    op.create_index("ix_household_place_grid", "household_place", ["grid_id", "valid_from"])
    op.create_table(
        "household_lineage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["household.id"], name=op.f("fk_household_lineage_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["household.id"], name=op.f("fk_household_lineage_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_lineage")),
    )
    op.create_index("ix_household_lineage_from", "household_lineage", ["from_id"])
    op.create_index("ix_household_lineage_to", "household_lineage", ["to_id"])
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_nomination_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("household_id", "rank", name=op.f("uq_nomination_household_id_rank")),
    )
    op.create_index("ix_nomination_person", "nomination", ["person_id"])
    op.create_table(
        "place_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_place_setting_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_setting")),
        sa.UniqueConstraint("place_id", "key", "version", name=op.f("uq_place_setting_place_id_key_version")),
    )


def _take_over() -> None:
    """What stands today has stood since the place was opened; a circle's role is that of its post."""
    op.execute(
        "INSERT INTO household_place (household_id, grid_id, reason, valid_from) SELECT household.id, "
        "household.grid_id, 'register', grid.valid_from FROM household JOIN grid ON grid.id = household.grid_id"
    )
    op.execute("UPDATE circle_place SET role = (SELECT post.role FROM post WHERE post.id = circle_place.post_id)")


def _one_open() -> None:
    """Of one home (and role) there is one row that holds until further notice."""
    where = sa.text("valid_to IS NULL AND superseded_at IS NULL")
    for table, columns in ONE_OPEN.items():
        op.create_index(f"uq_{table}_open", table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("uq_circle_place_open", "circle_place")
    for table in ("place_setting", "nomination", "household_lineage", "household_place"):
        op.drop_table(table)
    for column in reversed(_home()):
        op.drop_column("household", column.name)
    op.drop_column("member", "absent")
    op.drop_column("circle_place", "role")
    for table in DATED:
        op.drop_column(table, "superseded_at")
        op.drop_column(table, "recorded_at")
