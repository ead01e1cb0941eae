"""Flask-Login over server-side sessions: the cookie carries a secret, the row decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.exc import OperationalError

from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.db import transaction
from gridcase.core.errors import Forbidden
from gridcase.core.permissions import Viewer
from gridcase.users import queries, service
from gridcase.users.models import User
from gridcase.users.queries import LiveSession
from gridcase.web.access import access_of

TOUCH_EVERY = timedelta(minutes=1)
# What somebody may do before changing a password that another has given.
BEFORE_THE_CHANGE = frozenset({
    None, "static", "users.change_password", "users.sign_out", "users.set_locale", "users.set_large_text",
})  # fmt: skip


class Account(UserMixin):
    """What Flask-Login holds: its id is the session's secret, so that a copied cookie dies with the session."""

    def __init__(self, token: str, session_id: int, opened: LiveSession | None = None) -> None:
        self.token = token
        self.session_id = session_id
        self.opened = opened

    def get_id(self) -> str:
        """The secret of the session."""
        return self.token

    @property
    def since(self) -> datetime | None:
        """When the session began; None in the request that has just begun it."""
        return self.opened.created_at if self.opened else None

    @property
    def viewer(self) -> Viewer:
        """Whose session it is, with what his posts give him today."""
        if self.opened is None:
            raise Forbidden
        return self.opened.viewer

    @property
    def user(self) -> User:
        """The account itself, for who changes it."""
        return queries.get_user(self.viewer.user_id or 0)


def load(token: str) -> Account | None:
    """Flask-Login's user loader."""
    now = clock.now()
    session = queries.live_session(token, now=now, idle=timedelta(minutes=current().idle_minutes))
    if session is None:
        return None
    if now - session.seen_at >= TOUCH_EVERY:
        g.touch_session = session.id
    return Account(token, session.id, session)


def leave_asleep() -> None:
    """This request was asked by a page, not by a person: it does not keep the session alive."""
    g.pop("touch_session", None)


def init_app(app: Flask) -> None:
    """Attach Flask-Login and keep live sessions alive."""
    manager = LoginManager()
    manager.session_protection = None  # the session row decides, not the browser's address
    manager.user_loader(load)
    manager.init_app(app)

    @app.before_request
    def _change_first() -> ResponseReturnValue | None:
        access = access_of(app, request.endpoint) if request.endpoint else None
        if request.endpoint in BEFORE_THE_CHANGE or (access and access.token) or not current_user.is_authenticated:
            return None
        if current_user.opened.temporary_until_at is None:
            return None
        if request.path.startswith("/api/"):
            return {"error": "change_password"}, 403
        return redirect(url_for("users.change_password"))

    @app.after_request
    def _touch(response: Any) -> Any:
        session_id = g.pop("touch_session", None)
        if session_id is not None and request.endpoint != "static":
            try:
                with transaction():
                    service.touch(session_id, now=clock.now())
            except OperationalError:  # somebody holds the lock: the page is ready, the next request says it again
                app.logger.warning("session %s was not touched", session_id)
        return response
