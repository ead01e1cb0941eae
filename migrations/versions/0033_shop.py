"""The points shop: goods, stock, redemptions, donations; the merchants of the alliance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime
from gridcase.core.ddl import append_only, release

revision = "0033_shop"
down_revision = "0032_declarations"
branch_labels = None
depends_on = None

APPEND_ONLY = ("shop_move", "donation_use")


def upgrade() -> None:
    _donations()
    _goods()
    _redemptions()
    _stock()
    _knocks()
    _merchants()
    for table in APPEND_ONLY:
        append_only(table)


def _donations() -> None:
    op.create_table(
        "donation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("donor", sa.String(length=60), nullable=False),
        sa.Column("donor_kind", sa.String(length=10), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("goods", sa.String(length=100), server_default="", nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("used_fen", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=60), server_default="", nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_donation_amount_positive")),
        sa.CheckConstraint("used_fen >= 0 AND used_fen <= amount_fen", name=op.f("ck_donation_used_within")),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_donation_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_donation_client_uuid")),
    )
    op.create_index("ix_donation_path", "donation", ["path", "given_on"])
    op.create_table(
        "donation_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("donation_id", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=100), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_donation_use_amount_positive")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_donation_use_donation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation_use")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_donation_use_client_uuid")),
    )
    op.create_index(op.f("ix_donation_use_donation_id"), "donation_use", ["donation_id"])


def _goods() -> None:
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("venue", sa.String(length=60), nullable=False),
        sa.Column("hours", sa.String(length=60), nullable=False),
        sa.Column("sponsor", sa.String(length=60), server_default="", nullable=False),
        sa.Column("has_room", sa.Boolean(), nullable=False),
        sa.Column("has_sign", sa.Boolean(), nullable=False),
        sa.Column("has_rules", sa.Boolean(), nullable=False),
        sa.Column("has_goods", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("code_days", sa.Integer(), nullable=False),
        sa.Column("confirm_from_fen", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_shop_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("place_id", "name", name=op.f("uq_shop_place_id_name")),
    )
    op.create_index("ix_shop_path", "shop", ["path"])
    op.create_table(
        "shop_goods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("low_at", sa.Integer(), nullable=False),
        sa.Column("on_shelf", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_shop_goods_points_positive")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_shop_goods_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_goods")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_shop_goods_shop_id_name")),
    )
    op.create_table(
        "shop_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("donation_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_fen", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("free >= 0", name=op.f("ck_shop_batch_free_not_negative")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_shop_batch_held_not_negative")),
        sa.CheckConstraint("unit_fen >= 0", name=op.f("ck_shop_batch_cost_not_negative")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_shop_batch_donation_id")),
        sa.ForeignKeyConstraint(["goods_id"], ["shop_goods.id"], name=op.f("fk_shop_batch_goods_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_batch")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_shop_batch_client_uuid")),
    )
    op.create_index(op.f("ix_shop_batch_donation_id"), "shop_batch", ["donation_id"])
    op.create_index("ix_shop_batch_goods", "shop_batch", ["goods_id", "expires_on"])


def _redemptions() -> None:
    op.create_table(
        "shop_redemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tail", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_user_id", sa.Integer(), nullable=True),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shop_redemption_quantity_positive")),
        sa.ForeignKeyConstraint(["goods_id"], ["shop_goods.id"], name=op.f("fk_shop_redemption_goods_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_shop_redemption_household_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_shop_redemption_post_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_shop_redemption_shop_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_shop_redemption_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_redemption")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_shop_redemption_client_uuid")),
        sa.UniqueConstraint("shop_id", "digest", name=op.f("uq_shop_redemption_shop_id_digest")),
    )
    op.create_index("ix_shop_redemption_due", "shop_redemption", ["state", "until"])
    op.create_index(op.f("ix_shop_redemption_goods_id"), "shop_redemption", ["goods_id"])
    op.create_index("ix_shop_redemption_household", "shop_redemption", ["household_id", "id"])
    op.create_index("ix_shop_redemption_shop", "shop_redemption", ["shop_id", "state", "until"])
    op.create_index("ix_shop_redemption_village", "shop_redemption", ["village_id", "ended_at"])


def _stock() -> None:
    op.create_table(
        "shop_take",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("counted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("counted_by", sa.String(length=40), nullable=False),
        sa.Column("value_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by_user_id", sa.Integer(), nullable=True),
        sa.Column("settled_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_shop_take_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_take")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_shop_take_client_uuid")),
    )
    op.create_index("ix_shop_take_shop", "shop_take", ["shop_id", "id"])
    op.create_table(
        "shop_take_line",
        sa.Column("take_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["shop_batch.id"], name=op.f("fk_shop_take_line_batch_id")),
        sa.ForeignKeyConstraint(["take_id"], ["shop_take.id"], name=op.f("fk_shop_take_line_take_id")),
        sa.PrimaryKeyConstraint("take_id", "batch_id", name=op.f("pk_shop_take_line")),
    )
    op.create_table(
        "shop_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=True),
        sa.Column("take_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shop_move_quantity_positive")),
        sa.ForeignKeyConstraint(["batch_id"], ["shop_batch.id"], name=op.f("fk_shop_move_batch_id")),
        sa.ForeignKeyConstraint(["redemption_id"], ["shop_redemption.id"], name=op.f("fk_shop_move_redemption_id")),
        sa.ForeignKeyConstraint(["take_id"], ["shop_take.id"], name=op.f("fk_shop_move_take_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_move")),
        sa.UniqueConstraint("key", name=op.f("uq_shop_move_key")),
    )
    op.create_index("ix_shop_move_batch", "shop_move", ["batch_id", "id"])
    op.create_index("ix_shop_move_redemption", "shop_move", ["redemption_id"])
    op.create_index("ix_shop_move_at", "shop_move", ["kind", "at"])


def _knocks() -> None:
    op.create_table(
        "shop_knock",
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("who", "hour", name=op.f("pk_shop_knock")),
    )


def _merchants() -> None:
    op.create_table(
        "merchant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=80), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=True),
        sa.Column("honesty", sa.Integer(), nullable=True),
        sa.Column("variety", sa.Integer(), nullable=True),
        sa.Column("demand", sa.Integer(), nullable=True),
        sa.Column("review", sa.String(length=200), server_default="", nullable=False),
        sa.Column("reviewed_by", sa.String(length=40), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removed_why", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_merchant_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
        sa.UniqueConstraint("place_id", "name", name=op.f("uq_merchant_place_id_name")),
    )
    op.create_index("ix_merchant_path", "merchant", ["path", "state"])
    op.create_table(
        "merchant_tier",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("points > 0 AND percent > 0 AND percent < 100", name=op.f("ck_merchant_tier_sensible")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_merchant_tier_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", "points", name=op.f("pk_merchant_tier")),
    )
    op.create_table(
        "merchant_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("points_held", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=True),
        sa.Column("saved_fen", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_merchant_proof_household_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_merchant_proof_merchant_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_merchant_proof_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_proof")),
        sa.UniqueConstraint("client_uuid", name=op.f("uq_merchant_proof_client_uuid")),
        sa.UniqueConstraint("digest", name=op.f("uq_merchant_proof_digest")),
    )
    op.create_index("ix_merchant_proof_household", "merchant_proof", ["household_id", "id"])
    op.create_index("ix_merchant_proof_merchant", "merchant_proof", ["merchant_id", "used_at"])
    op.create_table(
        "merchant_figure",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("growth_percent", sa.Integer(), nullable=True),
        sa.Column("profit_fen", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_merchant_figure_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", "year", name=op.f("pk_merchant_figure")),
    )
    op.create_table(
        "merchant_past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("saved_fen", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("saved_fen > 0", name=op.f("ck_merchant_past_some_worth")),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_merchant_past_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_past")),
        sa.UniqueConstraint("place_id", "until", name=op.f("uq_merchant_past_place_id_until")),
    )


def downgrade() -> None:
    for table in APPEND_ONLY:
        release(table)
    for name in (
        "merchant_past",
        "merchant_figure",
        "merchant_proof",
        "merchant_tier",
        "merchant",
        "shop_knock",
        "shop_move",
        "shop_take_line",
        "shop_take",
        "shop_redemption",
        "shop_batch",
        "shop_goods",
        "shop",
        "donation_use",
        "donation",
    ):
        op.drop_table(name)
