"""Telling."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.clock import town_day
from gridcase.core.config import current
from gridcase.core.db import Base, db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.core.words import Text
from gridcase.notices import queries
from gridcase.notices.models import FILE_CHANNEL, Notice, NoticeChannel, NoticeRead, Outbox
from gridcase.notices.queries.channels import Leaving
from gridcase.notices.rules import What, goes_out
from gridcase.notices.service.rows import insert_new


@dataclass(frozen=True)
class Telling:
    """One thing to tell one post, unit or person."""

    rule: str
    subject_kind: str
    subject_id: int
    due_at: datetime | None
    place_path: str
    text: Text
    link: str
    post_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    urgent: bool = False
    number: str = ""  # of what it is about, for messages that leave; empty: the notice's own
    for_groups: bool = False  # whether it may leave for the groups of a place, whose members nobody here knows

    @property
    def key(self) -> str:
        """What it is told apart by; the same key is never written twice."""
        key = key_of(
            self.rule, self.subject_kind, self.subject_id, self.due_at, post_id=self.post_id, unit_id=self.unit_id
        )
        return f"{key}h{self.person_id}" if self.person_id else key


def key_of(
    rule: str,
    subject_kind: str,
    subject_id: int,
    due_at: datetime | None,
    *,
    post_id: int | None = None,
    unit_id: int | None = None,
) -> str:
    """What a notice is told apart by; the same key is never written twice."""
    when = due_at.astimezone(UTC).isoformat() if due_at else ""
    return f"{rule}:{subject_kind}:{subject_id}:{when}:p{post_id or ''}u{unit_id or ''}"


def tell(telling: Telling, *, now: datetime) -> int | None:
    """Tell a post or a unit, once per rule, subject and due time: the database decides who is first.

    Returns the notice's id, or None when it had been told before.
    """
    return next(iter(tell_all([telling], now=now)), None)


def tell_all(tellings: Sequence[Telling], *, now: datetime) -> list[int]:
    """Tell many in one statement; returns the ids of what had not been told before. What leaves the house is queued in
    the same transaction."""
    new = write(tellings, now=now)
    if new:
        _queue(new, now=now)
    return list(new)


def write(tellings: Sequence[Telling], *, now: datetime) -> dict[int, Telling]:
    """The notices that had not been told before, by id; nothing leaves."""
    if not tellings:
        return {}
    rows = [
        {
            "key": one.key, "rule": one.rule, "subject_kind": one.subject_kind, "subject_id": one.subject_id,
            "due_at": one.due_at, "post_id": one.post_id, "unit_id": one.unit_id, "person_id": one.person_id,
            "place_path": one.place_path,
            "text": one.text.as_json(), "link": one.link, "urgent": one.urgent, "created_at": now,
        }
        for one in tellings
    ]  # fmt: skip
    by_key = {row["key"]: one for row, one in zip(rows, tellings, strict=True)}
    statement = insert_new(Notice, rows, key="key").returning(Notice.id, Notice.key)
    return {row.id: by_key[row.key] for row in db.session.execute(statement)}


def _queue(new: Mapping[int, Telling], *, now: datetime) -> None:
    """A message for each channel that a notice leaves by."""
    told = list(new.values())
    channels = queries.leaving_by(
        paths={one.place_path for one in told if one.for_groups},
        posts={one.post_id for one in told if one.post_id is not None},
        units={one.unit_id for one in told if one.unit_id is not None},
        persons={one.person_id for one in told if one.person_id is not None},
        on=town_day(now),
    )
    rows = {}
    for number, telling in new.items():
        if current().outbox_file:
            rows[number, 0] = _message(number, telling, FILE_CHANNEL, None, now)
        for channel in channels:
            if _hears(channel, telling):
                rows[number, channel.channel_id] = _message(number, telling, channel.kind, channel.channel_id, now)
    if rows:
        db.session.execute(insert_new(Outbox, list(rows.values()), key="message_id"))


def _hears(channel: Leaving, telling: Telling) -> bool:
    if channel.place_path is not None:
        here = telling.for_groups and telling.place_path.startswith(channel.place_path)
        return here and (telling.urgent or channel.what == What.ALL)
    told = (
        (channel.post_id is not None and channel.post_id == telling.post_id)
        or (channel.unit_id is not None and channel.unit_id == telling.unit_id)
        or (channel.person_id is not None and channel.person_id == telling.person_id)
    )
    return told and goes_out(What(channel.what), rule=telling.rule, urgent=telling.urgent)


def queue_one(notice_id: int, channel: NoticeChannel, *, number: str, telling: Telling, now: datetime) -> None:
    """A message to one channel, under a number of its own."""
    row = _message(notice_id, telling, channel.kind, channel.id, now) | {"number": number}
    db.session.execute(_insert(Outbox).on_conflict_do_nothing(index_elements=["message_id"]), [row])


def _message(notice_id: int, telling: Telling, kind: str, channel_id: int | None, now: datetime) -> dict[str, Any]:
    """A row of the outbox. Its message number is the same however often it is sent; what is told to several posts
    leaves by one channel once."""
    said = key_of(telling.rule, telling.subject_kind, telling.subject_id, telling.due_at)
    digest = hashlib.sha256(said.encode()).hexdigest()[:24]
    return {
        "notice_id": notice_id, "channel": kind, "channel_id": channel_id,
        "message_id": f"gridcase-c{channel_id}-{digest}" if channel_id else f"gridcase-{notice_id}-{kind}",
        "number": telling.number or f"M{notice_id}", "link": telling.link, "urgent": telling.urgent,
        "place_path": telling.place_path, "queued_at": now,
    }  # fmt: skip


def mark_read(notice: Notice, *, actor: Viewer, now: datetime) -> None:
    """Note that the reader has seen it."""
    if actor.user_id is not None:  # two clicks at once are one reading
        values = {"notice_id": notice.id, "user_id": actor.user_id, "read_at": now}
        db.session.execute(_insert(NoticeRead).values(**values).on_conflict_do_nothing())


def _insert(model: type[Base]) -> Any:
    """The database's own INSERT, which can pass over a row that is there."""
    return (postgresql.insert if dialect_name() == "postgresql" else sqlite.insert)(model)
