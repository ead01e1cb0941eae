"""Care tiers: factors, suggestions, objections, what asks for another assessment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import Json, UtcDateTime

revision = "0010_care"
down_revision = "0009_families"
branch_labels = None
depends_on = None


def _column(name: str, kind: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "tier_state",
        _column("household_id", sa.Integer()),
        _column("set_on", sa.Date(), null=True),
        _column("assessed_on", sa.Date(), null=True),
        _column("visits", sa.Integer()),
        _foreign("tier_state", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_tier_state")),
    )
    op.create_index(op.f("ix_tier_state_assessed_on"), "tier_state", ["assessed_on"])
    _factors()
    _suggestions()
    _objections()
    op.create_table(
        "tier_task",
        _column("id", sa.Integer()),
        _column("household_id", sa.Integer()),
        _column("cause", sa.String(length=12)),
        _column("ref", sa.String(length=40)),
        _column("opened_on", sa.Date()),
        _column("closed_at", UtcDateTime(), null=True),
        _foreign("tier_task", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_task")),
        sa.UniqueConstraint("household_id", "cause", "ref", name=op.f("uq_tier_task_household_id_cause_ref")),
    )
    _part("ix_tier_task_open", "tier_task", "closed_at IS NULL", unique=False)
    # A tier that was confirmed before this has stood since then.
    op.execute(
        "INSERT INTO tier_state (household_id, set_on, assessed_on, visits) "
        "SELECT household_id, CAST(MAX(at) AS DATE), CAST(MAX(at) AS DATE), 0 FROM tier_change GROUP BY household_id"
        if op.get_bind().dialect.name == "postgresql"
        else "INSERT INTO tier_state (household_id, set_on, assessed_on, visits) SELECT household_id, DATE(MAX(at)), "
        "DATE(MAX(at)), 0 FROM tier_change GROUP BY household_id"
    )


def _part(name: str, table: str, where: str, *, unique: bool) -> None:
    clause = sa.text(where)
    op.create_index(name, table, ["household_id"], unique=unique, sqlite_where=clause, postgresql_where=clause)


def _factors() -> None:
    op.create_table(
        "household_factor",
        _column("id", sa.Integer()),
        _column("household_id", sa.Integer()),
        _column("person_id", sa.Integer(), null=True),
        _column("code", sa.String(length=10)),
        _column("source", sa.String(length=12)),
        _column("basis", sa.String(length=120)),
        _column("rules_version", sa.Integer()),
        _column("noted_on", sa.Date()),
        _column("noted_by_user_id", sa.Integer(), null=True),
        _column("noted_by_post_id", sa.Integer(), null=True),
        _column("valid_until", sa.Date()),
        _column("confirmed_at", UtcDateTime(), null=True),
        _column("confirmed_by_user_id", sa.Integer(), null=True),
        _column("confirmed_ref", sa.String(length=60), null=True),
        _column("ended_on", sa.Date(), null=True),
        _column("ended_why", sa.String(length=12), null=True),
        _column("ended_by_user_id", sa.Integer(), null=True),
        _foreign("household_factor", "household_id", "household.id"),
        _foreign("household_factor", "person_id", "person.id"),
        _foreign("household_factor", "noted_by_post_id", "post.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_factor")),
    )
    op.create_index("ix_household_factor_home", "household_factor", ["household_id", "ended_on"])
    op.create_index(op.f("ix_household_factor_valid_until"), "household_factor", ["valid_until"])


def _suggestions() -> None:
    op.create_table(
        "tier_suggestion",
        _column("id", sa.Integer()),
        _column("household_id", sa.Integer()),
        _column("from_tier", sa.String(length=12)),
        _column("to_tier", sa.String(length=12)),
        _column("computed_tier", sa.String(length=12)),
        _column("total", sa.Integer()),
        _column("reasons", Json),
        _column("rules_version", sa.Integer()),
        _column("words", sa.String(length=200)),
        _column("state", sa.String(length=12)),
        _column("proposed_at", UtcDateTime()),
        _column("proposed_by_user_id", sa.Integer(), null=True),
        _column("proposed_by_post_id", sa.Integer(), null=True),
        _column("decided_at", UtcDateTime(), null=True),
        _column("decided_by_user_id", sa.Integer(), null=True),
        _column("decided_by_post_id", sa.Integer(), null=True),
        _column("decided_words", sa.String(length=200), null=True),
        _column("meeting_on", sa.Date(), null=True),
        _column("meeting_kind", sa.String(length=12), null=True),
        _column("meeting_ref", sa.String(length=120), null=True),
        _column("change_id", sa.Integer(), null=True),
        _foreign("tier_suggestion", "household_id", "household.id"),
        _foreign("tier_suggestion", "proposed_by_post_id", "post.id"),
        _foreign("tier_suggestion", "decided_by_post_id", "post.id"),
        _foreign("tier_suggestion", "change_id", "tier_change.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_suggestion")),
    )
    op.create_index("ix_tier_suggestion_household", "tier_suggestion", ["household_id", "id"])
    _part("uq_tier_suggestion_waiting", "tier_suggestion", "state = 'proposed'", unique=True)


def _objections() -> None:
    op.create_table(
        "tier_objection",
        _column("id", sa.Integer()),
        _column("household_id", sa.Integer()),
        _column("change_id", sa.Integer(), null=True),
        _column("spoken", sa.Boolean()),
        _column("words", sa.String(length=500)),
        _column("filed_at", UtcDateTime()),
        _column("filed_by_user_id", sa.Integer(), null=True),
        _column("filed_by_post_id", sa.Integer(), null=True),
        _column("due_at", UtcDateTime()),
        _column("answered_at", UtcDateTime(), null=True),
        _column("answered_by_user_id", sa.Integer(), null=True),
        _column("answered_by_post_id", sa.Integer(), null=True),
        _column("outcome", sa.String(length=12), null=True),
        _column("answer", sa.String(length=500), null=True),
        _foreign("tier_objection", "household_id", "household.id"),
        _foreign("tier_objection", "change_id", "tier_change.id"),
        _foreign("tier_objection", "filed_by_post_id", "post.id"),
        _foreign("tier_objection", "answered_by_post_id", "post.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_objection")),
    )
    op.create_index("ix_tier_objection_household", "tier_objection", ["household_id", "id"])
    _part("uq_tier_objection_open", "tier_objection", "answered_at IS NULL", unique=True)


def downgrade() -> None:
    for table in ("tier_task", "tier_objection", "tier_suggestion", "household_factor", "tier_state"):
        op.drop_table(table)
