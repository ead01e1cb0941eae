"""Told once, to the right post, and sent with the same number after a stop."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.notices import jobs, queries, service
from gridcase.notices.models import Notice, Outbox
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def tell(world: World, *, due: datetime = NOW, role: str = "liaison") -> int | None:
    telling = service.Telling(
        rule="due", subject_kind="case", subject_id=7, due_at=due, post_id=world.posts[role], place_path="/1/",
        text=N_("事件 %(number)s 还剩 %(left)s", number="GC1", left=N_("3 小时")), link="/cases/7",
    )  # fmt: skip
    return service.tell(telling, now=NOW)


def test_the_same_is_told_once_and_a_moved_due_time_again(ctx: Flask, world: World) -> None:
    with transaction():
        assert tell(world) is not None
    with transaction():
        assert tell(world) is None
        assert tell(world, due=datetime(2026, 11, 24, tzinfo=UTC)) is not None


def test_eight_at_once_tell_once(app: Flask, world: World) -> None:
    told: list[int | None] = []

    def work() -> None:
        with app.app_context(), transaction():
            told.append(tell(world))
        with app.app_context():
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 8
    assert len([one for one in told if one is not None]) == 1


def test_the_inbox_is_that_of_the_post(ctx: Flask, world: World, viewer_of: Callable[[str], Viewer]) -> None:
    with transaction():
        tell(world)
    assert [notice.subject_id for notice, _read in queries.inbox(viewer_of("liaison")).rows] == [7]
    assert queries.unread_count(viewer_of("liaison")) == 1
    assert queries.inbox(viewer_of("village_head")).rows == []


def test_opening_marks_as_read_and_another_posts_notice_is_missing(
    app: Flask, world: World, client_as: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        with transaction():
            number = tell(world)
        db.session.remove()
    assert client_as("village_head").post(f"/inbox/{number}/open").status_code == 404
    client = client_as("liaison")
    assert client.post(f"/inbox/{number}/open").location == "/cases/7"
    with app.app_context():
        assert db.session.scalar(select(Notice.id)) == number
        db.session.remove()


def test_a_message_repeated_after_a_stop_keeps_its_number(ctx: Flask, world: World, tmp_path: Path) -> None:
    sink = tmp_path / "sent.jsonl"
    ctx.extensions["gridcase"] = dataclasses.replace(ctx.extensions["gridcase"], outbox_file=str(sink))
    with transaction():
        tell(world)
    config = ctx.extensions["gridcase"]
    assert jobs.send_waiting(config, now=NOW) == 1
    assert jobs.send_waiting(config, now=NOW) == 0
    with transaction():  # as if the process had died after writing and before noting it
        db.session.execute(update(Outbox).values(state="sending", ready_at=0))
    assert jobs.send_waiting(config, now=NOW) == 1
    lines = [json.loads(line) for line in sink.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2
    assert lines[0] == lines[1]
    assert set(lines[0]) == {"id", "number", "link"}
