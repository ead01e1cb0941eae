"""Channels: whose they are, by which a notice leaves, and what waits in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.sealed import as_stored, stale, unseal
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.rules import Sending
from gridcase.people.models import Holding, Post
from gridcase.people.queries import valid_on
from gridcase.users.models import User

_WAITS = (Sending.QUEUED, Sending.SENDING)
_OPEN = NoticeChannel.ended_at.is_(None)


def of_person(person_id: int) -> Sequence[NoticeChannel]:
    """A person's own channels."""
    return db.session.scalars(
        select(NoticeChannel).where(NoticeChannel.person_id == person_id, _OPEN).order_by(NoticeChannel.id)
    ).all()


def of_places(viewer: Viewer) -> Sequence[Any]:
    """(channel, name of its place) of the places whose settings the viewer keeps."""
    return db.session.execute(
        select(NoticeChannel, Grid.name)
        .join(Grid, Grid.id == NoticeChannel.place_id)
        .where(_OPEN, _kept_by(viewer))
        .order_by(Grid.path, NoticeChannel.id)
    ).all()


def one_of_person(channel_id: int, *, viewer: Viewer) -> NoticeChannel:
    """One of the viewer's own channels."""
    return _one(channel_id, NoticeChannel.person_id == viewer.person_id)


def one_of_place(channel_id: int, *, viewer: Viewer) -> NoticeChannel:
    """A channel of a place whose settings the viewer keeps."""
    return _one(channel_id, _kept_by(viewer))


def _one(channel_id: int, mine: ColumnElement[bool]) -> NoticeChannel:
    found = db.session.scalar(select(NoticeChannel).where(NoticeChannel.id == channel_id, _OPEN, mine))
    if found is None:
        raise Missing
    return found


def _kept_by(viewer: Viewer) -> ColumnElement[bool]:
    return reach(viewer, Permission.MANAGE_COUNTY, path=NoticeChannel.place_path)


def places_for(viewer: Viewer) -> Sequence[Grid]:
    """Counties and towns that may have channels of the viewer's making."""
    return db.session.scalars(
        select(Grid)
        .where(Grid.level.in_((GridLevel.COUNTY, GridLevel.TOWN)))
        .where(reach(viewer, Permission.MANAGE_COUNTY, path=Grid.path))
        .order_by(Grid.path)
    ).all()


def taken(open_key: str) -> bool:
    """Whether a channel like it is open."""
    return db.session.scalar(select(NoticeChannel.id).where(NoticeChannel.open_key == open_key)) is not None


def number_of_place(place_id: int) -> int:
    """How many channels a place has."""
    return (
        db.session.scalar(
            select(func.count()).select_from(NoticeChannel).where(NoticeChannel.place_id == place_id, _OPEN)
        )
        or 0
    )


@dataclass(frozen=True)
class Leaving:
    """A channel, and the post, unit or person by whom it hears of a notice (none: a group of a place)."""

    channel_id: int
    kind: str
    what: str
    place_path: str | None = None
    post_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None


def leaving_by(
    *,
    paths: Collection[str],
    posts: Collection[int],
    units: Collection[int],
    persons: Collection[int],
    on: date,
) -> list[Leaving]:
    """The confirmed channels of these places and of those above them, of who holds these posts or a post in these
    units, and of these persons, as far as their accounts are open."""
    above = {path[: cut + 1] for path in paths for cut, sign in enumerate(path) if sign == "/" and cut}
    columns = (NoticeChannel.id, NoticeChannel.kind, NoticeChannel.what)
    ready = (_OPEN, NoticeChannel.confirmed_at.is_not(None))
    groups = select(*columns, NoticeChannel.place_path).where(*ready, NoticeChannel.place_path.in_(above))
    found = []
    if above:
        rows = db.session.execute(groups.order_by(NoticeChannel.id))
        found += [Leaving(row.id, row.kind, row.what, place_path=row.place_path) for row in rows]
    own = select(*columns).join(User, User.person_id == NoticeChannel.person_id)
    own = own.where(*ready, User.active, User.locked_at.is_(None)).order_by(NoticeChannel.id)
    if posts or units:
        held = (
            own.add_columns(Post.id.label("post_id"), Post.unit_id)
            .join(Holding, Holding.person_id == NoticeChannel.person_id)
            .join(Post, Post.id == Holding.post_id)
            .where(or_(Post.id.in_(posts), Post.unit_id.in_(units)), valid_on(Holding, on), valid_on(Post, on))
        )
        found += [
            Leaving(row.id, row.kind, row.what, post_id=row.post_id, unit_id=row.unit_id)
            for row in db.session.execute(held)
        ]
    if persons:
        named = own.add_columns(NoticeChannel.person_id).where(NoticeChannel.person_id.in_(persons))
        found += [Leaving(row.id, row.kind, row.what, person_id=row.person_id) for row in db.session.execute(named)]
    return found


@dataclass(frozen=True)
class Queue:
    """What waits in a channel (or in all of a kind), since when, what was given up, and how the last try ended."""

    waiting: int = 0
    oldest: datetime | None = None
    given_up: int = 0
    sent: int = 0
    last_sent: datetime | None = None
    error: str = ""


def _figures() -> tuple[Any, ...]:
    waits = Outbox.state.in_(_WAITS)
    return (
        func.sum(case((waits, 1), else_=0)),
        func.min(case((waits, Outbox.queued_at))),
        func.sum(case((Outbox.state == Sending.GIVEN_UP, 1), else_=0)),
        func.sum(case((Outbox.state == Sending.SENT, 1), else_=0)),
        func.max(case((Outbox.state == Sending.SENT, Outbox.sent_at))),
    )


def queues_of(channel_ids: Collection[int]) -> dict[int, Queue]:
    """How each of these channels stands."""
    rows = db.session.execute(
        select(Outbox.channel_id, *_figures()).where(Outbox.channel_id.in_(channel_ids)).group_by(Outbox.channel_id)
    ).all()
    newest = func.row_number().over(
        partition_by=Outbox.channel_id, order_by=(Outbox.sent_at.desc().nulls_last(), Outbox.id.desc())
    )
    tried = (
        select(Outbox.channel_id, Outbox.error, newest.label("place"))
        .where(Outbox.channel_id.in_(channel_ids), Outbox.error != "", Outbox.state != Sending.DROPPED)
        .subquery()
    )
    errors = db.session.execute(select(tried.c.channel_id, tried.c.error).where(tried.c.place == 1)).all()
    failed: dict[int | None, str] = {row[0]: row[1] for row in errors}
    return {row[0]: replace(Queue(*row[1:]), error=failed.get(row[0], "")) for row in rows}


def queues_under(path: str) -> dict[str, Queue]:
    """How the channels of a county stand, by kind: groups and persons together, nobody by name."""
    rows = db.session.execute(
        select(Outbox.channel, *_figures()).where(under(Outbox.place_path, path)).group_by(Outbox.channel)
    ).all()
    return {row[0]: Queue(*row[1:]) for row in rows}


def given_up_under(path: str) -> ColumnElement[bool]:
    """The messages of a county that were given up."""
    return (Outbox.state == literal(Sending.GIVEN_UP.value)) & under(Outbox.place_path, path)


def stale_channels(*, limit: int = 200) -> Sequence[Any]:
    """(id, address and secret as they are stored) of channels not sealed under the key of today."""
    address, secret = as_stored(NoticeChannel.address), as_stored(NoticeChannel.secret)
    old = stale(NoticeChannel.address) | stale(NoticeChannel.secret)
    query = select(NoticeChannel.id, address.label("address"), secret.label("secret")).where(old)
    return db.session.execute(query.order_by(NoticeChannel.id).limit(limit)).all()


def shut_channels() -> int:
    """How many channels no key of this installation opens."""
    return sum(unseal(words) is None for row in stale_channels() for words in (row.address, row.secret) if words)


def kept_too_long(*, before: datetime, limit: int) -> Sequence[int]:
    """Messages that left, or were dropped, before a moment, the oldest first."""
    ended = Outbox.state.in_((Sending.SENT, Sending.DROPPED))
    query = select(Outbox.id).where(ended, func.coalesce(Outbox.sent_at, Outbox.queued_at) < before)
    return db.session.scalars(query.order_by(Outbox.id).limit(limit)).all()
