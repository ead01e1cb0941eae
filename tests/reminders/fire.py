"""The whole house as real processes, and the hand that kills them: web workers under load, schedulers, a receiver."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from gridcase import serving
from gridcase.core.config import Config

ROOT = Path(__file__).resolve().parents[2]
SKEWS = (timedelta(hours=-1), timedelta(), timedelta(hours=1))
PATIENCE = 180
BEGUN = "looks again every"  # what a scheduler says after its first round


@dataclass
class Fire:
    """What runs. Every process that is started has the next of the three clocks."""

    config: Config
    now: datetime
    workers: int
    schedulers: int
    cookie: str
    cases: list[int]
    chance: random.Random
    web: subprocess.Popen[bytes] | None = None
    clocks: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    begun: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def environment(self) -> dict[str, str]:
        """The settings of a process, with its own clock."""
        skew = SKEWS[self.begun % len(SKEWS)]
        config = self.config
        return {
            **os.environ, "PYTHONPATH": str(ROOT), "GRIDCASE_ENV": "test", "GRIDCASE_INSTANCE": config.instance,
            "GRIDCASE_DATABASE_URL": config.database_url, "GRIDCASE_SECRET_KEY": config.secret_key,
            "GRIDCASE_OUTSIDE_HOSTS": config.outside_hosts, "GRIDCASE_SWEEP_SECONDS": "1",
            "GRIDCASE_IDLE_MINUTES": "600", "GRIDCASE_NOW": (self.now + skew).isoformat(),
            "GRIDCASE_ARGON2_MEMORY_KIB": "64",
        }  # fmt: skip

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        self.begun += 1
        with self._log(self.begun).open("wb") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def _log(self, number: int) -> Path:
        return Path(self.config.instance) / f"process-{number}.log"

    def complaints(self) -> str:
        """What the processes said last where one of them failed."""
        said = (self._log(number).read_text("utf-8", "replace") for number in range(1, self.begun + 1))
        return "\n".join(text[text.rindex("Traceback") :][:6000] for text in said if "Traceback" in text)

    def start_scheduler(self) -> None:
        """One more scheduler."""
        process = self._start(serving.scheduler_command())
        self.clocks[self.begun] = process

    def start_all(self) -> None:
        """Web workers and schedulers; everybody has begun when it returns."""
        self.web = self._start(serving.web_command(replace(self.config, workers=self.workers, threads=2)))
        for _ in range(self.schedulers):
            self.start_scheduler()
        self._await(lambda: self._status("/readyz") == 200, "web workers")
        self.await_schedulers()

    def await_schedulers(self) -> None:
        """Until each of them works."""
        for number in list(self.clocks):
            self._await_scheduler(number)

    def _await_scheduler(self, number: int) -> None:
        def looked() -> bool:
            assert self.clocks[number].poll() is None, self._log(number).read_text("utf-8", "replace")[-2000:]
            return BEGUN in self._log(number).read_text("utf-8", "replace")

        self._await(looked, "schedulers")

    def _await(self, done: Callable[[], bool], whom: str) -> None:
        until = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < until, f"{whom} did not begin"
            time.sleep(0.05)

    def kill_worker(self) -> None:
        """One web worker, in the middle of whatever it does; its parent starts another."""
        assert self.web is not None
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        with suppress(ProcessLookupError):
            os.kill(int(self.chance.choice(children)), signal.SIGKILL)

    def kill_scheduler(self) -> None:
        """One scheduler; another with another clock takes its place."""
        self._end(self.clocks.pop(self.chance.choice(sorted(self.clocks))))
        self.start_scheduler()

    def kill_all(self) -> None:
        """As when the machine goes down."""
        for process in [*self.clocks.values(), *([self.web] if self.web else [])]:
            self._end(process)
        self.clocks, self.web = {}, None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        assert process.poll() is None, f"a process ended by itself with {process.returncode}"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.config.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except (OSError, http.client.HTTPException):
            return 0

    def people(self, number: int, pause: float) -> list[threading.Thread]:
        """So many people at the web workers: each puts notes on cases until it is over."""
        threads = [threading.Thread(target=self._person, args=(seed, pause), daemon=True) for seed in range(number)]
        for thread in threads:
            thread.start()
        self._await(lambda: self.answers["200"] > 0, "people")
        return threads

    def _person(self, seed: int, pause: float) -> None:
        chance, opener, token = (
            random.Random(seed),
            urllib.request.build_opener(urllib.request.HTTPCookieProcessor()),
            "",
        )
        opener.addheaders = [("Cookie", self.cookie)]
        while not self.over.wait(pause):
            try:
                token = token or self._token(opener)
                self._note(opener, chance.choice(self.cases), token)
            except urllib.error.HTTPError as error:
                self.answers[str(error.code)] += 1
            except (OSError, http.client.HTTPException):
                self.answers["cut"] += 1  # killed while it answered, or nobody there

    def _note(self, opener: urllib.request.OpenerDirector, case_id: int, token: str) -> None:
        form = urllib.parse.urlencode({"csrf_token": token, "note": "已联系"}).encode()
        with opener.open(f"http://127.0.0.1:{self.config.port}/cases/{case_id}/comment", form, timeout=30) as answer:
            self.answers[str(answer.status)] += 1

    def _token(self, opener: urllib.request.OpenerDirector) -> str:
        """The token of a person's forms; the cookie that goes with it replaces the first one."""
        with opener.open(f"http://127.0.0.1:{self.config.port}/inbox/", timeout=30) as answer:
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
            cookie = answer.headers.get("Set-Cookie", "").split(";")[0]
        assert found is not None
        opener.addheaders = [("Cookie", cookie or self.cookie)]
        return found.group(1)
