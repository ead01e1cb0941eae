"""Keeping views of the work list: twenty at most, each under a name of its own, one the list opens with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from gridcase.cases import queries
from gridcase.cases.models import SavedView
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_

MOST_VIEWS, NAME_LENGTH = 20, 20


def keep_view(*, actor: Viewer, name: str, query: str, now: datetime) -> SavedView:
    """Keep a filter under a name."""
    known = queries.saved_views(actor)
    if len(known) >= MOST_VIEWS:
        raise Refused(N_("最多存 %(n)s 个视图，请先删掉不用的。", n=MOST_VIEWS), field="name")
    view = SavedView(
        user_id=actor.user_id, name=_free(name, known), query=query, opens=False, created_at=now
    )  # fmt: skip
    db.session.add(view)
    db.session.flush()
    return view


def rename_view(view: SavedView, *, actor: Viewer, name: str) -> None:
    """Give it another name."""
    view.name = _free(name, [one for one in queries.saved_views(actor) if one.id != view.id])
    db.session.flush()


def open_with_view(view: SavedView, *, actor: Viewer) -> bool:
    """Let the list open with this view, or no longer with it; returns whether it does now."""
    opens = not view.opens
    for one in queries.saved_views(actor):
        one.opens = opens and one.id == view.id
    db.session.flush()
    return opens


def drop_view(view: SavedView) -> None:
    """Forget it."""
    db.session.execute(delete(SavedView).where(SavedView.id == view.id))


def _free(name: str, known: list[SavedView]) -> str:
    name = clean_line(name)
    if not name:
        raise Refused(N_("请给视图起个名字。"), field="name")
    if len(name) > NAME_LENGTH:
        raise Refused(N_("名字最多 %(n)s 个字。", n=NAME_LENGTH), field="name")
    if name in {one.name for one in known}:
        raise Refused(N_("已有同名的视图，请换个名字。"), field="name")
    return name
