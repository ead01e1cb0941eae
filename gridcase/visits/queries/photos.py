"""Photos of visits, for who may see the visit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.files.models import StoredFile
from gridcase.visits.models import Visit, VisitPhoto
from gridcase.visits.queries.past import visible


def photos_of(visit_ids: Sequence[int]) -> dict[int, list[VisitPhoto]]:
    """The photos of visits that are shown, by visit."""
    rows = db.session.scalars(
        select(VisitPhoto).where(VisitPhoto.visit_id.in_(visit_ids)).order_by(VisitPhoto.visit_id, VisitPhoto.seq)
    )
    found: dict[int, list[VisitPhoto]] = {}
    for row in rows:
        found.setdefault(row.visit_id, []).append(row)
    return found


def get_photo(photo_id: int, *, viewer: Viewer) -> StoredFile:
    """The stored photo of a visit the viewer may see, else `Missing`."""
    found = db.session.scalar(
        select(StoredFile)
        .join(VisitPhoto, VisitPhoto.file_id == StoredFile.id)
        .join(Visit, Visit.id == VisitPhoto.visit_id)
        .where(VisitPhoto.id == photo_id, visible(viewer))
    )
    if found is None:
        raise Missing
    return found
