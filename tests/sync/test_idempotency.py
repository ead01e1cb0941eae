"""Every item counts once: sent up to eight times at once, out of order, across kills of a real server.

40 keys by default; GRIDCASE_FULL=1 sends 5,000.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase import serving
from gridcase.audit.models import AuditRow
from gridcase.cases.models import Case
from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.sync.models import SyncItem
from gridcase.visits.models import Visit
from tests.factories.world import World
from tests.journeys.test_serving import free_port
from tests.sync.phone import ClientAs, Phone, known

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
KEYS, KILLS, FOREIGN = (5000, 10, 200) if FULL else (40, 1, 10)
MOST_TIMES, SENDERS = 8, 8
SEED = 20261122
ROOT = Path(__file__).resolve().parents[2]
DEMAND = {"class": "0501", "title": "没水了", "text": "三组停水"}


@dataclass
class Server:
    """gunicorn with two workers, which can be killed and comes back on the same port."""

    config: Config
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "GRIDCASE_ENV": "test", "GRIDCASE_INSTANCE": self.config.instance,
            "GRIDCASE_DATABASE_URL": self.config.database_url, "GRIDCASE_SECRET_KEY": "test",
            "GRIDCASE_SYNC_PER_MINUTE": "1000000",
        }  # fmt: skip
        command = serving.web_command(replace(self.config, port=self.port, workers=2, threads=4))
        with self._log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        until = time.monotonic() + 120
        while not self._ready():
            assert time.monotonic() < until, self.said()
            time.sleep(0.05)

    @property
    def _log(self) -> Path:
        return Path(self.config.instance) / "web.log"

    def said(self) -> str:
        """The end of its log."""
        return self._log.read_text("utf-8", "replace")[-6000:]

    def _ready(self) -> bool:
        try:
            return ask(self.port, "GET", "/readyz").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """The whole process group at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)


@dataclass(frozen=True)
class Answer:
    """Status and bytes."""

    status: int
    body: bytes


def ask(port: int, method: str, path: str, *, token: str = "", content: Any = None) -> Answer:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        line.request(method, path, json.dumps(content) if content is not None else None, head)
        answer = line.getresponse()
        return Answer(answer.status, answer.read())
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        line.close()


@dataclass
class Sent:
    """One item, by whom it is sent, and every answer it got."""

    item: dict[str, Any]
    phone: Phone
    answers: list[Answer] = field(default_factory=list)


@pytest.fixture
def server(config: Config) -> Iterator[Server]:
    made = Server(config)
    yield made
    made.kill()


def items(phones: list[tuple[Phone, list[int]]], dice: random.Random) -> list[Sent]:
    made = []
    for number in range(KEYS):
        phone, homes = phones[number % len(phones)]
        more = {"demand": DEMAND} if dice.random() < 0.2 else {}
        item = phone.visit(dice.choice(homes), ago=timedelta(minutes=dice.randrange(10, 5000)), **more)
        made.append(Sent(item | {"sent_at": phone.now().isoformat()}, phone))
    return made


def send_all(server: Server, waiting: list[Sent], killed: threading.Event | None) -> list[Sent]:
    """Hand these in from many lines at once; returns what got no answer. `killed`: half way the server is."""
    lock, unanswered, left = threading.Lock(), [], list(waiting)

    def line() -> None:
        while True:
            with lock:
                if not left:
                    return
                one = left.pop()
            try:
                answer = ask(server.port, "POST", "/api/sync/items", token=one.phone.made["token"], content=one.item)
            except OSError:
                with lock:
                    unanswered.append(one)
                continue
            with lock:
                if answer.status == 503:  # busy: asked again, as the protocol says
                    unanswered.append(one)
                else:
                    one.answers.append(answer)

    lines = [threading.Thread(target=line) for _ in range(SENDERS)]
    for thread in lines:
        thread.start()
    if killed is not None:
        while len(left) > len(waiting) // 2:
            time.sleep(0.01)
        server.kill()
        killed.set()
    for thread in lines:
        thread.join()
    return unanswered


def test_idempotency(app: Flask, client_as: ClientAs, world: World, server: Server) -> None:
    dice = random.Random(SEED)
    liaison = (known(client_as, Role.LIAISON), world.homes["circle"])
    head = (known(client_as, Role.VILLAGE_HEAD), world.homes["village_a"])
    sent = items([liaison, head], dice)
    waiting = [one for one in sent for _ in range(dice.randint(1, MOST_TIMES))]
    dice.shuffle(waiting)
    portion = len(waiting) // (KILLS + 1) + 1
    server.start()
    for start in range(0, len(waiting), portion):
        last = start + portion >= len(waiting)
        lost = send_all(server, waiting[start : start + portion], None if last else threading.Event())
        while lost:  # whoever got no answer asks again
            server.start()  # where it was killed
            lost = send_all(server, lost, None)
    _check_answers(sent, server)
    _check_rows(app, sent)
    _check_foreign(server, sent, dice)
    _check_rows(app, sent)


def _check_answers(sent: list[Sent], server: Server) -> None:
    wrong = Counter(answer.status for one in sent for answer in one.answers if answer.status not in (200, 201))
    assert wrong == {}, server.said()
    assert all(len({answer.body for answer in one.answers}) == 1 for one in sent), "an answer changed"
    assert all(sum(answer.status == 201 for answer in one.answers) <= 1 for one in sent)


def _check_rows(app: Flask, sent: list[Sent]) -> None:
    demands = sum("demand" in one.item["body"] for one in sent)
    with app.app_context():
        counted = [db.session.scalar(select(func.count()).select_from(model)) for model in (SyncItem, Visit, Case)]
        traces = db.session.scalar(select(func.count()).where(AuditRow.action == "sync.accept"))
        authors = dict(db.session.execute(select(Visit.client_uuid, Visit.user_id)).all())
        db.session.remove()
    assert counted == [len(sent), len(sent), demands]
    assert traces == len(sent)
    assert authors == {one.item["id"]: one.phone.made["user"]["id"] for one in sent}


def _check_foreign(server: Server, sent: list[Sent], dice: random.Random) -> None:
    """Another body under the same mark is refused, and somebody else's mark tells nothing."""
    phones = {one.phone.made["token"]: one.phone for one in sent}
    reused = Counter()
    for one in sent:
        changed = {**one.item, "body": one.item["body"] | {"note": "改过的"}}
        reused[ask(server.port, "POST", "/api/sync/items", token=one.phone.made["token"], content=changed).status] += 1
    assert reused == {422: len(sent)}
    for one in dice.sample(sent, FOREIGN):
        other = next(phone for phone in phones.values() if phone is not one.phone)
        answer = ask(server.port, "POST", "/api/sync/items", token=other.made["token"], content=one.item)
        assert answer.status == 409
        said = json.loads(answer.body)
        assert (said["reason"], said["can_hand_over"]) == ("id_taken", False)
        first = json.loads(one.answers[0].body)
        for secret in (first["at"], first["said"], first.get("case", first["said"])):
            assert secret not in answer.body.decode()
