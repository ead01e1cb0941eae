"""Sending what waits in the outbox."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from gridcase.core.db import db, transaction
from gridcase.notices.models import FILE_CHANNEL, Notice, Outbox


def send_to_file(path: Path, *, now: datetime, batch: int = 200) -> int:
    """The trial channel: one line of JSON a message. Each is first claimed, then written, then marked as sent, so that
    a stop in between repeats it under the same message id and never drops it. Returns how many were written.
    """
    ids = db.session.scalars(
        select(Outbox.id)
        .where(Outbox.channel == FILE_CHANNEL, Outbox.state.in_(("queued", "sending")))
        .order_by(Outbox.id)
        .limit(batch)
    ).all()
    for outbox_id in ids:
        with transaction():
            message = db.session.get_one(Outbox, outbox_id)
            message.state, message.tries = "sending", message.tries + 1
        message = db.session.get_one(Outbox, outbox_id)
        notice = db.session.get_one(Notice, message.notice_id)
        line = {
            "id": message.message_id,
            "rule": notice.rule,
            "subject": notice.subject_id,
            "link": notice.link,
        }
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        with transaction():
            message = db.session.get_one(Outbox, outbox_id)
            message.state, message.sent_at = "sent", now
    return len(ids)
