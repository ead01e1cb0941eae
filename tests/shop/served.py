"""The shop on real processes: gunicorn workers, signed-in clients that send forms, a power cut."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from gridcase import serving
from gridcase.core.config import Config
from tests.conftest import open_session
from tests.journeys.test_serving import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Served:
    """gunicorn with so many workers; killed as a whole, as a power cut would."""

    config: Config
    workers: int
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "GRIDCASE_ENV": "test", "GRIDCASE_INSTANCE": self.config.instance,
            "GRIDCASE_DATABASE_URL": self.config.database_url, "GRIDCASE_SECRET_KEY": "test",
        }  # fmt: skip
        command = serving.web_command(replace(self.config, port=self.port, workers=self.workers, threads=4))
        with (Path(self.config.instance) / "web.log").open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        until = time.monotonic() + 120
        while not self._ready():
            assert time.monotonic() < until, self.said()
            time.sleep(0.05)

    def said(self) -> str:
        """The end of its log."""
        return (Path(self.config.instance) / "web.log").read_text("utf-8", "replace")[-6000:]

    def _ready(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", "/readyz")
            return line.getresponse().status == 200
        except OSError:
            return False
        finally:
            line.close()

    def kill(self) -> None:
        """At once, with everything it was doing."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)


@dataclass(frozen=True)
class Answer:
    """Status and page."""

    status: int
    body: str


@dataclass(frozen=True)
class Client:
    """Somebody signed in, with a form's token in hand."""

    port: int
    cookie: str
    token: str

    def send(self, path: str, **fields: Any) -> Answer:
        """Send a form, as a browser would, and do not follow where it leads."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            head = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", path, urlencode({**fields, "csrf_token": self.token}), head)
            answer = line.getresponse()
            return Answer(answer.status, answer.read().decode("utf-8", "replace"))
        finally:
            line.close()


def client(app: Flask, user_id: int, port: int) -> Client:
    """A session that is open on the server, and a token that fits it."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    seed = "0123456789" * 4
    value = signer.dumps({"_user_id": open_session(app, user_id), "_fresh": True, "csrf_token": seed})
    token = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(seed)
    return Client(port, f"{app.config['SESSION_COOKIE_NAME']}={value}", str(token))


def together(deeds: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All at the same moment, each on a line of its own."""
    gate = Barrier(len(deeds))

    def run(deed: Callable[[], Answer]) -> Answer:
        gate.wait(timeout=60)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
