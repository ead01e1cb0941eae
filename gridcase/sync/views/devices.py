"""A phone is made known by who is signed in on it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from gridcase.core.permissions import Viewer
from gridcase.sync.views.base import bp
from gridcase.web.access import signed_in, viewer


@bp.get("/api/sync/session")
@signed_in("the app asks whose phone it is to become")
def session() -> ResponseReturnValue:
    """Who is signed in, and the secret that the next form must carry."""
    return {"csrf": generate_csrf(), "user": said_of(viewer())}


def said_of(someone: Viewer) -> dict[str, object]:
    """An account as its phone shows it."""
    place = next((grant.title for grant in someone.grants if grant.title), "")
    return {"id": someone.user_id, "name": someone.name, "place": place}
