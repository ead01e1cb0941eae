"""The views somebody keeps of the work list: nobody else's are ever read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, cast, false, literal, null, select, true

from gridcase.cases.models import SavedView
from gridcase.cases.queries.lists import villages_of
from gridcase.cases.queries.sight import STATEMENTS
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid


def saved_views(viewer: Viewer) -> list[SavedView]:
    """The viewer's own, oldest first."""
    if viewer.user_id is None:
        return []
    return list(db.session.scalars(select(SavedView).where(SavedView.user_id == viewer.user_id).order_by(SavedView.id)))


def views_and_villages(viewer: Viewer) -> tuple[list[Any], Sequence[grids.Named]]:
    """What stands above the list, in one statement: the viewer's own views as (id, name, query, opens), oldest first,
    and the villages to narrow it to (`villages_seen`)."""
    rows = db.session.execute(_above_the_list(viewer)).all()
    return [row for row in rows if row.is_view], grids.told_apart([row for row in rows if not row.is_view])


@lru_cache(maxsize=STATEMENTS)
def _above_the_list(viewer: Viewer) -> Any:
    views = select(
        true().label("is_view"), SavedView.id, SavedView.name, SavedView.query, SavedView.opens,
        cast(null(), Integer).label("parent_id"), literal("").label("code"),
    ).where(SavedView.user_id == (viewer.user_id or 0))  # fmt: skip
    villages = villages_of(viewer)
    if villages is None:
        return views.order_by(SavedView.id)
    rows = villages.with_only_columns(
        false(), Grid.id, Grid.name, literal(""), false(), Grid.parent_id, Grid.code
    ).order_by(None)  # fmt: skip
    return views.union_all(rows).order_by("code", "id")


def saved_view(view_id: int, *, viewer: Viewer) -> SavedView:
    """One of the viewer's own, else `Missing`."""
    found = db.session.scalar(
        select(SavedView).where(SavedView.id == view_id, SavedView.user_id == (viewer.user_id or 0))
    )
    if found is None:
        raise Missing
    return found
