"""Reading accounts and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, false, func, or_, select

from gridcase.core.clock import town_day
from gridcase.core.config import current
from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.text import clean_line
from gridcase.people import queries as people
from gridcase.people.models import Holding, Person, Post
from gridcase.people.rules import Role
from gridcase.users.models import Device, User, UserSession
from gridcase.users.rules import AccountState, DeviceState, device_state

LEAST_WORDS = 2
TEMPORARY = "temporary"  # a filter beside the states


def by_login(login: str) -> User | None:
    """The account with this name."""
    return db.session.scalar(select(User).where(User.login == clean_line(login).lower()))


def digest(token: str) -> str:
    """What the database keeps of a session's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class LiveSession:
    """A session that opens pages, whose it is, and what his posts give him today."""

    id: int
    created_at: datetime
    seen_at: datetime
    temporary_until_at: datetime | None
    viewer: Viewer


_HELD = people.POSTS_OF_PERSON.c
_OF_COOKIE = (  # asked by every page: plain columns, the posts in the same statement
    select(
        UserSession.id.label("session_id"), UserSession.created_at, UserSession.seen_at, UserSession.ends_at,
        UserSession.auth_version.label("rights_then"), User.id.label("user_id"), User.person_id, User.locale,
        User.large_text, User.active, User.locked_at, User.demo, User.auth_version, User.temporary_until_at,
        Person.name, _HELD.id, _HELD.role, _HELD.title, _HELD.place_path, _HELD.section_id, _HELD.unit_id,
    )
    .join(User, User.id == UserSession.user_id)
    .join(Person, Person.id == User.person_id)
    .outerjoin(people.POSTS_OF_PERSON, _HELD.person_id == User.person_id)
    .where(UserSession.token_hash == bindparam("token_hash"))
    .order_by(_HELD.id)
)  # fmt: skip


def live_session(token: str, *, now: datetime, idle: timedelta) -> LiveSession | None:
    """The session of a cookie, if it has not ended, rested too long, or been cut off by a change of rights."""
    rows = db.session.execute(_OF_COOKIE, {"token_hash": digest(token), "day": town_day(now)}).all()
    first = rows[0] if rows else None
    if first is None or now >= first.ends_at or now - first.seen_at >= idle:
        return None
    if not may_enter(first) or first.auth_version != first.rights_then:
        return None
    viewer = Viewer(
        kind="staff", name=first.name, user_id=first.user_id, person_id=first.person_id,
        grants=tuple(people.grant_of(row) for row in rows if row.id is not None),
        locale=first.locale, large_text=first.large_text,
    )  # fmt: skip
    return LiveSession(first.session_id, first.created_at, first.seen_at, first.temporary_until_at, viewer)


def may_enter(user: User | Row[*tuple[Any, ...]]) -> bool:
    """Whether the account opens anything: one of the demo, whose password everybody knows, never in production."""
    return user.active and user.locked_at is None and not (user.demo and current().production)


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


def get_user(user_id: int) -> User:
    """An account that is known to exist."""
    return db.session.get_one(User, user_id)


def anybody_came() -> bool:
    """Whether somebody has ever signed in here."""
    came = select(UserSession.id).exists() | select(User.id).where(User.last_sign_in_at.is_not(None)).exists()
    return bool(db.session.scalar(select(came)))


def demo_accounts() -> list[User]:
    """The accounts of the demo, in the order they were made."""
    return list(db.session.scalars(select(User).where(User.demo).order_by(User.id)))


def any_demo_account() -> bool:
    """Whether demo accounts exist: in production they open nothing, and `gridcase doctor` names them."""
    return bool(db.session.scalar(select(func.count()).select_from(User).where(User.demo)))


# --- what the security administrator sees: who holds posts, their accounts, and nothing of homes or cases


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a post and has no account; `title` is that post's."""

    id: int
    name: str
    title: str


def taken_logins(logins: Sequence[str]) -> set[str]:
    """Those of the logins that exist."""
    return set(db.session.scalars(select(User.login).where(User.login.in_(logins))))


def logins_like(stems: Sequence[str]) -> set[str]:
    """The logins that begin like one of these."""
    ways = [User.login.startswith(stem, autoescape=True) for stem in stems]
    return set(db.session.scalars(select(User.login).where(or_(*ways)))) if ways else set()


def with_account(person_ids: Sequence[int]) -> set[int]:
    """Those of the persons who have an account, open or not."""
    return set(db.session.scalars(select(User.person_id).where(User.person_id.in_(person_ids))))


def managed(viewer: Viewer, *, on: date) -> ColumnElement[bool]:
    """Persons who hold or held a post in the viewer's reach, and today none outside it: who manages the accounts of a
    town does not get at the county's."""
    within = reach(viewer, Permission.MANAGE_ACCOUNTS, path=Post.place_path)
    holds = and_(Holding.person_id == Person.id, Post.id == Holding.post_id)
    inside = exists().where(holds, known(Holding), within).correlate(Person)
    outside = exists().where(holds, in_force(Holding, on), people.valid_on(Post, on), ~within).correlate(Person)
    return and_(inside, ~outside)


def accounts(
    viewer: Viewer, *, now: datetime, words: str = "", state: str = "", after: str | None = None
) -> Page[User]:
    """Accounts the viewer manages, by login; `state` one of `AccountState`, or `TEMPORARY`."""
    query = select(User).join(Person, Person.id == User.person_id).where(managed(viewer, on=town_day(now)))
    query = query.where(*_in_state(state, now))
    if words := clean_line(words):
        query = query.where(_called(words))
    if last := read_mark(after, str):
        query = query.where(User.login > last[0])
    return cut(list(db.session.scalars(query.order_by(User.login).limit(PAGE_SIZE + 1))), lambda user: [user.login])


def _called(words: str) -> ColumnElement[bool]:
    if len(words) < LEAST_WORDS:
        return false()
    if words.isascii():
        low = words.lower()
        return or_(User.login.startswith(low, autoescape=True), Person.initials.startswith(low, autoescape=True))
    return Person.name.contains(words, autoescape=True)


def _in_state(state: str, now: datetime) -> list[ColumnElement[bool]]:
    locked = or_(User.locked_at.is_not(None), and_(User.locked_until_at.is_not(None), User.locked_until_at > now))
    found: dict[str, list[ColumnElement[bool]]] = {
        AccountState.CLOSED.value: [User.active.is_(False)],
        AccountState.LOCKED.value: [User.active.is_(True), locked],
        AccountState.OPEN.value: [User.active.is_(True), ~locked],
        TEMPORARY: [User.active.is_(True), User.temporary_until_at.is_not(None)],
    }
    return found.get(state, [])


def account_for(user_id: int, *, viewer: Viewer, on: date) -> User:
    """One account the viewer manages, else `Missing`."""
    found = db.session.scalar(
        select(User).join(Person, Person.id == User.person_id).where(User.id == user_id, managed(viewer, on=on))
    )
    if found is None:
        raise Missing
    return found


def titles_held(person_ids: Sequence[int], *, on: date) -> dict[int, list[str]]:
    """The titles of the posts these persons hold on a day, stand-ins included."""
    rows = db.session.execute(
        select(Holding.person_id, Post.title)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.person_id.in_(set(person_ids)), in_force(Holding, on), people.valid_on(Post, on))
        .order_by(Holding.person_id, Post.id)
    )
    titles: dict[int, list[str]] = {}
    for person_id, title in rows:
        titles.setdefault(person_id, []).append(title)
    return titles


def without_account(viewer: Viewer, *, on: date, words: str = "", after: str | None = None) -> Page[Person]:
    """Persons who hold a post today and have no account, by initials."""
    query = select(Person).where(*_waiting(viewer, on))
    if words := clean_line(words):
        named = Person.initials.startswith(words.lower(), autoescape=True) if words.isascii() else None
        named = named if named is not None else Person.name.contains(words, autoescape=True)
        query = query.where(named if len(words) >= LEAST_WORDS else false())
    if last := read_mark(after, str, int):
        query = query.where(or_(Person.initials > last[0], and_(Person.initials == last[0], Person.id > last[1])))
    rows = list(db.session.scalars(query.order_by(Person.initials, Person.id).limit(PAGE_SIZE + 1)))
    return cut(rows, lambda person: [person.initials, person.id])


def _waiting(viewer: Viewer, on: date) -> list[ColumnElement[bool]]:
    holds = exists().where(
        Holding.person_id == Person.id, in_force(Holding, on), Post.id == Holding.post_id, people.valid_on(Post, on)
    )
    return [managed(viewer, on=on), holds, ~exists().where(User.person_id == Person.id)]


def holder_without_account(person_id: int, *, viewer: Viewer, on: date) -> Person:
    """One person the viewer manages, else `Missing`; whether an account can be opened is the service's to say."""
    found = db.session.scalar(select(Person).where(Person.id == person_id, managed(viewer, on=on)))
    if found is None:
        raise Missing
    return found


def liaisons_without_account(viewer: Viewer, *, village_path: str, on: date) -> list[Holder]:
    """The liaisons of a village who have no account, by the code of their post."""
    rows = db.session.execute(
        select(Person.id, Person.name, Post.title)
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Post.role == Role.LIAISON, under(Post.place_path, village_path), people.valid_on(Post, on),
            in_force(Holding, on), managed(viewer, on=on), ~exists().where(User.person_id == Person.id),
        )
        .order_by(Post.code, Person.id)
    )  # fmt: skip
    return list({row.id: Holder(*row) for row in rows}.values())


def open_sessions(user: User, *, now: datetime, idle: timedelta) -> int:
    """On how many devices the account is signed in now."""
    query = select(func.count()).select_from(UserSession)
    alive = (UserSession.auth_version == user.auth_version, UserSession.ends_at > now, UserSession.seen_at > now - idle)
    return db.session.scalar(query.where(UserSession.user_id == user.id, *alive)) or 0


# --- phones


def device_by_token(token: str) -> Device | None:
    """The phone that holds this token, however it stands."""
    return db.session.scalar(select(Device).where(Device.token_hash == digest(token)))


def device_by_deposit(token: str) -> Device | None:
    """The phone whose locked outbox holds this token, ended or not."""
    return db.session.scalar(select(Device).where(Device.deposit_hash == digest(token)))


def state_of_device(device: Device, *, now: datetime) -> DeviceState:
    """How a phone stands."""
    return device_state(
        ended_why=device.ended_why, same_rights=device.auth_version == device.user.auth_version, seen_at=device.seen_at,
        now=now, rests=timedelta(days=current().device_days),
    )  # fmt: skip


def devices_of(user_id: int, *, limit: int = 20) -> list[Device]:
    """The phones of an account, the last seen first."""
    return list(
        db.session.scalars(
            select(Device)
            .where(Device.user_id == user_id)
            .order_by(Device.seen_at.desc(), Device.id.desc())
            .limit(limit)
        )
    )


def own_device(device_id: int, *, user_id: int) -> Device:
    """One phone of an account, else `Missing`."""
    found = db.session.scalar(select(Device).where(Device.id == device_id, Device.user_id == user_id))
    if found is None:
        raise Missing
    return found
