"""The links of screens on a wall: made, shown once, ended."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.dashboard.models import WallScreen
from gridcase.dashboard.queries.wall import digest_of, places_for
from gridcase.dashboard.rules.wall import Lasts
from gridcase.grid.models import Grid

SECRET_BYTES = 24


def hang(*, actor: Viewer, place: Grid, name: str, lasts: Lasts, now: datetime) -> str:
    """A new screen of a place. Returns its secret, which is told this once and kept nowhere."""
    if place.id not in {one.id for one in places_for(actor)}:
        raise Missing
    if not (name := clean_line(name)[:40]):
        raise Refused(N_("请写屏挂在哪里，例如“便民大厅”。"), field="name")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    post = actor.acting(Permission.MANAGE_TOWN, path=place.path)
    row = WallScreen(
        place_id=place.id, path=place.path, name=name, digest=digest_of(secret), user_id=actor.user_id, made_at=now,
        post_id=post.post_id if post else None, expires_at=now + timedelta(days=int(lasts)),
    )  # fmt: skip
    db.session.add(row)
    _note("wall.hang", row, actor, now, days=int(lasts))
    return secret


def take_down(row: WallScreen, *, actor: Viewer, now: datetime) -> None:
    """The link opens nothing any more, from the next minute on. Twice is once."""
    db.session.refresh(row, with_for_update=True)
    if row.ended_at is None:
        row.ended_at, row.ended_by_user_id = now, actor.user_id
        _note("wall.take_down", row, actor, now)


def _note(action: str, row: WallScreen, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="wall_screen", subject_id=row.id, place_path=row.path,
        post_id=row.post_id, now=now, detail=dict(detail),
    )  # fmt: skip
