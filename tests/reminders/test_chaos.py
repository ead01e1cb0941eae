"""Reminders under fire: processes are killed and restarted, their clocks differ; each is told exactly once.

The suite's run shows that the machinery stands; races are rare in so few cases. Without the unique key of a notice
a run of 1,600 cases with 39 kills told 54 of them twice.
"""

from __future__ import annotations

import dataclasses
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from gridcase.app import create_app
from gridcase.cases.models import Case
from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.notices.models import Notice, Outbox
from gridcase.notices.rules import Sending
from gridcase.scheduler import remind, send_messages
from tests.conftest import open_session
from tests.factories.sinks import Sink, http_sink
from tests.factories.world import World
from tests.journeys.test_serving import free_port
from tests.notices.sending import of_place
from tests.reminders.fire import Fire
from tests.reminders.test_jobs import case_of, trace

FULL = bool(os.environ.get("GRIDCASE_FULL"))
CASES, WORKERS, SCHEDULERS, KILLS, RESTARTS = (2000, 8, 2, 50, 3) if FULL else (30, 1, 2, 2, 0)
PEOPLE, PAUSE = (6, 0.2) if FULL else (2, 0.1)
PERIOD = 60  # seconds of the scheduler as it is delivered; a claim of a call lasts as long


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """The test's own look into the database, for a moment."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()


def made(world: World) -> list[int]:
    """Cases in the hands of a station, none of them due soon under any clock."""
    first = case_of(world)
    row = db.session.execute(select(Case.__table__).where(Case.id == first)).mappings().one()
    values: dict[str, Any] = {name: value for name, value in row.items() if name not in ("id", "number")}
    values |= {
        "state": State.IN_PROGRESS, "handler_unit_id": world.units["water"], "handler_post_id": None,
        "soon_at": clock.now() + timedelta(days=3), "due_at": clock.now() + timedelta(days=9),
    }  # fmt: skip
    with transaction():
        db.session.execute(insert(Case), [values | {"number": f"CHAOS-{n}"} for n in range(CASES)])
        trace()
    return list(db.session.scalars(select(Case.id).where(Case.number.like("CHAOS-%")).order_by(Case.id)))


def fall_due(portion: list[int], now: datetime, chance: random.Random) -> None:
    """Some cases are due soon from now on: for the slow clocks only a few of them, for the true one all."""
    with transaction():
        for case_id in portion:
            soon = now - timedelta(minutes=chance.randint(0, 90))
            db.session.execute(update(Case).where(Case.id == case_id).values(soon_at=soon))
        trace()


def cookie_of(app: Flask, user_id: int) -> str:
    """The cookie of a session that is open on the server."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = signer.dumps({"_user_id": open_session(app, user_id), "_fresh": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


@pytest.mark.usefixtures("app")
def test_chaos_reminders(config: Config, world: World) -> None:
    with http_sink() as sink:
        settings = dataclasses.replace(config, outside_hosts=sink.host, port=free_port())
        app, now, chance = create_app(settings), clock.now(), random.Random(20261122)
        with inside(app):
            wanted = made(world)
            of_place(world, settings, sink.url)
        cookie = cookie_of(app, world.users["dept"])
        fire = Fire(settings, now, WORKERS, SCHEDULERS, cookie, wanted, chance)
        began = time.monotonic()
        _burn(fire, app, wanted)
        burnt = time.monotonic() - began
        waited = _settle(app, settings)
        _check(app, wanted, sink)
        print(
            f"chaos_reminders {settings.url.split(':')[0]}: {CASES} cases, {WORKERS} web workers, "
            f"{SCHEDULERS} schedulers, {KILLS} kills, {RESTARTS} restarts in {burnt:.0f} s; "
            f"all out {waited:.0f} s later; "
            f"{len(sink.ids)} calls, {len(set(sink.ids))} messages; web answers {dict(fire.answers)}"
        )
        with inside(app):
            db.engine.dispose()


def _burn(fire: Fire, app: Flask, wanted: list[int]) -> None:
    """Portion after portion falls due, and somebody is killed each time."""
    fire.start_all()
    people = fire.people(PEOPLE, PAUSE)
    try:
        portions = [wanted[start :: KILLS + 1] for start in range(KILLS + 1)]
        for number, portion in enumerate(portions[1:], 1):
            if number % 2:  # whoever is to be killed shall be at work
                fire.await_schedulers()
            with inside(app):
                fall_due(portion, fire.now, fire.chance)
            time.sleep(fire.chance.uniform(0.2, 1.5))
            (fire.kill_scheduler if number % 2 else fire.kill_worker)()
            if number * RESTARTS % KILLS < RESTARTS:  # evenly, the last one at the end
                fire.kill_all()
                fire.start_all()
        with inside(app):
            fall_due(portions[0], fire.now, fire.chance)
        time.sleep(fire.chance.uniform(0.2, 1.5))
    finally:
        fire.over.set()
        for person in people:
            person.join(60)
        fire.kill_all()
    assert fire.answers["200"] > 0, fire.answers
    assert not fire.answers.keys() & {"400", "403", "404", "500"}, f"{fire.answers}\n{fire.complaints()}"


def _settle(app: Flask, settings: Config) -> float:
    """Two periods of one scheduler with the true clock; a claim of who was killed runs out by itself. Seconds."""
    began = time.monotonic()
    while True:
        with inside(app):
            remind(settings)
            if not FULL:  # the suite does not wait for the minute
                with transaction():
                    db.session.execute(update(Outbox).values(ready_at=0))
            send_messages(settings)
            left = db.session.scalar(select(func.count(Outbox.id)).where(Outbox.state != Sending.SENT)) or 0
        if not left:
            return time.monotonic() - began
        assert time.monotonic() - began < 2 * PERIOD, f"{left} messages were not sent in two periods"
        time.sleep(1)


def _check(app: Flask, wanted: list[int], sink: Sink) -> None:
    with inside(app):
        told = db.session.execute(
            select(Notice.subject_id, Notice.rule, Notice.due_at).where(Notice.subject_kind == "case")
        ).all()
        queued = list(db.session.scalars(select(Outbox.message_id)))
    assert Counter(row.subject_id for row in told) == Counter(dict.fromkeys(wanted, 1))
    assert len({tuple(row) for row in told}) == len(told) == CASES
    assert len(queued) == CASES
    assert set(sink.ids) == set(queued), "the receiver has seen every message, and nothing else"
