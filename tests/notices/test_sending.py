"""Who sends decides the row; a number and a link leave, to whom they may, when they may, signed, again and again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.notices import jobs, queries, service
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.rules import DIGEST, MOST_TRIES, Channel, What
from gridcase.users.models import User
from tests.factories.sinks import MailSink, Sink, http_sink, mail_sink
from tests.factories.world import World
from tests.notices.sending import of_person, of_place, send, settings, states, tell

ViewerOf = Callable[[str], Viewer]
At = Callable[[str], None]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A receiver that listens."""
    with http_sink() as made:
        yield made


@pytest.fixture
def mailbox() -> Iterator[MailSink]:
    """A mail server that listens."""
    with mail_sink() as made:
        yield made


def ready_again() -> None:
    with transaction():
        db.session.execute(update(Outbox).values(ready_at=0))


def test_a_number_and_a_link_leave_and_not_a_word_more(ctx: Flask, world: World, sink: Sink) -> None:
    config = settings(ctx, outside_hosts=sink.host, site_url="https://grid.example.gov.cn")
    of_place(world, config, sink.url)
    tell(world)
    assert send(config) == 1
    (got,) = sink.got
    assert got.json["data"] == {"number": "GC-7", "link": "https://grid.example.gov.cn/cases/7"}
    assert "张三" not in got.body.decode()
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = hmac.new(b"0123456789abcdef0123456789abcdef", signed, hashlib.sha256).digest()
    assert got.headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert states() == [("sent", 1, "")]
    assert send(config) == 0


def test_a_group_hears_of_its_own_place_once_and_of_nothing_that_is_not_for_many(
    ctx: Flask, world: World, sink: Sink
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    for place in ("town", "other_town", "far_county"):
        of_place(world, config, f"{sink.url}/{place}", place=place)
    tell(world)
    tell(world, post_id=world.posts["village_head"])  # the same, told to another post
    tell(world, rule="tier", subject_kind="household", for_groups=False)
    tell(world, subject_id=8, for_groups=False)  # a restricted case
    send(config)
    assert [one.path for one in sink.got] == ["/hook/town"]


def test_what_is_chosen_is_what_leaves(ctx: Flask, world: World, sink: Sink, viewer_of: ViewerOf) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, f"{sink.url}/county", what=What.URGENT)
    of_person(viewer_of("liaison"), config, f"{sink.url}/liaison", what=What.DAILY)
    of_person(viewer_of("dept"), config, f"{sink.url}/dept", what=What.ALL)
    of_person(viewer_of("village_head"), config, f"{sink.url}/head", what=What.ALL)
    tell(world)
    tell(world, rule=DIGEST, subject_kind="person", post_id=None, person_id=viewer_of("liaison").person_id)
    tell(world, subject_id=8, unit_id=world.units["water"], post_id=None)
    tell(world, subject_id=9, urgent=True)
    send(config)
    assert sorted(one.path for one in sink.got) == ["/hook/county", "/hook/dept", "/hook/liaison", "/hook/liaison"]


def test_a_closed_account_and_a_post_given_up_hear_nothing(
    ctx: Flask, world: World, sink: Sink, viewer_of: ViewerOf
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_person(viewer_of("liaison"), config, sink.url, what=What.ALL)
    with transaction():
        db.session.execute(update(User).where(User.id == world.users["liaison"]).values(active=False))
        db.session.add(AuditRow(at=clock.now(), actor_name="test", action="test", subject_kind="user"))
    tell(world)
    assert states() == []


def test_in_quiet_hours_emergencies_alone_and_the_rest_in_the_morning(ctx: Flask, world: World, sink: Sink) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, sink.url)
    tell(world)
    tell(world, subject_id=8, number="GC-8", urgent=True)
    county = db.session.get_one(Grid, world.grids["county"]).path
    assert send(config, asleep=(county,)) == 1
    assert [one.json["data"]["number"] for one in sink.got] == ["GC-8"]
    assert send(config, asleep=("/999/",)) == 1


def test_a_refusal_is_tried_again_with_growing_pauses_and_given_up_in_the_end(
    ctx: Flask, world: World, sink: Sink, viewer_of: ViewerOf
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    channel = of_person(viewer_of("liaison"), config, sink.url, what=What.ALL)
    sink.answer = b'{"errcode":93000,"errmsg":"invalid webhook url"}'
    tell(world)
    pauses = []
    for tries in range(1, MOST_TRIES + 1):
        assert send(config) == 0
        assert send(config) == 0, "not before its pause is over"
        assert states()[0][1] == tries
        pauses.append((db.session.scalar(select(Outbox.ready_at)) or 0) - _database_seconds())
        ready_again()
    assert states() == [("given_up", MOST_TRIES, "errcode:93000")]
    assert len(sink.got) == MOST_TRIES
    assert pauses[0] == pytest.approx(60, abs=15)
    assert pauses[3] == pytest.approx(480, abs=15)
    queue = queries.queues_of([channel])[channel]
    assert (queue.waiting, queue.given_up, queue.error) == (0, 1, "errcode:93000")
    sink.answer = b'{"errcode":0}'
    with transaction():
        given_up = Outbox.channel_id == channel
        assert service.retry(given_up, actor=viewer_of("liaison"), path="/", now=clock.now()) == 1
    assert send(config) == 1
    assert len({one.body for one in sink.got}) == 1, "always the same message"


def _database_seconds() -> int:
    found = db.session.scalar(select(jobs._seconds()))
    assert found is not None
    return int(found)


def test_a_channel_that_fails_does_not_hold_up_the_others(ctx: Flask, world: World, sink: Sink) -> None:
    with http_sink() as broken:
        broken.status = 503
        config = settings(ctx, outside_hosts=f"{sink.host},{broken.host}")
        of_place(world, config, broken.url, place="county")
        of_place(world, config, sink.url, place="town")
        for subject in range(5):
            tell(world, subject_id=subject)
        assert send(config) == 5
        assert len(broken.got) == 1
        assert len(sink.got) == 5


def test_whoever_lost_its_claim_notes_nothing(ctx: Flask, world: World, sink: Sink) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, sink.url)
    tell(world)
    claims = []
    for _sender in range(2):
        claim = jobs._claim(config, asleep=(), resting=())
        assert claim is not None
        claims.append(claim)
        assert jobs._claim(config, asleep=(), resting=()) is None, "one sender at a time"
        ready_again()  # as if the minute were over
    slow, quick = claims
    assert slow.message == quick.message
    jobs._note(quick, "", clock.now())
    jobs._note(slow, "status:500", clock.now())
    assert states() == [("sent", 2, "")]


def test_a_sender_that_is_killed_leaves_a_claim_that_runs_out(
    ctx: Flask, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, sink.url)
    tell(world)

    class Killed(BaseException):
        """As by signal nine."""

    def die(*_arguments: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(jobs.outward, "post", die)
        with pytest.raises(Killed):
            send(config)
    assert states() == [("sending", 1, "")]
    assert send(config) == 0, "the claim holds for its time"
    ready_again()
    assert send(config) == 1
    assert len(sink.ids) == 1


def test_senders_at_once_send_each_message_once(app: Flask, world: World, sink: Sink) -> None:
    with app.app_context():
        config = settings(app, outside_hosts=sink.host)
        of_place(world, config, sink.url)
        for subject in range(30):
            tell(world, subject_id=subject)
        db.session.remove()

    def work() -> None:
        with app.app_context():
            send(config)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.ids) == len(set(sink.ids)) == 30


def test_no_transaction_is_open_while_it_is_sent(ctx: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(ctx, outside_hosts="127.0.0.1:9")
    of_place(world, config, "http://127.0.0.1:9/")
    tell(world)
    open_then = []

    def look(*_arguments: object, **_named: object) -> None:
        open_then.append(db.session().in_transaction())
        raise jobs.outward.Unreachable("refused")

    monkeypatch.setattr(jobs.outward, "post", look)
    assert send(config) == 0
    assert open_then == [False]


def test_an_address_that_leads_inside_is_given_up_at_once(
    ctx: Flask, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved while its name was public, or while the server named it: the look at sending is the one that counts."""
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, sink.url)
    tell(world)
    config = settings(ctx, outside_hosts="")
    assert send(config) == 0
    assert states() == [("given_up", 1, "barred")]
    assert sink.got == []


def test_a_mailbox_hears_nothing_until_its_code_was_typed(
    ctx: Flask, world: World, mailbox: MailSink, viewer_of: ViewerOf
) -> None:
    config = settings(
        ctx, mail_host="127.0.0.1", mail_port=mailbox.port, mail_security="none", mail_from="grid@example.gov.cn",
        site_url="https://grid.example.gov.cn",
    )  # fmt: skip
    liaison, now = viewer_of("liaison"), clock.now()
    with transaction():
        channel = service.add(
            actor=liaison, kind=Channel.MAIL, address="lian@example.com", secret="", what=What.ALL,
            named=frozenset(), now=now,
        )  # fmt: skip
        service.test(channel, actor=liaison, now=now)
        channel_id = channel.id
    tell(world)
    assert send(config) == 1
    ((to, mail),) = mailbox.mails
    assert to == "lian@example.com"
    code = next(line for line in mail.splitlines() if line.startswith("Subject:")).split("T")[1].strip()
    with transaction():
        channel = db.session.get_one(NoticeChannel, channel_id)
        assert service.confirm(channel, code="000000" if code != "000000" else "1", actor=liaison, now=now) is False
        assert service.confirm(channel, code=f"T{code}", actor=liaison, now=now) is True
    tell(world, subject_id=8, number="GC-8")
    assert send(config) == 1
    mail = mailbox.mails[1][1]
    assert "Subject: GC-8" in mail
    assert "https://grid.example.gov.cn/cases/7" in mail
    assert "Auto-Submitted: auto-generated" in mail
    assert "Message-ID: <gridcase-c" in mail
    assert mail.split("\r\n\r\n")[1].split() == ["GC-8", "https://grid.example.gov.cn/cases/7"]


def test_a_mail_server_that_refuses_is_heard_without_the_mailbox(
    ctx: Flask, world: World, mailbox: MailSink, viewer_of: ViewerOf
) -> None:
    config = settings(
        ctx, mail_host="127.0.0.1", mail_port=mailbox.port, mail_security="none", mail_from="grid@example.gov.cn"
    )
    mailbox.refuse = True
    with transaction():
        channel = service.add(
            actor=viewer_of("liaison"), kind=Channel.MAIL, address="lian@example.com", secret="", what=What.ALL,
            named=frozenset(), now=clock.now(),
        )  # fmt: skip
        service.test(channel, actor=viewer_of("liaison"), now=clock.now())
    assert send(config) == 0
    assert states() == [("queued", 1, "mail")]


def test_nothing_of_a_channel_stands_in_audit_or_errors(
    ctx: Flask, world: World, sink: Sink, viewer_of: ViewerOf
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    channel_id = of_place(world, config, f"{sink.url}?key=KEY123")
    with transaction():
        channel = db.session.get_one(NoticeChannel, channel_id)
        service.test(channel, actor=viewer_of("county_manager"), now=clock.now())
        service.remove(channel, actor=viewer_of("county_manager"), now=clock.now())
    rows = db.session.scalars(select(AuditRow).where(AuditRow.subject_kind == "channel")).all()
    assert [row.action for row in rows] == ["channel.add", "channel.test", "channel.remove"]
    said = "".join(repr((row.action, row.detail, row.actor_name)) for row in rows)
    assert "KEY123" not in said
    assert "whsec_" not in said
    kept = db.session.get_one(NoticeChannel, channel_id)
    assert (kept.address, kept.secret, kept.code) == ("", "", "")
    assert states() == [("dropped", 0, "ended")]
    with pytest.raises(IntegrityError) as broken:
        _write_twice(world)
    assert "KEY123" not in str(broken.value)


def _write_twice(world: World) -> None:
    """The unique key of an open channel is broken: an error of the database."""
    with transaction() as session:
        for _twice in range(2):
            session.add(
                NoticeChannel(
                    kind="webhook", person_id=None, place_id=world.grids["county"], place_path="/", open_key="same",
                    address="KEY123", secret="KEY123", hint="", what="all", created_at=clock.now(),
                )
            )  # fmt: skip


def test_a_file_is_the_channel_of_trials(ctx: Flask, world: World, tmp_path: Path) -> None:
    config = settings(ctx, outbox_file=str(tmp_path / "sent.jsonl"))
    tell(world)
    assert send(config) == 1
    assert '"number": "GC-7"' in (tmp_path / "sent.jsonl").read_text(encoding="utf-8")


def test_a_mail_server_that_never_ends_is_left_before_the_claim_runs_out(
    ctx: Flask, world: World, mailbox: MailSink, viewer_of: ViewerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer comes in time, the talk has no end: smtplib by itself would listen for ever."""
    assert jobs.MAIL_CLAIM_SECONDS > jobs.MAIL_CALL_SECONDS + 6 * jobs.MAIL_SECONDS
    assert jobs.CALL_CLAIM_SECONDS > jobs.outward.CALL_SECONDS + 6 * jobs.outward.CONNECT_SECONDS
    config = settings(
        ctx, mail_host="127.0.0.1", mail_port=mailbox.port, mail_security="none", mail_from="grid@example.gov.cn"
    )
    monkeypatch.setattr(jobs, "MAIL_CALL_SECONDS", 0.2)
    mailbox.drip = True
    with transaction():
        service.add(
            actor=viewer_of("liaison"), kind=Channel.MAIL, address="zhang@example.gov.cn", secret="", what=What.ALL,
            named=frozenset(), now=clock.now(),
        ).confirmed_at = clock.now()  # fmt: skip
    tell(world)
    began = time.monotonic()
    assert send(config) == 0
    assert time.monotonic() - began < 5
    assert states()[0][:2] == ("queued", 1)


def test_the_page_shows_the_error_of_the_last_try(ctx: Flask, world: World, sink: Sink, at: At) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    channel = of_place(world, config, sink.url)
    for subject, status in ((1, 503), (2, 404)):
        tell(world, subject_id=subject)
        sink.status = status
        send(config)
        at("2026-11-23T10:05:00+08:00")
    assert sorted(error for _state, _tries, error in states()) == ["status:404", "status:503"]
    queue = queries.queues_of([channel])[channel]
    assert (queue.error, queue.last_sent) == ("status:404", None)
