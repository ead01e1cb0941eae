"""${message}

Say here what the change is for and whether the code before it can run on the schema after it. Give every constraint a
name, test both directions on both databases, and rebuild no table that carries a geometry (those stand alone).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
