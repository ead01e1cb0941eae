"""Mediation: the record of a dispute, its parties, sessions, and the looks afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime

revision = "0022_mediation"
down_revision = "0021_reception"
branch_labels = None
depends_on = None

OPEN, UNDONE = sa.text("result IS NULL"), sa.text("done_on IS NULL")


def upgrade() -> None:
    _mediation()
    _parties()
    _sessions_and_looks()


def downgrade() -> None:
    for table in ("mediation_look", "mediation_session", "mediation_party", "mediation"):
        op.drop_table(table)


def _mediation() -> None:
    op.create_table(
        "mediation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mediators", sa.String(length=200), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by_user_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_post_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_name", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("longer", sa.Boolean(), nullable=False),
        sa.Column("dispute", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("fulfilment", sa.Text(), nullable=True),
        sa.Column("fulfil_by", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=10), nullable=True),
        sa.Column("result_note", sa.Text(), nullable=True),
        sa.Column("ways_told", sa.Boolean(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_user_id", sa.Integer(), nullable=True),
        sa.Column("ended_by_name", sa.String(length=80), nullable=True),
        sa.Column("court_asked_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_no", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_mediation_case_id")),
        sa.ForeignKeyConstraint(["opened_by_post_id"], ["post.id"], name=op.f("fk_mediation_opened_by_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation")),
        sa.UniqueConstraint("case_id", name=op.f("uq_mediation_case_id")),
    )
    op.create_index("ix_mediation_due", "mediation", ["due_on"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_mediation_signed", "mediation", ["signed_on"])


def _parties() -> None:
    op.create_table(
        "mediation_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediation.id"], name=op.f("fk_mediation_party_mediation_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_mediation_party_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_party")),
        sa.UniqueConstraint("mediation_id", "seq", name=op.f("uq_mediation_party_mediation_id_seq")),
    )
    op.create_index("ix_mediation_party_household", "mediation_party", ["household_id"])


def _sessions_and_looks() -> None:
    op.create_table(
        "mediation_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("present", sa.String(length=300), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("written_by_user_id", sa.Integer(), nullable=True),
        sa.Column("written_by_name", sa.String(length=80), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediation.id"], name=op.f("fk_mediation_session_mediation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_session")),
    )
    op.create_index("ix_mediation_session_mediation", "mediation_session", ["mediation_id"])
    op.create_table(
        "mediation_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("word", sa.String(length=300), nullable=True),
        sa.Column("done_by_user_id", sa.Integer(), nullable=True),
        sa.Column("done_by_name", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["mediation_id"], ["mediation.id"], name=op.f("fk_mediation_look_mediation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_look")),
        sa.UniqueConstraint("mediation_id", "seq", name=op.f("uq_mediation_look_mediation_id_seq")),
    )
    op.create_index("ix_mediation_look_due", "mediation_look", ["due_on"], sqlite_where=UNDONE, postgresql_where=UNDONE)
