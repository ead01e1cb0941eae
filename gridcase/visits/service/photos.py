"""Photos of a visit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.visits.models import Visit, VisitPhoto


def add_photo(visit: Visit, photo: Prepared, *, actor: Viewer, now: datetime) -> VisitPhoto:
    """Hang a photo on a visit."""
    db.session.refresh(visit, with_for_update=True)  # two at once are numbered one after the other
    held = db.session.scalar(select(func.max(VisitPhoto.seq)).where(VisitPhoto.visit_id == visit.id)) or 0
    row = VisitPhoto(
        visit_id=visit.id, seq=held + 1, file_id=files.keep(photo, now=now).id, added_by_user_id=actor.user_id,
        added_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="visit.photo", subject_kind="visit", subject_id=visit.id, place_path=visit.path, now=now,
        detail={"photo": row.id, "file": row.file_id},
    )  # fmt: skip
    return row
