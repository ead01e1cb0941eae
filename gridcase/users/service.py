"""Writing accounts and sessions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.users import queries
from gridcase.users.models import User, UserSession

LOCALES = ("zh_Hans_CN", "en")
SHORTEST_PASSWORD = 10


@dataclass(frozen=True)
class SignInPolicy:
    """What sign-in is bound to: limits from the settings."""

    lock_after: int
    lock_time: timedelta
    session_time: timedelta
    memory_kib: int


@lru_cache(maxsize=4)
def hasher(memory_kib: int) -> PasswordHasher:
    """Argon2id with two passes."""
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=4)
def _nobody(memory_kib: int) -> str:
    """A hash nobody's password fits: checking it costs an unknown name as much time as a known one."""
    return hasher(memory_kib).hash(secrets.token_urlsafe(16))


def password_fits(user: User | None, password: str, *, memory_kib: int) -> bool:
    """Whether the password is the account's; takes as long when there is no account."""
    stored = user.password_hash if user else _nobody(memory_kib)
    try:
        return hasher(memory_kib).verify(stored, password) and user is not None
    except (VerificationError, InvalidHashError):
        return False


def add_user(
    *,
    actor: Viewer,
    login: str,
    password: str,
    person_id: int,
    now: datetime,
    memory_kib: int,
    demo: bool = False,
) -> User:
    """Open an account for a registered person."""
    login = login.strip().lower()
    if queries.by_login(login) is not None:
        raise Refused(N_("账号 %(login)s 已经有了，请换一个。", login=login), field="login")
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(N_("密码至少 %(n)s 位。", n=SHORTEST_PASSWORD), field="password")
    user = User(login=login, password_hash=hasher(memory_kib).hash(password), person_id=person_id, demo=demo)
    db.session.add(user)
    db.session.flush()
    audit.record(actor=actor, action="user.add", subject_kind="user", subject_id=user.id, now=now)
    return user


def may_try(user: User | None, *, now: datetime) -> bool:
    """Whether this account may be tried now: a locked one is not even hashed for."""
    return user is None or user.locked_until_at is None or user.locked_until_at <= now


def note_failure(user: User | None, *, actor: Viewer, now: datetime, policy: SignInPolicy) -> None:
    """Count a wrong password in the database itself; the last allowed one locks the account."""
    if user is not None:
        db.session.execute(update(User).where(User.id == user.id).values(failures=User.failures + 1))
        db.session.refresh(user)
        if user.failures >= policy.lock_after:
            user.failures, user.locked_until_at = 0, now + policy.lock_time
    audit.record(
        actor=actor,
        action="user.sign_in_failed",
        subject_kind="user",
        subject_id=user.id if user else None,
        now=now,
    )


def open_session(user: User, *, actor: Viewer, now: datetime, policy: SignInPolicy) -> str:
    """Sign in: a new session row; returns the secret for the cookie."""
    token = secrets.token_urlsafe(32)
    user.failures, user.locked_until_at = 0, None
    db.session.add(
        UserSession(
            token_hash=queries.digest(token),
            user_id=user.id,
            auth_version=user.auth_version,
            created_at=now,
            seen_at=now,
            ends_at=now + policy.session_time,
        )
    )
    audit.record(actor=actor, action="user.sign_in", subject_kind="user", subject_id=user.id, now=now)
    return token


def close_session(token: str, *, actor: Viewer, now: datetime) -> None:
    """Sign out: the session is gone, a copied cookie with it."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == queries.digest(token)))
    audit.record(actor=actor, action="user.sign_out", subject_kind="user", subject_id=actor.user_id, now=now)


def touch(session_id: int, *, now: datetime) -> None:
    """Note that the session is alive."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def set_preferences(
    user_id: int, *, actor: Viewer, now: datetime, locale: str | None = None, large_text: bool | None = None
) -> None:
    """Language and text size of an account."""
    user = db.session.get_one(User, user_id)
    if locale in LOCALES:
        user.locale = locale
    if large_text is not None:
        user.large_text = large_text
    audit.record(actor=actor, action="user.preferences", subject_kind="user", subject_id=user_id, now=now)


def set_password(user: User, *, actor: Viewer, password: str, now: datetime, memory_kib: int) -> None:
    """Change a password; every session of the account ends."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(N_("密码至少 %(n)s 位。", n=SHORTEST_PASSWORD), field="password")
    user.password_hash = hasher(memory_kib).hash(password)
    user.auth_version += 1
    audit.record(actor=actor, action="user.password", subject_kind="user", subject_id=user.id, now=now)


def set_active(user: User, *, actor: Viewer, active: bool, now: datetime) -> None:
    """Open or close an account; closing ends its sessions."""
    user.active = active
    user.auth_version += 1
    audit.record(
        actor=actor,
        action="user.active",
        subject_kind="user",
        subject_id=user.id,
        now=now,
        detail={"active": active},
    )


def fold_account(double_id: int, kept_id: int, *, actor: Viewer, now: datetime) -> bool:
    """The account of a person's second record becomes that of the kept one; where both have one, the second is closed.
    Returns whether there was one."""
    accounts = {
        user.person_id: user
        for user in db.session.scalars(select(User).where(User.person_id.in_((double_id, kept_id))))
    }
    account = accounts.get(double_id)
    if account is None:
        return False
    if kept_id in accounts:
        set_active(account, actor=actor, active=False, now=now)
        return True
    account.person_id = kept_id
    account.auth_version += 1
    audit.record(
        actor=actor, action="user.person", subject_kind="user", subject_id=account.id, now=now,
        detail={"from": double_id, "to": kept_id},
    )  # fmt: skip
    return True


def end_stale_sessions(*, now: datetime) -> None:
    """Forget sessions that ended."""
    db.session.execute(delete(UserSession).where(UserSession.ends_at < now))
