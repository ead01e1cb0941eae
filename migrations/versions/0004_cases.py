"""Cases and their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, Json, UtcDateTime
from gridcase.core.ddl import add_geometry, append_only, drop_geometry_table, release

revision = "0004_cases"
down_revision = "0003_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", ByteString, nullable=False),
        sa.Column("major", sa.String(length=2), nullable=False),
        sa.Column("zh", sa.String(length=60), nullable=False),
        sa.Column("en", sa.String(length=80), nullable=False),
        sa.Column("initials", sa.String(length=60), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("contact_limit", sa.Double(), nullable=False),
        sa.Column("contact_unit", sa.String(length=1), nullable=False),
        sa.Column("limit", sa.Double(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_class")),
        sa.UniqueConstraint("code", name=op.f("uq_case_class_code")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("reporter_name", sa.String(length=60), nullable=True),
        sa.Column("reporter_phone", sa.String(length=20), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("unsorted", sa.Boolean(), nullable=False),
        sa.Column("collector_post_id", sa.Integer(), nullable=True),
        sa.Column("collector_user_id", sa.Integer(), nullable=True),
        sa.Column("handler_post_id", sa.Integer(), nullable=True),
        sa.Column("handler_unit_id", sa.Integer(), nullable=True),
        sa.Column("handled_by_user_id", sa.Integer(), nullable=True),
        sa.Column("helper_household_id", sa.Integer(), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("contact_due_at", UtcDateTime(), nullable=True),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("soon_at", UtcDateTime(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("stage_due_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_late", sa.Boolean(), nullable=False),
        sa.Column("resolved_level", sa.String(length=10), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("answer", sa.String(length=24), nullable=True),
        sa.Column("answer_note", sa.String(length=300), nullable=True),
        sa.Column("answer_attempts", sa.Integer(), nullable=False),
        sa.Column("rating", sa.String(length=12), nullable=True),
        sa.Column("self_solved", sa.Boolean(), nullable=False),
        sa.Column("second_check", sa.String(length=8), nullable=True),
        sa.Column("source_system", sa.String(length=40), nullable=True),
        sa.Column("source_no", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["case_class.id"], name=op.f("fk_case_class_id")),
        sa.ForeignKeyConstraint(["collector_post_id"], ["post.id"], name=op.f("fk_case_collector_post_id")),
        sa.ForeignKeyConstraint(["county_id"], ["grid.id"], name=op.f("fk_case_county_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_case_grid_id")),
        sa.ForeignKeyConstraint(["handler_post_id"], ["post.id"], name=op.f("fk_case_handler_post_id")),
        sa.ForeignKeyConstraint(["handler_unit_id"], ["unit.id"], name=op.f("fk_case_handler_unit_id")),
        sa.ForeignKeyConstraint(["helper_household_id"], ["household.id"], name=op.f("fk_case_helper_household_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_case_household_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_case_section_id")),
        sa.ForeignKeyConstraint(["town_id"], ["grid.id"], name=op.f("fk_case_town_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_case_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
        sa.UniqueConstraint(
            "town_id", "source_system", "source_no", name=op.f("uq_case_town_id_source_system_source_no")
        ),
    )
    op.create_index("ix_case_collector", "case", ["collector_post_id", "registered_at", "id"], unique=False)
    op.create_index(
        "ix_case_due_open",
        "case",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_case_second_check",
        "case",
        ["path", "id"],
        unique=False,
        sqlite_where=sa.text("second_check = 'due'"),
        postgresql_where=sa.text("second_check = 'due'"),
    )
    op.create_index(
        "ix_case_closed",
        "case",
        ["closed_at", "path"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("ix_case_handler_post", "case", ["handler_post_id", "registered_at", "id"], unique=False)
    op.create_index("ix_case_handler_unit", "case", ["handler_unit_id", "registered_at", "id"], unique=False)
    op.create_index("ix_case_household", "case", ["household_id", "registered_at", "id"], unique=False)
    op.create_index("ix_case_path_new", "case", ["path", "registered_at", "id"], unique=False)
    op.create_index(
        "ix_case_path_open",
        "case",
        ["path", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_case_section", "case", ["section_id", "registered_at", "id"], unique=False)
    op.create_index("ix_case_town_new", "case", ["town_id", "registered_at", "id"], unique=False)
    op.create_index("ix_case_village_new", "case", ["village_id", "registered_at", "id"], unique=False)
    op.create_table(
        "case_point",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_point_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_point")),
    )
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_post_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("actor_role", sa.String(length=30), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("detail", Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_step_case_id_seq")),
    )
    op.create_table(
        "case_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_tally")),
    )
    op.create_index("ix_case_tally_town", "case_tally", ["town_id"], unique=False)
    op.create_index("ix_case_tally_village", "case_tally", ["village_id", "state"], unique=False)
    op.create_table(
        "case_sequence",
        sa.Column("town_code", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_code", "day", name=op.f("pk_case_sequence")),
    )
    add_geometry("case_point", "geom", "POINT")
    append_only("case_step")


def downgrade() -> None:
    release("case_step")
    op.drop_table("case_sequence")
    op.drop_table("case_tally")
    op.drop_table("case_step")
    drop_geometry_table("case_point", "geom")
    op.drop_table("case")
    op.drop_table("case_class")
