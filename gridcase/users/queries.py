"""Reading accounts and sessions."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select

from gridcase.core.clock import town_day
from gridcase.core.config import current
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.people import queries as people
from gridcase.users.models import User, UserSession


def by_login(login: str) -> User | None:
    """The account with this name."""
    return db.session.scalar(select(User).where(User.login == clean_line(login).lower()))


def digest(token: str) -> str:
    """What the database keeps of a session's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def live_session(token: str, *, now: datetime, idle: timedelta) -> UserSession | None:
    """The session of a cookie, if it has not ended, rested too long, or been cut off by a change of rights."""
    session = db.session.scalar(select(UserSession).where(UserSession.token_hash == digest(token)))
    if session is None or now >= session.ends_at or now - session.seen_at >= idle:
        return None
    user = session.user
    return session if may_enter(user) and user.auth_version == session.auth_version else None


def may_enter(user: User) -> bool:
    """Whether the account opens anything: one of the demo, whose password everybody knows, never in production."""
    return user.active and not (user.demo and current().production)


def viewer_of(user: User, *, now: datetime) -> Viewer:
    """The account as a viewer: the union of the posts held today (households are named by `gridcase.app`)."""
    posts = people.posts_held_by(user.person_id, on=town_day(now))
    return Viewer(
        kind="staff",
        name=user.person.name,
        user_id=user.id,
        person_id=user.person_id,
        grants=tuple(people.grant_of(post) for post in posts),
        locale=user.locale,
        large_text=user.large_text,
    )


def demo_accounts() -> list[User]:
    """The accounts of the demo, in the order they were made."""
    return list(db.session.scalars(select(User).where(User.demo).order_by(User.id)))


def any_demo_account() -> bool:
    """Whether demo accounts exist: in production they open nothing, and `gridcase doctor` names them."""
    return bool(db.session.scalar(select(func.count()).select_from(User).where(User.demo)))
