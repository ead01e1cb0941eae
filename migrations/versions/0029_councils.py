"""Papers and remarks of decisions, the covenant and who signed it, mottoes, partners and honours of a village."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0029_councils"
down_revision = "0028_village_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seat", sa.Column("capacity", sa.String(length=16), server_default="", nullable=False))
    _beside_decisions()
    _covenant()
    _village()


def _beside_decisions() -> None:
    op.create_table(
        "decision_paper",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=60), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_paper_decision_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_decision_paper_file_id")),
        sa.PrimaryKeyConstraint("decision_id", "seq", name=op.f("pk_decision_paper")),
    )
    op.create_index("ix_decision_paper_file", "decision_paper", ["file_id"])
    op.create_table(
        "decision_remark",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_remark_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "seq", name=op.f("pk_decision_remark")),
    )


def _covenant() -> None:
    op.create_table(
        "covenant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=8000), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_covenant_village_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_covenant_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covenant")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_covenant_village_id_number")),
    )
    op.create_index(op.f("ix_covenant_decision_id"), "covenant", ["decision_id"])
    op.create_table(
        "covenant_signature",
        sa.Column("covenant_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["covenant_id"], ["covenant.id"], name=op.f("fk_covenant_signature_covenant_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_covenant_signature_household_id")),
        sa.PrimaryKeyConstraint("covenant_id", "household_id", name=op.f("pk_covenant_signature")),
    )
    op.create_index("ix_covenant_signature_household", "covenant_signature", ["household_id"])
    op.create_table(
        "family_motto",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_family_motto_household_id")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_family_motto")),
    )


def _village() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=40), server_default="", nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("duty", sa.String(length=300), server_default="", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_partner_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    op.create_index("ix_partner_place", "partner", ["place_id", "valid_from"])
    op.create_table(
        "village_honour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("giver", sa.String(length=80), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_village_honour_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_honour")),
    )
    op.create_index("ix_village_honour_place", "village_honour", ["place_id", "year"])


def downgrade() -> None:
    for name in (
        "village_honour", "partner", "family_motto", "covenant_signature", "covenant", "decision_remark",
        "decision_paper",
    ):  # fmt: skip
        op.drop_table(name)
    op.drop_column("seat", "capacity")
