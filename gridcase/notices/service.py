"""Telling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.config import current
from gridcase.core.db import Base, db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.core.words import Text
from gridcase.notices.models import FILE_CHANNEL, Notice, NoticeRead, Outbox


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
    """Tell many in one statement; returns the ids of what had not been told before."""
    if not tellings:
        return []
    rows = [
        {
            "key": one.key, "rule": one.rule, "subject_kind": one.subject_kind, "subject_id": one.subject_id,
            "due_at": one.due_at, "post_id": one.post_id, "unit_id": one.unit_id, "person_id": one.person_id,
            "place_path": one.place_path,
            "text": one.text.as_json(), "link": one.link, "urgent": one.urgent, "created_at": now,
        }
        for one in tellings
    ]  # fmt: skip
    statement = _insert(Notice).on_conflict_do_nothing(index_elements=["key"]).returning(Notice.id)
    ids = list(db.session.scalars(statement, rows))
    if ids and current().outbox_file:
        queued = [
            {"notice_id": number, "channel": FILE_CHANNEL, "message_id": f"gridcase-{number}-{FILE_CHANNEL}"}
            for number in ids
        ]
        db.session.execute(insert(Outbox), queued)
    return ids


def mark_read(notice: Notice, *, actor: Viewer, now: datetime) -> None:
    """Note that the reader has seen it."""
    if actor.user_id is not None:  # two clicks at once are one reading
        values = {"notice_id": notice.id, "user_id": actor.user_id, "read_at": now}
        db.session.execute(_insert(NoticeRead).values(**values).on_conflict_do_nothing())


def _insert(model: type[Base]) -> Any:
    """The database's own INSERT, which can pass over a row that is there."""
    return (postgresql.insert if dialect_name() == "postgresql" else sqlite.insert)(model)
