"""Photos of a visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.visits.models import Visit, VisitPhoto


def hang(visit: Visit, photos: Sequence[Prepared], *, actor: Viewer, now: datetime) -> None:
    """Photos taken on a visit: with the demand it raised, for those who handle it; else they stay with the visit."""
    if photos and visit.case_id is not None:
        cases.attach(db.session.get_one(Case, visit.case_id), cases.Papers(files=tuple(photos)), actor=actor, now=now)
        return
    for one in photos:
        add_photo(visit, one, actor=actor, now=now)


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
