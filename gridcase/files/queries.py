"""Reading stored files: their rows, and whether rows and folder agree."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from gridcase.core.db import db
from gridcase.files.models import StoredFile


def by_digest(digest: str) -> StoredFile | None:
    """The row of a content."""
    return db.session.scalar(select(StoredFile).where(StoredFile.digest == digest))


def known(digests: Iterable[str]) -> set[str]:
    """Which of these contents a row speaks of, small pictures included; asked in the folder's portions."""
    asked = sorted(digests)
    found: set[str] = set()
    for start in range(0, len(asked), 400):
        portion = asked[start : start + 400]
        for column in (StoredFile.digest, StoredFile.small):
            found |= {one for one in db.session.scalars(select(column).where(column.in_(portion))) if one}
    return found


def addresses() -> Iterable[tuple[int, str, str | None, int]]:
    """(id, digest, small, size) of every row, in portions."""
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.digest, StoredFile.small, StoredFile.size)
        .order_by(StoredFile.id)
        .execution_options(yield_per=2000)
    )
    for row in rows:
        yield row.id, row.digest, row.small, row.size
