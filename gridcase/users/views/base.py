"""The blueprint of the room and the limits of sign-in."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint

from gridcase.core.config import current
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.users import service
from gridcase.web.frame import NavItem

bp = Blueprint("users", __name__)
NAV = (
    NavItem(
        "accounts", N_("账号"), "users.accounts", "lock", frozenset({Permission.MANAGE_ACCOUNTS}), 80, phone=True,
        pages=frozenset(
            f"users.{page}" for page in ("accounts", "account", "new_account", "open_account", "liaison_accounts")
        ),
    ),
)  # fmt: skip


def policy() -> service.SignInPolicy:
    """What sign-in is bound to."""
    config = current()
    return service.SignInPolicy(
        lock_after=config.lock_after,
        lock_time=timedelta(minutes=config.lock_minutes),
        session_time=timedelta(hours=config.session_hours),
        memory_kib=config.argon2_memory_kib,
    )
