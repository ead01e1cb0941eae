"""A photo of goods on the shelf, for who reads pictures sooner than names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime

revision = "0046_goods_photo"
down_revision = "0045_service_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shop_goods_photo",
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["goods_id"], ["shop_goods.id"], name=op.f("fk_shop_goods_photo_goods_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_shop_goods_photo_file_id")),
        sa.PrimaryKeyConstraint("goods_id", name=op.f("pk_shop_goods_photo")),
    )
    op.create_index("ix_shop_goods_photo_file", "shop_goods_photo", ["file_id"])


def downgrade() -> None:
    op.drop_table("shop_goods_photo")
