"""Photos on their way."""

from __future__ import annotations

from sqlalchemy import select

from gridcase.core.db import db
from gridcase.sync.models import Upload


def upload(uuid: str) -> Upload | None:
    """The photo announced under this mark."""
    return db.session.scalar(select(Upload).where(Upload.uuid == uuid))
