"""Families: when a home came and goes, who died or was written twice, who works away, changes proposed by liaisons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime

revision = "0009_families"
down_revision = "0008_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("household", sa.Column("arrived_on", sa.Date(), nullable=True))
    op.add_column("household", sa.Column("leaving_on", sa.Date(), nullable=True))
    _persons()
    op.create_table(
        "family_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("to_household_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_post_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_family_change_household_id")),
        sa.ForeignKeyConstraint(["to_household_id"], ["household.id"], name=op.f("fk_family_change_to_household_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_post_id"], ["post.id"], name=op.f("fk_family_change_proposed_by_post_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_change")),
    )
    op.create_index("ix_family_change_household", "family_change", ["household_id", "state"])
    op.create_index("ix_family_change_state", "family_change", ["state", "id"])


def _persons() -> None:
    op.create_table(
        "person_fate",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_fate_person_id")),
        sa.ForeignKeyConstraint(["same_as_id"], ["person.id"], name=op.f("fk_person_fate_same_as_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_fate")),
    )
    op.create_table(
        "person_away",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_away_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_away")),
    )


def downgrade() -> None:
    for table in ("family_change", "person_away", "person_fate"):
        op.drop_table(table)
    op.drop_column("household", "leaving_on")
    op.drop_column("household", "arrived_on")
