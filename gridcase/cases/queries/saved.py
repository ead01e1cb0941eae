"""The views somebody keeps of the work list: nobody else's are ever read."""

from __future__ import annotations

from sqlalchemy import select

from gridcase.cases.models import SavedView
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer


def saved_views(viewer: Viewer) -> list[SavedView]:
    """The viewer's own, oldest first."""
    if viewer.user_id is None:
        return []
    return list(db.session.scalars(select(SavedView).where(SavedView.user_id == viewer.user_id).order_by(SavedView.id)))


def saved_view(view_id: int, *, viewer: Viewer) -> SavedView:
    """One of the viewer's own, else `Missing`."""
    found = db.session.scalar(
        select(SavedView).where(SavedView.id == view_id, SavedView.user_id == (viewer.user_id or 0))
    )
    if found is None:
        raise Missing
    return found
