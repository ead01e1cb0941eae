"""Channels: opened, tested, confirmed, ended; what was given up is put back. Audit rows hold ids and kinds alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.sealed import unseal
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.notices import queries, rules
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.queries.channels import kept_too_long, number_of_place, stale_channels, taken
from gridcase.notices.rules import Channel, Sending, What
from gridcase.notices.service.telling import Telling, queue_one, write

PURGED_AT_ONCE = 1000


def add(
    *,
    actor: Viewer,
    kind: Channel,
    address: str,
    secret: str,
    what: What,
    named: frozenset[str],
    now: datetime,
    place: Grid | None = None,
    name: str = "",
) -> NoticeChannel:
    """Open a channel of a place, or the actor's own. A mailbox hears nothing until the code sent to it was typed."""
    address = rules.checked_address(kind, address.strip(), named=named)
    secret = rules.checked_secret(kind, secret.strip())
    if place is not None and number_of_place(place.id) >= rules.MOST_CHANNELS:
        raise Refused(N_("一个地方最多 %(n)s 个，请先删除不用的。", n=rules.MOST_CHANNELS), field="address")
    if place is None and actor.person_id is None:
        raise Refused(N_("这个账号没有对应的人，不能设置。"))
    key = _key_of(kind, address, place=place, person_id=actor.person_id)
    if taken(key):
        raise Refused(N_("这一个已经有了；要换地址，请先删除原来的。"), field="address")
    channel = NoticeChannel(
        kind=kind, address=address, secret=secret, hint=rules.hint_of(kind, address, name=name), what=what,
        open_key=key, created_at=now, confirmed_at=None if kind is Channel.MAIL else now,
        place_id=place.id if place else None, place_path=place.path if place else None,
        person_id=None if place else actor.person_id,
    )  # fmt: skip
    db.session.add(channel)
    db.session.flush()
    _note("channel.add", channel, actor, now, kind=kind.value, what=what.value)
    return channel


def _key_of(kind: Channel, address: str, *, place: Grid | None, person_id: int | None) -> str:
    if place is None:
        return f"person:{person_id}:{kind}"
    return f"place:{place.id}:{kind}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def test(channel: NoticeChannel, *, actor: Viewer, now: datetime) -> None:
    """Send a test message by the way all messages go: a number and a link. To a mailbox the number is a code."""
    if channel.tested_at is not None and now - channel.tested_at < rules.TEST_PAUSE:
        raise Refused(N_("刚发过一条，请一分钟以后再试。"))
    code = rules.new_code()
    channel.tested_at = now
    if channel.confirmed_at is None:
        channel.code, channel.code_tries = code, 0
    telling = Telling(
        rule=rules.TEST, subject_kind="channel", subject_id=channel.id, due_at=now, person_id=actor.person_id,
        place_path=channel.place_path or "/", link="/inbox/channels" if channel.person_id else "/channels/",
        text=N_("已向%(to)s发出一条测试消息。", to=channel.hint), urgent=True,
    )  # fmt: skip
    for notice_id in write([telling], now=now):
        queue_one(notice_id, channel, number=f"T{code}", telling=telling, now=now)
    _note("channel.test", channel, actor, now)


def confirm(channel: NoticeChannel, *, code: str, actor: Viewer, now: datetime) -> bool:
    """The code of the test message, read and typed in: from now on the channel is used. False: a wrong one, counted."""
    if channel.confirmed_at is not None:
        return True
    if not channel.code or channel.code_tries >= rules.CODE_TRIES:
        raise Refused(N_("请先发一条测试消息，再填里面的验证码。"), field="code")
    typed = code.strip().upper().removeprefix("T")
    if not secrets.compare_digest(typed.encode(), channel.code.encode()):
        channel.code_tries += 1
        _note("channel.wrong_code", channel, actor, now)
        return False
    channel.confirmed_at, channel.code = now, ""
    _note("channel.confirm", channel, actor, now)
    return True


def change_what(channel: NoticeChannel, *, what: What, actor: Viewer, now: datetime) -> None:
    """What goes out by it from now on."""
    if channel.place_id is not None and what not in rules.WHAT_OF_PLACES:
        raise Refused(N_("请选发哪些。"), field="what")
    channel.what = what
    _note("channel.what", channel, actor, now, what=what.value)


def remove(channel: NoticeChannel, *, actor: Viewer, now: datetime) -> None:
    """End a channel: address and secret are forgotten, what waits in it is not sent any more."""
    channel.ended_at, channel.open_key = now, None
    channel.address = channel.secret = channel.code = ""
    channel.hint = channel.hint if channel.place_id else ""
    gone = Outbox.state.in_((Sending.QUEUED, Sending.SENDING, Sending.GIVEN_UP))
    db.session.execute(
        update(Outbox).where(Outbox.channel_id == channel.id, gone).values(state=Sending.DROPPED, error="ended")
    )
    _note("channel.remove", channel, actor, now)


def retry(given_up: ColumnElement[bool], *, actor: Viewer, path: str, now: datetime) -> int:
    """Put back what was given up, as new; returns how many messages."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Outbox)
        .where(given_up, Outbox.state == Sending.GIVEN_UP)
        .values(state=Sending.QUEUED, tries=0, ready_at=0, error="")
    )
    if done.rowcount:
        audit.record(
            actor=actor, action="channel.retry", subject_kind="channel", subject_id=None, now=now, place_path=path,
            detail={"messages": done.rowcount},
        )  # fmt: skip
    return done.rowcount


def retry_under(path: str, *, actor: Viewer, now: datetime) -> int:
    """Put back what was given up in a county."""
    return retry(queries.given_up_under(path), actor=actor, path=path, now=now)


def seal_anew(*, actor: Viewer, now: datetime) -> int:
    """Seal under the key of today what was written plainly once, or under a former secret; returns how many channels.
    What no key opens is left alone."""
    done = 0
    for row in stale_channels():
        words = {name: unseal(getattr(row, name)) for name in ("address", "secret")}
        if None not in words.values():
            db.session.execute(update(NoticeChannel).where(NoticeChannel.id == row.id).values(**words))
            done += 1
    if done:
        audit.record(
            actor=actor, action="channel.seal", subject_kind="channel", subject_id=None, now=now,
            detail={"channels": done},
        )  # fmt: skip
    return done


def purge(*, before: datetime, actor: Viewer, now: datetime, batch: int = PURGED_AT_ONCE) -> int:
    """Forget messages that left before a moment; the notices stay in the inbox. Returns how many."""
    ids = kept_too_long(before=before, limit=batch)
    if ids:
        db.session.execute(delete(Outbox).where(Outbox.id.in_(ids)), execution_options={"synchronize_session": False})
        audit.record(
            actor=actor, action="outbox.purge", subject_kind="outbox", subject_id=None, now=now,
            detail={"messages": len(ids), "before": before.isoformat()},
        )  # fmt: skip
    return len(ids)


def _note(action: str, channel: NoticeChannel, actor: Viewer, now: datetime, **detail: str) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="channel", subject_id=channel.id, now=now,
        place_path=channel.place_path or "/", detail=dict(detail),
    )  # fmt: skip
