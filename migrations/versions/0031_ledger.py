"""Points by the book: what a movement is for, seals, closed months, settled years, totals from before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import ByteString, UtcDateTime
from gridcase.core.ddl import append_only, release

revision = "0031_ledger"
down_revision = "0030_schemes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # added one by one, not in a batch: that would rebuild the table and lose its triggers
    op.add_column("points_transfer", sa.Column("version_id", sa.Integer(), nullable=True))
    op.add_column("points_transfer", sa.Column("target", sa.String(length=10), server_default="merit", nullable=False))
    op.create_index(
        "ix_points_transfer_reverses", "points_transfer", ["reverses_id"],
        sqlite_where=sa.text("reverses_id IS NOT NULL"), postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_points_transfer_at", "points_transfer", ["village_id", "at"])
    _goods()
    _seals()
    _periods()
    _history()


def _goods() -> None:
    op.create_table(
        "points_goods",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("goods_fen", sa.Integer(), nullable=False),
        sa.CheckConstraint("goods_fen > 0", name=op.f("ck_points_goods_some_worth")),
        sa.ForeignKeyConstraint(["transfer_id"], ["points_transfer.id"], name=op.f("fk_points_goods_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_points_goods")),
    )
    append_only("points_goods")


def _seals() -> None:
    op.create_table(
        "points_seal",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["points_transfer.id"], name=op.f("fk_points_seal_transfer_id")),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_seal_village_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_points_seal")),
        sa.UniqueConstraint("village_id", "seq", name=op.f("uq_points_seal_village_id_seq")),
    )
    op.create_table(
        "points_seal_head",
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_seal_head_village_id")),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_points_seal_head")),
    )
    append_only("points_seal")


def _periods() -> None:
    op.create_table(
        "points_close",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("deducted", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_close_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_close")),
        sa.UniqueConstraint("village_id", "kind", "starts_on", name=op.f("uq_points_close_village_id_kind_starts_on")),
    )
    append_only("points_close")
    op.create_table(
        "points_year",
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("redeem_until", sa.Date(), nullable=False),
        sa.Column("policy", sa.String(length=8), nullable=False),
        sa.Column("expire_months", sa.Integer(), nullable=False),
        sa.Column("base_points", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("announced_at", UtcDateTime(), nullable=False),
        sa.Column("announced_user_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_user_id", sa.Integer(), nullable=True),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["grid.id"], name=op.f("fk_points_year_village_id")),
        sa.PrimaryKeyConstraint("village_id", "year", name=op.f("pk_points_year")),
    )


def _history() -> None:
    op.create_table(
        "points_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("path", ByteString, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.Column("goods_fen", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=60), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "points >= 0 AND redeemed >= 0 AND goods_fen >= 0 AND people >= 0", name=op.f("ck_points_history_counts")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["grid.id"], name=op.f("fk_points_history_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_history")),
    )
    op.create_index(
        "uq_points_history_place", "points_history", ["place_id", "until"], unique=True,
        sqlite_where=sa.text("dropped_at IS NULL"), postgresql_where=sa.text("dropped_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_points_history_path", "points_history", ["path"])


def downgrade() -> None:
    for table in ("points_close", "points_seal", "points_goods"):
        release(table)
    for table in ("points_history", "points_year", "points_close", "points_seal_head", "points_seal", "points_goods"):
        op.drop_table(table)
    op.drop_index("ix_points_transfer_at", table_name="points_transfer")
    op.drop_index("ix_points_transfer_reverses", table_name="points_transfer")
    op.drop_column("points_transfer", "target")
    op.drop_column("points_transfer", "version_id")
