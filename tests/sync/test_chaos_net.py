"""Seven toxics on the line between phone and application, and on that between application and PostgreSQL: every item
ends as exactly one row, or the phone is told that it did not arrive and sends it again, and then it is one row.

A few requests by default; GRIDCASE_FULL=1 makes 300 of each toxic on each line.
"""

from __future__ import annotations

import os
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Flask
from sqlalchemy import func, make_url, select

from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, sqlite_module
from gridcase.people.rules import Role
from gridcase.sync.models import SyncItem
from gridcase.visits.models import Visit
from tests.factories.world import PASSWORD, World
from tests.faults.proxy import Proxy
from tests.faults.toxics import Toxic, bandwidth, cut_answer, down, latency, limit_data, reset, slicer, timeout
from tests.sync.client import Phone, Record, Session, Store
from tests.sync.line import Lost
from tests.sync.served import served

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
REQUESTS = 300 if FULL else 4
VISIBLE = {200, 201, 503}  # 503 asks to come again; anything else would be a fault of the application's own
TRIES = 6  # on a good line: a connection cut in the pool may cost one or two

# Half of the limited ones are cut in the request, half after the server has done everything and before its answer.
TOXICS: dict[str, Callable[[random.Random], Toxic]] = {
    "latency": lambda chance: latency(chance.randrange(1, 30)),
    "down": lambda chance: down(),
    "bandwidth": lambda chance: bandwidth(chance.randrange(20_000, 200_000)),
    "timeout": lambda chance: timeout(0.05),
    "reset": lambda chance: reset(),
    "slicer": lambda chance: slicer(chance.randrange(1, 60)),
    "limit_data": lambda chance: chance.choice([limit_data(chance.randrange(1, 700)), cut_answer()]),
}
# Where the application talks to PostgreSQL: at the beginning of a transaction or at its end.
MARKS = (b"BEGIN", b"COMMIT", b"COMMIT")


class Sender:
    """A phone that sends visits one by one, and what became of them."""

    def __init__(self, port: int, world: World, now: datetime, seed: int) -> None:
        self.homes, self.now, self.chance = world.homes["circle"], now, random.Random(seed)
        self.user, self.outcomes = world.users[Role.LIAISON], Counter[str]()
        self.phone = Phone(port, Store(), lambda: now)
        self.phone.register(self.user, Session(port, Role.LIAISON, PASSWORD), "试验")
        account = self.phone.store.account(self.user)
        assert account is not None
        self.token = account.token
        self.uuids: list[str] = []

    def visit(self) -> Record:
        """A new one."""
        name = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        self.uuids.append(name)
        body = {
            "visited_at": self.now.isoformat(), "mode": "home", "met": 1, "state": "safe", "purpose": "care",
            "ticks": [], "note": f"记 {name}",
        }  # fmt: skip
        return Record(name, self.user, "visit", self.chance.choice(self.homes), self.now.isoformat(), body)

    def try_one(self, kind: str, disturb: Callable[[], None], rows: Callable[[str], int]) -> None:
        """Send under a toxic, look, send again until it is taken, look again."""
        record = self.visit()
        disturb()
        try:
            answer = self.phone.post_item(record, self.token)
            assert answer.status in VISIBLE, (kind, answer)
            seen = "taken" if answer.status in (200, 201) and answer.json.get("id") == record.id else "error"
        except Lost:
            seen = "error"
        stored = rows(record.id)
        assert stored <= 1, (kind, record)
        assert seen == "error" or stored == 1, (kind, record)
        self.outcomes["stored but not told" if seen == "error" and stored else seen] += 1
        for _ in range(TRIES):
            answer = self.phone.post_item(record, self.token)
            assert answer.status in VISIBLE, (kind, answer)
            if answer.status in (200, 201):
                break
        assert answer.status in (200, 201), (kind, answer)
        assert rows(record.id) == 1, (kind, record)


def counted(app: Flask) -> Callable[[str], int]:
    """How many visits a phone's id has in the database."""

    def rows(name: str) -> int:
        with app.app_context():
            items = db.session.scalar(select(func.count()).where(SyncItem.uuid == name)) or 0
            visits = db.session.scalar(select(func.count()).where(Visit.client_uuid == name)) or 0
            db.session.remove()
        assert items == visits
        return visits

    return rows


def every_visit_once(app: Flask, sender: Sender) -> None:
    """At the end: as many rows as visits, all by their author."""
    with app.app_context():
        found = db.session.execute(select(Visit.client_uuid, Visit.user_id)).all()
        db.session.remove()
    assert sorted(map(tuple, found)) == sorted((name, sender.user) for name in sender.uuids)


def test_chaos_net_between_phone_and_application(app: Flask, config: Config, world: World) -> None:
    with served(config) as port, Proxy("127.0.0.1", port) as proxy:
        sender = Sender(proxy.port, world, clock.now(), seed=1)
        for kind, toxic in TOXICS.items():
            for _ in range(REQUESTS):
                sender.try_one(kind, lambda toxic=toxic: proxy.next(toxic(sender.chance)), counted(app))
    assert len(sender.uuids) == REQUESTS * len(TOXICS)
    every_visit_once(app, sender)
    assert min(sender.outcomes[seen] for seen in ("taken", "error", "stored but not told")) > 0, sender.outcomes
    print(dict(sender.outcomes))


def hold(file: str, seconds: float) -> None:
    """Somebody else writes into the file for so long."""
    other = sqlite_module().connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(seconds, other.close).start()


def test_chaos_net_between_application_and_database(app: Flask, config: Config, world: World) -> None:
    """SQLite is no line that can be cut: there another writer stands in the way, and everything arrives at once."""
    url = make_url(config.database_url)
    if url.get_backend_name() == "sqlite":
        with served(config) as port:
            sender = Sender(port, world, clock.now(), seed=2)
            for _ in range(REQUESTS * len(TOXICS)):
                held = sender.chance.uniform(0, 0.1)
                sender.try_one("held", lambda held=held: hold(str(url.database), held), counted(app))
        assert sender.outcomes == {"taken": REQUESTS * len(TOXICS)}
        every_visit_once(app, sender)
        return
    with Proxy(str(url.host), url.port or 5432, http=False) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        with served(replace(config, database_url=through)) as port:
            sender = Sender(port, world, clock.now(), seed=2)
            for kind, toxic in TOXICS.items():
                for _ in range(REQUESTS):
                    proxy.clear()
                    struck = toxic(sender.chance).at(sender.chance.choice(MARKS))
                    # What is only read ends with COMMIT too: the visit's own is one of the first few.
                    passed = [latency(0).at(b"COMMIT")] * sender.chance.randrange(4)
                    sender.try_one(kind, lambda struck=struck, passed=passed: proxy.next(*passed, struck), counted(app))
    assert len(sender.uuids) == REQUESTS * len(TOXICS)
    every_visit_once(app, sender)
    assert min(sender.outcomes[seen] for seen in ("taken", "error", "stored but not told")) > 0, sender.outcomes
    print(dict(sender.outcomes))
