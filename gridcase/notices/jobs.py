"""Sending what waits in the outbox: exactly one row a message inside, at least once under the same number outside.

Who sends decides the row: a sender claims it for as long as sending may take, in a transaction of its own, sends it
while no lock is held, and notes how it went, if the claim is still its own. A sender that is killed leaves a claim that
runs out, and the next one sends the message again under the same number. Claims and pauses are measured by the
database's clock: senders whose clocks differ agree on it.
"""

from __future__ import annotations

import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, or_, select, update

from gridcase.core import outward
from gridcase.core.config import Config
from gridcase.core.db import db, dialect_name, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.scope import outside
from gridcase.notices import queries, service
from gridcase.notices.models import FILE_CHANNEL, NoticeChannel, Outbox
from gridcase.notices.rules import Channel, Message, Sending, call_of, pause_after, refusal

BATCH = 200
# One answer of a mail server, and the whole talk after it has greeted: each of its dozen answers may be slow.
MAIL_SECONDS, MAIL_CALL_SECONDS = 10, 45.0
# Longer than the slowest call or mail, with looking up its name and trying its addresses; no longer than that, because
# what a killed sender had claimed waits for so long.
CALL_CLAIM_SECONDS, MAIL_CLAIM_SECONDS = 60, 180
BARRED, NO_MAIL, ENDED = "barred", "no_mail", "ended"
NO_USE = (BARRED, NO_MAIL, ENDED)  # trying again by itself would change nothing


@dataclass(frozen=True)
class Claim:
    """A message that this sender has for itself; `tries` tells it from the claims before and after."""

    id: int
    tries: int
    channel: str
    channel_id: int | None
    message: Message


def anything_waits() -> bool:
    """Whether something could be sent now: asked before anything is locked."""
    return db.session.scalar(select(Outbox.id).where(*_ready()).limit(1)) is not None


def send_waiting(
    config: Config,
    *,
    now: datetime,
    asleep: Collection[str] = (),
    batch: int = BATCH,
) -> int:
    """Send what waits, emergencies first; returns how many were sent. In places that are `asleep` emergencies alone.
    A channel that fails is left alone until the next run, so that it does not hold up the others."""
    sent, resting = 0, set[int]()
    for _turn in range(batch):
        claim = _claim(config, asleep=asleep, resting=resting)
        if claim is None:
            break
        error = _send(claim, config, now)
        _note(claim, error, now)
        sent += not error
        if error:
            resting.add(claim.channel_id or 0)
    return sent


def tidy(config: Config, *, actor: Viewer, now: datetime) -> int:
    """Forget messages that left long ago, batch after batch; seal channels that were written before secrets were
    sealed, or under a former secret. Returns how many messages went."""
    before, gone = now - timedelta(days=config.outbox_days), 0
    while queries.kept_too_long(before=before, limit=1):
        with transaction():
            gone += service.purge(before=before, actor=actor, now=now)
    if queries.stale_channels(limit=1):
        with transaction():
            service.seal_anew(actor=actor, now=now)
    return gone


def _seconds() -> ColumnElement[int]:
    """The database's own clock, in seconds: the one that all senders share."""
    if dialect_name() == "postgresql":
        return cast(func.floor(extract("epoch", func.clock_timestamp())), BigInteger)
    return cast(func.strftime("%s", "now"), BigInteger)


def _ready() -> tuple[ColumnElement[bool], ...]:
    return (Outbox.state.in_((Sending.QUEUED, Sending.SENDING)), Outbox.ready_at <= _seconds())


def _claim(config: Config, *, asleep: Collection[str], resting: Collection[int]) -> Claim | None:
    waiting = select(Outbox.id).where(*_ready(), func.coalesce(Outbox.channel_id, 0).not_in(resting))
    if asleep:
        waiting = waiting.where(or_(Outbox.urgent, outside(Outbox.place_path, asleep)))
    waiting = waiting.order_by(Outbox.urgent.desc(), Outbox.id).limit(1)
    if dialect_name() == "postgresql":
        waiting = waiting.with_for_update(skip_locked=True)  # SQLite has one writer at a time
    seconds = case((Outbox.channel == Channel.MAIL, MAIL_CLAIM_SECONDS), else_=CALL_CLAIM_SECONDS)
    with transaction():
        row: Any = db.session.execute(
            update(Outbox)
            .where(Outbox.id == waiting.scalar_subquery())
            .values(state=Sending.SENDING, tries=Outbox.tries + 1, ready_at=_seconds() + seconds)
            .returning(
                Outbox.id, Outbox.tries, Outbox.channel, Outbox.channel_id, Outbox.message_id, Outbox.number,
                Outbox.link,
            )
            .execution_options(synchronize_session=False)
        ).first()  # fmt: skip
    if row is None:
        return None
    message = Message(row.message_id, row.number, config.site + row.link)
    return Claim(row.id, row.tries, row.channel, row.channel_id, message)


def _note(claim: Claim, error: str, now: datetime) -> None:
    """How it went. Nothing is noted by who has lost the claim meanwhile: the next one notes for itself."""
    pause = None if error in NO_USE else pause_after(claim.tries)
    values: dict[str, Any] = {"state": Sending.GIVEN_UP if error else Sending.SENT, "sent_at": now, "error": error}
    if error and pause is not None:
        values |= {"state": Sending.QUEUED, "ready_at": _seconds() + int(pause.total_seconds())}
    with transaction():
        db.session.execute(
            update(Outbox)
            .where(Outbox.id == claim.id, Outbox.tries == claim.tries, Outbox.state == Sending.SENDING)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _send(claim: Claim, config: Config, now: datetime) -> str:
    """Send it, with no transaction open; returns a short mark of what went wrong, empty when nothing did."""
    if claim.channel == FILE_CHANNEL:
        return _to_file(Path(config.outbox_file), claim.message)
    row = db.session.execute(
        select(NoticeChannel.address, NoticeChannel.secret).where(
            NoticeChannel.id == claim.channel_id, NoticeChannel.ended_at.is_(None)
        )
    ).first()
    db.session.rollback()
    if row is None:
        return ENDED
    channel = Channel(claim.channel)
    if channel is Channel.MAIL:
        return _by_mail(row.address, claim.message, config, now)
    call = call_of(channel, claim.message, url=row.address, secret=row.secret, now=now)
    try:
        answer = outward.post(call.url, call.body, headers=call.headers, named=config.named_hosts)
    except outward.Barred:
        return BARRED
    except outward.Unreachable as error:
        return "name" if str(error) == "name" else f"unreachable:{error}"[:60]
    return refusal(channel, answer.status, answer.body)


def _to_file(path: Path, message: Message) -> str:
    """The channel of trials: one line of JSON a message, written at once."""
    line = json.dumps({"id": message.message_id, "number": message.number, "link": message.link}, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return ""


def _by_mail(address: str, message: Message, config: Config, now: datetime) -> str:
    if not config.mail_host:
        return NO_MAIL
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = config.mail_from, address, message.number
    mail["Message-ID"] = f"<{message.message_id}@{config.mail_from.rpartition('@')[2].strip('<> ')}>"
    mail["Date"], mail["Auto-Submitted"] = now, "auto-generated"
    mail.set_content(f"{message.number}\n{message.link}\n")
    try:
        server = _mail_server(config)
        clock = threading.Timer(MAIL_CALL_SECONDS, _cut, (server,))
        clock.daemon = True
        clock.start()
        try:
            _sign_in(server, config)
            server.send_message(mail)
        finally:  # what it says to good-bye does not make a mail that it has taken one that it refused
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            clock.cancel()
    except (smtplib.SMTPException, OSError, ValueError) as error:  # never its words: they may name the mailbox
        return "mail" if isinstance(error, smtplib.SMTPException) else "unreachable:mail"
    return ""


def _mail_server(config: Config) -> smtplib.SMTP:
    """The server that the settings name, greeted."""
    where = (config.mail_host, config.mail_port)
    if config.mail_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=MAIL_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=MAIL_SECONDS)


def _sign_in(server: smtplib.SMTP, config: Config) -> None:
    """Secured and signed in as the settings say."""
    if config.mail_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if config.mail_user:
        server.login(config.mail_user, config.mail_password)


def _cut(server: smtplib.SMTP) -> None:
    """End the talk from another thread: whatever waits for an answer fails."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)
