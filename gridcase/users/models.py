"""Accounts and their server-side sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, UtcDateTime
from gridcase.people.models import Person


class User(Base):
    """An account. `auth_version` grows with the password or the rights: older sessions end at once. With
    `temporary_until_at` the password was given by somebody else: it must be changed, and opens nothing after that."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hans_CN")
    large_text: Mapped[bool] = mapped_column(default=False)  # elder mode: large, high contrast, plain words
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    auth_version: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    temporary_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by hand, until somebody unlocks it
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class UserSession(Base):
    """One sign-in on one device; the cookie holds the secret, this row its digest."""

    __tablename__ = "user_session"
    __audit__ = "free"  # "last seen" is no deed; sign-in and sign-out write their audit rows themselves

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    auth_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Device(Base):
    """One phone of an account that may sync and nothing else. The token is shown once, its digest kept; `deposit_hash`
    is that of the secret which can only hand in sealed work. What was sealed on the phone opens with a key made from
    the installation's secret and `seal_salt`."""

    __tablename__ = "user_device"
    __audit__ = "free"  # "last seen" is no deed; making a phone known and ending it write their audit rows themselves

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    label: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    deposit_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seal_salt: Mapped[str] = mapped_column(String(64))
    auth_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(12))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
