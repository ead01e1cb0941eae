"""Activities and who came, teams and what they were asked for, honours, boards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0034_affairs"
down_revision = "0033_shop"
branch_labels = None
depends_on = None

NAMED, UNNAMED = sa.text("person_id IS NOT NULL"), sa.text("person_id IS NULL")
STILL_IN = sa.text("left_on IS NULL")


def upgrade() -> None:
    _activities()
    _teams()
    _honours()
    _boards()


def _activities() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("token", ByteString, nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("branch", sa.String(length=8), server_default="", nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=600), server_default="", nullable=False),
        sa.Column("spot", sa.String(length=60), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("item_code", sa.String(length=8), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=100), server_default="", nullable=False),
        sa.Column("day_value", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_activity_village_id")),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_activity_place_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_activity_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_activity_client_uuid")),
        sa.UniqueConstraint("token", name=op.f("uq_activity_token")),
    )
    op.create_index("ix_activity_path", "activity", ["path", "starts_at"])
    op.create_index("ix_activity_village", "activity", ["village_id", "starts_at"])
    op.create_table(
        "activity_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("joined", sa.String(length=8), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("came", sa.String(length=8), server_default="", nullable=False),
        sa.Column("came_at", UtcDateTime(), nullable=True),
        sa.Column("guardian_agreed", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_person_activity_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_activity_person_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_person")),
    )
    op.create_index("ix_activity_person_household", "activity_person", ["household_id"])
    op.create_index("ix_activity_person_person", "activity_person", ["person_id"])
    op.create_index(
        "uq_activity_person_home",
        "activity_person",
        ["activity_id", "household_id"],
        unique=True,
        sqlite_where=UNNAMED,
        postgresql_where=UNNAMED,
    )
    op.create_index(
        "uq_activity_person_person",
        "activity_person",
        ["activity_id", "person_id"],
        unique=True,
        sqlite_where=NAMED,
        postgresql_where=NAMED,
    )
    op.create_table(
        "activity_knock",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "who", "hour", name=op.f("pk_activity_knock")),
    )


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_team_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_index("ix_team_village", "team", ["village_id", "kind"])
    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_person", "team_member", ["person_id"])
    op.create_index("ix_team_member_team", "team_member", ["team_id"])
    op.create_index(
        "uq_team_member_open",
        "team_member",
        ["team_id", "person_id"],
        unique=True,
        sqlite_where=STILL_IN,
        postgresql_where=STILL_IN,
    )
    op.create_table(
        "help_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=120), server_default="", nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_help_request_village_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_help_request_household_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_help_request_case_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_help_request_team_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_help_request_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_help_request_client_uuid")),
    )
    op.create_index("ix_help_request_case", "help_request", ["case_id"])
    op.create_index("ix_help_request_household", "help_request", ["household_id"])
    op.create_index("ix_help_request_team", "help_request", ["team_id", "state"])
    op.create_index("ix_help_request_village", "help_request", ["village_id", "state", "id"])


def _honours() -> None:
    op.create_table(
        "award_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("counts_to", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by_user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_award_round_village_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_award_round_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_round")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_award_round_client_uuid")),
    )
    op.create_index("ix_award_round_village", "award_round", ["village_id", "id"])
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("deeds", sa.String(length=200), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("objection", sa.String(length=300), server_default="", nullable=False),
        sa.Column("objected_at", UtcDateTime(), nullable=True),
        sa.Column("objected_by_user_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=300), server_default="", nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("plate", sa.String(length=30), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["award_round.id"], name=op.f("fk_award_round_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_award_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("plate", name=op.f("uq_award_plate")),
        sa.UniqueConstraint("round_id", "household_id", name=op.f("uq_award_round_id_household_id")),
    )
    op.create_index("ix_award_household", "award", ["household_id"])
    op.create_table(
        "home_choice",
        sa.Column("household_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("compared", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_home_choice_household_id")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_home_choice")),
    )


def _boards() -> None:
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("hung_on", sa.Date(), nullable=False),
        sa.Column("down_on", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_board_village_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_board_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint(
            "village_id", "kind", "begins_on", "ends_on", name=op.f("uq_board_village_id_kind_begins_on_ends_on")
        ),
    )
    op.create_index("ix_board_village", "board", ["village_id", "kind", "hung_on"])
    op.create_table(
        "board_home",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("deeds", sa.String(length=60), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_board_home_board_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_board_home_household_id")),
        sa.PrimaryKeyConstraint("board_id", "household_id", name=op.f("pk_board_home")),
    )


def downgrade() -> None:
    for name in (
        "board_home",
        "board",
        "home_choice",
        "award",
        "award_round",
        "help_request",
        "team_member",
        "team",
        "activity_knock",
        "activity_person",
        "activity",
    ):
        op.drop_table(name)
