"""Accounts: temporary passwords, accounts locked by hand, the last sign-in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.core.db import UtcDateTime

revision = "0014_accounts"
down_revision = "0013_reorganise"
branch_labels = None
depends_on = None

COLUMNS = ("temporary_until_at", "locked_at", "last_sign_in_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("user", sa.Column(name, UtcDateTime(), nullable=True))
    op.execute(
        'UPDATE "user" SET last_sign_in_at = '
        '(SELECT max(user_session.created_at) FROM user_session WHERE user_session.user_id = "user".id)'
    )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("user", name)
