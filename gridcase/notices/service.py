"""Telling."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.db import Base, db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.core.words import Text
from gridcase.notices.models import Notice, NoticeRead, Outbox


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


def tell(
    *,
    rule: str,
    subject_kind: str,
    subject_id: int,
    due_at: datetime | None,
    place_path: str,
    text: Text,
    link: str,
    now: datetime,
    post_id: int | None = None,
    unit_id: int | None = None,
    urgent: bool = False,
    channels: tuple[str, ...] = (),
) -> int | None:
    """Tell a post or a unit, once per rule, subject and due time: the database decides who is first.

    Returns the notice's id, or None when it had been told before.
    """
    key = key_of(rule, subject_kind, subject_id, due_at, post_id=post_id, unit_id=unit_id)
    values = {
        "key": key, "rule": rule, "subject_kind": subject_kind, "subject_id": subject_id, "due_at": due_at,
        "post_id": post_id, "unit_id": unit_id, "place_path": place_path, "text": text.as_json(), "link": link,
        "urgent": urgent, "created_at": now,
    }  # fmt: skip
    notice_id: int | None = db.session.scalar(
        _insert(Notice).values(**values).on_conflict_do_nothing(index_elements=["key"]).returning(Notice.id)
    )
    if notice_id is not None:
        for channel in channels:
            db.session.add(Outbox(notice_id=notice_id, channel=channel, message_id=f"gridcase-{notice_id}-{channel}"))
    return notice_id


def mark_read(notice: Notice, *, actor: Viewer, now: datetime) -> None:
    """Note that the reader has seen it."""
    if actor.user_id is not None:  # two clicks at once are one reading
        values = {"notice_id": notice.id, "user_id": actor.user_id, "read_at": now}
        db.session.execute(_insert(NoticeRead).values(**values).on_conflict_do_nothing())


def _insert(model: type[Base]) -> Any:
    """The database's own INSERT, which can pass over a row that is there."""
    return (postgresql.insert if dialect_name() == "postgresql" else sqlite.insert)(model)
