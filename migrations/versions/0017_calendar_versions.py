"""Versions of the working calendar; digests: whom a notice is for, and which day of a county is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime

revision = "0017_calendar_versions"
down_revision = "0016_case_moves"
branch_labels = None
depends_on = None

# The names of holidays were those of the package; the pages show them now, in the words of the notice.
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
    )

    days = sa.table("calendar_day", sa.column("name", sa.String()))
    for english, chinese in NAMES.items():
        op.execute(days.update().where(days.c.name == english).values(name=chinese))
    op.add_column("notice", sa.Column("person_id", sa.Integer(), nullable=True))
    op.create_index("ix_notice_person", "notice", ["person_id", "id"])
    op.create_index("ix_notice_created", "notice", ["created_at"])
    op.create_table(
        "digest_day",
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["grid.id"], name=op.f("fk_digest_day_county_id")),
        sa.PrimaryKeyConstraint("county_id", "day", name=op.f("pk_digest_day")),
    )


def downgrade() -> None:
    op.drop_table("digest_day")
    op.drop_index("ix_notice_created", table_name="notice")
    op.drop_index("ix_notice_person", table_name="notice")
    op.drop_column("notice", "person_id")
    op.drop_table("calendar_version")
