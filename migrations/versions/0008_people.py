"""People: organisations, liaison records, what a person is, pledges."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime

revision = "0008_people"
down_revision = "0007_places"
branch_labels = None
depends_on = None


def _dated() -> list[sa.Column[Any]]:
    return [
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=True),
        sa.Column("superseded_at", UtcDateTime(), nullable=True),
    ]


def upgrade() -> None:
    op.add_column("unit", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("holding", sa.Column("reason", sa.String(length=20), server_default="", nullable=False))
    op.add_column("holding", sa.Column("source", sa.String(length=20), server_default="", nullable=False))
    _bodies()
    _pledges()
    _liaisons()


def _bodies() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("place_path", ByteString, nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_organisation_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index("ix_organisation_place_path", "organisation", ["place_path"])
    op.create_index("ix_organisation_parent_id", "organisation", ["parent_id"])
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        *_dated(),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_seat_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    op.create_index("ix_seat_organisation", "seat", ["organisation_id"])
    op.create_index("ix_seat_person", "seat", ["person_id"])
    op.create_table(
        "person_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        *_dated(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_tag_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_tag")),
    )
    op.create_index("ix_person_tag_person", "person_tag", ["person_id", "kind"])


def _pledges() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("place_path", ByteString, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("review", sa.String(length=10), server_default="", nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pledge_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("person_id", "year", name=op.f("uq_pledge_person_id_year")),
    )
    op.create_table(
        "pledge_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("progress", sa.String(length=200), server_default="", nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_item_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_item")),
    )
    op.create_index("ix_pledge_item_pledge", "pledge_item", ["pledge_id"])


def _liaisons() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place_path", ByteString, nullable=False),
        sa.Column("number", ByteString, nullable=False),
        sa.Column("token", ByteString, nullable=False),
        sa.Column("elected_on", sa.Date(), nullable=False),
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("signatures", sa.Integer(), nullable=True),
        sa.Column("led_by", sa.String(length=60), nullable=False),
        sa.Column("candidate", sa.String(length=20), nullable=False),
        sa.Column("oath_on", sa.Date(), nullable=True),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_to", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_why", sa.String(length=120), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_certificate_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_token")),
    )
    op.create_index("ix_certificate_post", "certificate", ["post_id"])
    op.create_index("ix_certificate_person_id", "certificate", ["person_id"])
    op.create_index("ix_certificate_place_path", "certificate", ["place_path"])
    op.create_table(
        "card_consent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("phone_in_full", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_consent_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_card_consent")),
    )
    op.create_table(
        "first_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_first_visit_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_first_visit_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_first_visit_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_visit")),
        sa.UniqueConstraint(
            "post_id", "person_id", "household_id", name=op.f("uq_first_visit_post_id_person_id_household_id")
        ),
    )
    op.create_index("ix_first_visit_household_id", "first_visit", ["household_id"])


def downgrade() -> None:
    for table in (
        "first_visit", "card_consent", "certificate", "pledge_item", "pledge", "person_tag", "seat", "organisation",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_column("holding", "source")
    op.drop_column("holding", "reason")
    op.drop_column("unit", "ended_on")
