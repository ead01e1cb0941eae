"""Writing accounts and sessions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.users import queries, rules
from gridcase.users.models import Device, User, UserSession
from gridcase.users.rules import MOST_DEVICES, DeviceState

LOCALES = ("zh_Hans_CN", "en")


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
    _check_password(password, login)
    user = User(login=login, password_hash=hasher(memory_kib).hash(password), person_id=person_id, demo=demo)
    db.session.add(user)
    db.session.flush()
    audit.record(actor=actor, action="user.add", subject_kind="user", subject_id=user.id, now=now)
    return user


def _check_password(password: str, login: str, *, field: str = "password") -> None:
    problem = rules.problem_with(password, login=login)
    if problem is not None:
        raise Refused(problem, field=field)


def may_try(user: User | None, *, now: datetime) -> bool:
    """Whether this account may be tried now: a locked one is not even hashed for; a temporary password runs out."""
    if user is None:
        return True
    waits = user.locked_until_at is not None and user.locked_until_at > now
    ran_out = user.temporary_until_at is not None and user.temporary_until_at <= now
    return user.locked_at is None and not waits and not ran_out


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
    user.failures, user.locked_until_at, user.last_sign_in_at = 0, None, now
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
    """Language and elder mode of an account."""
    user = db.session.get_one(User, user_id)
    if locale in LOCALES:
        user.locale = locale
    if large_text is not None:
        user.large_text = large_text
    audit.record(actor=actor, action="user.preferences", subject_kind="user", subject_id=user_id, now=now)


def set_password(user: User, *, actor: Viewer, password: str, now: datetime, memory_kib: int) -> None:
    """Change a password; every session of the account ends."""
    _check_password(password, user.login)
    user.temporary_until_at = None
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


@dataclass(frozen=True)
class Slip:
    """What is handed over on paper: shown once, kept nowhere. `password_hash` is what the database gets."""

    person_id: int
    name: str
    title: str
    login: str
    password: str
    password_hash: str


def temporary_password() -> str:
    """Twelve letters and digits in groups that can be read off paper: `kfm4-7xwp-h3rt`."""
    groups = (
        "".join(secrets.choice(rules.SAFE_LETTERS) for _ in range(rules.GROUP_LETTERS)) for _ in range(rules.GROUPS)
    )
    return "-".join(groups)


def draw_slip(*, person_id: int, name: str, title: str, login: str, memory_kib: int) -> Slip:
    """A slip with a new password. Hashing takes its time: do it before the transaction, not under its lock."""
    password = temporary_password()
    return Slip(person_id, name, title, login, password, hasher(memory_kib).hash(password))


def open_accounts(slips: Sequence[Slip], *, actor: Viewer, now: datetime) -> list[User]:
    """Open an account for each slip, for persons who hold a post; the password must be changed at the first sign-in."""
    for slip in slips:
        if not rules.LOGIN.fullmatch(slip.login):
            raise Refused(N_("账号用 3 到 60 个小写字母、数字、点、横线，以字母或数字开头。"), field="login")
    taken = queries.taken_logins([slip.login for slip in slips])
    if taken:
        raise Refused(N_("账号 %(login)s 已经有了，请换一个。", login="、".join(sorted(taken))), field="login")
    if queries.with_account([slip.person_id for slip in slips]):
        raise Refused(N_("这些人里有人刚刚开通了账号，请刷新再看。"))
    users = [
        User(
            login=slip.login, person_id=slip.person_id, password_hash=slip.password_hash,
            temporary_until_at=now + rules.TEMPORARY_FOR,
        )
        for slip in slips
    ]  # fmt: skip
    db.session.add_all(users)
    db.session.flush()
    for user in users:
        _note(user, "user.add", actor, now, temporary=True)
    return users


def give_temporary(user: User, slip: Slip, *, actor: Viewer, now: datetime) -> None:
    """A new temporary password; a closed account is open again with it. Every session ends."""
    _not_own(user, actor)
    user.password_hash, user.temporary_until_at = slip.password_hash, now + rules.TEMPORARY_FOR
    user.active, user.failures, user.locked_until_at = True, 0, None
    user.auth_version += 1
    _note(user, "user.temporary", actor, now)


def lock(user: User, *, actor: Viewer, now: datetime) -> None:
    """Nobody enters with this account until it is unlocked; its sessions end."""
    _not_own(user, actor)
    user.locked_at = now
    user.auth_version += 1
    _note(user, "user.lock", actor, now)


def unlock(user: User, *, actor: Viewer, now: datetime) -> None:
    """The account may be used again, whether somebody or wrong passwords had locked it."""
    _not_own(user, actor)
    user.locked_at, user.locked_until_at, user.failures = None, None, 0
    _note(user, "user.unlock", actor, now)


def close(user: User, *, actor: Viewer, now: datetime) -> None:
    """End an account for good, or until it gets a new temporary password."""
    _not_own(user, actor)
    set_active(user, actor=actor, active=False, now=now)


def end_sessions(user: User, *, actor: Viewer, now: datetime) -> None:
    """Sign an account out everywhere."""
    _not_own(user, actor)
    user.auth_version += 1
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    _note(user, "user.sessions_end", actor, now)


def change_own_password(
    user: User, *, actor: Viewer, old: str, new: str, repeated: str, now: datetime, memory_kib: int, fits: bool
) -> None:
    """Change the own password, `fits` saying whether the old one is right. Every session of the account ends."""
    if not fits:
        raise Refused(N_("现在的密码不对。"), field="old")
    if new != repeated:
        raise Refused(N_("两次输入的新密码不一样，请再输一次。"), field="repeated")
    if new == old:
        raise Refused(N_("新密码要和现在的不一样。"), field="password")
    set_password(user, actor=actor, password=new, now=now, memory_kib=memory_kib)


def _not_own(user: User, actor: Viewer) -> None:
    if user.id == actor.user_id or user.person_id == actor.person_id:
        raise Refused(N_("自己的账号要由另一位安全管理员来办；改密码请用“修改密码”。"))


def _note(user: User, action: str, actor: Viewer, now: datetime, **detail: Any) -> None:
    audit.record(actor=actor, action=action, subject_kind="user", subject_id=user.id, now=now, detail=detail)


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


@dataclass(frozen=True)
class NewDevice:
    """A phone that was just made known: its two tokens are shown once. `replaced` is the label of the one it took the
    place of, where there were too many."""

    device: Device
    token: str
    deposit: str
    replaced: str | None


def add_device(user: User, *, label: str, actor: Viewer, now: datetime) -> NewDevice:
    """Make a phone known. An account has few live ones: the one not used for longest makes way."""
    db.session.refresh(user, with_for_update=True)  # two phones at once are counted one after the other
    known = queries.devices_of(user.id, limit=100)
    live = [one for one in known if queries.state_of_device(one, now=now) == DeviceState.LIVE]
    replaced = live[MOST_DEVICES - 1 :]
    for one in replaced:
        end_device(one, why=DeviceState.REPLACED, actor=actor, now=now)
    token, deposit = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    device = Device(
        user_id=user.id, label=clean_line(label)[:60] or "—", token_hash=queries.digest(token),
        deposit_hash=queries.digest(deposit), seal_salt=secrets.token_hex(32), auth_version=user.auth_version,
        created_at=now, seen_at=now,
    )  # fmt: skip
    db.session.add(device)
    db.session.flush()
    _note(user, "user.device", actor, now, device=device.id)
    return NewDevice(device, token, deposit, replaced[0].label if replaced else None)


def end_device(device: Device, *, why: DeviceState, actor: Viewer, now: datetime) -> None:
    """A phone syncs no more; ending it twice changes nothing."""
    if device.ended_at is not None:
        return
    device.ended_at, device.ended_why = now, why
    _note(device.user, "user.device_end", actor, now, device=device.id, why=why)


def lose_device(device: Device, *, keep: int | None, actor: Viewer, now: datetime) -> None:
    """A phone is lost: it syncs no more, and its browser may be signed in as well, so every session of the account ends
    but the one that says so (`keep`). The other phones go on."""
    if device.ended_at is not None:
        return
    end_device(device, why=DeviceState.LOST, actor=actor, now=now)
    others = delete(UserSession).where(UserSession.user_id == device.user_id, UserSession.id != (keep or 0))
    db.session.execute(others)
    _note(device.user, "user.sessions_end", actor, now, device=device.id)


def see_device(device_id: int, *, now: datetime) -> None:
    """Note that a phone is in use."""
    db.session.execute(update(Device).where(Device.id == device_id).values(seen_at=now))
