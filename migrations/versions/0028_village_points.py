"""What villages decide, what they give points for, what is declared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0028_village_points"
down_revision = "0027_bulletin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _decisions()
    _schemes()
    _declarations()


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("collected", sa.String(length=600), server_default="", nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.Column("dropped_why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_decision_village_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_decision_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_decision_village_id_number")),
    )
    op.create_index("ix_decision_village", "decision", ["village_id", "kind", "passed_on"])
    op.create_table(
        "decision_step",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("assembly", sa.String(length=10), server_default="", nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entitled", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("in_favour", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_step_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "rank", name=op.f("pk_decision_step")),
    )


def _schemes() -> None:
    op.create_table(
        "points_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("preset", sa.String(length=20), server_default="", nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("base_points", sa.Integer(), nullable=False),
        sa.Column("at_year_end", sa.String(length=8), nullable=False),
        sa.Column("expire_months", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("council_from", sa.Integer(), nullable=False),
        sa.Column("month_budget", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_scheme_village_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_points_scheme_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_scheme")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_points_scheme_village_id_number")),
    )
    op.create_table(
        "points_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("board", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("criteria", sa.String(length=200), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at_most", sa.Boolean(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("cap_per", sa.String(length=8), server_default="", nullable=False),
        sa.Column("who", sa.String(length=4), nullable=False),
        sa.Column("unit", sa.String(length=10), server_default="", nullable=False),
        sa.Column("evidence", sa.String(length=40), server_default="", nullable=False),
        sa.Column("approval", sa.String(length=1), nullable=False),
        sa.Column("document", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("case_rule", sa.String(length=4), server_default="", nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["points_scheme.id"], name=op.f("fk_points_item_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_item")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_points_item_version_id_code")),
    )
    op.create_index("ix_points_item_code", "points_item", ["code"])


def _declarations() -> None:
    op.create_table(
        "points_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=200), server_default="", nullable=False),
        sa.Column("document_no", sa.String(length=40), server_default="", nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("guardian_agreed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source_kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("source_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("recused", sa.Integer(), nullable=True),
        sa.Column("talked_on", sa.Date(), nullable=True),
        sa.Column("transfer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_declaration_village_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_points_declaration_household_id")),
        sa.ForeignKeyConstraint(["item_id"], ["points_item.id"], name=op.f("fk_points_declaration_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_declaration_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_points_declaration_post_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_points_declaration_decision_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["points_transfer.id"], name=op.f("fk_points_declaration_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_declaration")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_points_declaration_client_uuid")),
    )
    op.create_index("ix_points_declaration_village", "points_declaration", ["village_id", "state", "id"])
    op.create_index("ix_points_declaration_household", "points_declaration", ["household_id", "id"])
    op.create_index("ix_points_declaration_source", "points_declaration", ["source_kind", "source_id"])
    op.create_index("ix_points_declaration_waiting", "points_declaration", ["state", "path"])
    op.create_index("ix_points_declaration_happened", "points_declaration", ["village_id", "happened_on"])
    op.create_index(op.f("ix_points_declaration_item_id"), "points_declaration", ["item_id"])
    op.create_index(op.f("ix_points_declaration_transfer_id"), "points_declaration", ["transfer_id"])


def downgrade() -> None:
    for name in ("points_declaration", "points_item", "points_scheme", "decision_step", "decision"):
        op.drop_table(name)
