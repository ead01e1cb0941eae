"""The application as real processes behind a proxy, for tests that break the line."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gridcase import serving
from gridcase.core.config import Config
from tests.journeys.test_serving import free_port
from tests.sync.line import Lost, ask

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


@contextmanager
def served(config: Config, *, workers: int = 1, threads: int = 4) -> Iterator[int]:
    """The port of gunicorn on this test's database."""
    port = free_port()
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "GRIDCASE_ENV": "test", "GRIDCASE_INSTANCE": config.instance,
        "GRIDCASE_DATABASE_URL": config.database_url, "GRIDCASE_SECRET_KEY": config.secret_key,
        "GRIDCASE_ARGON2_MEMORY_KIB": str(config.argon2_memory_kib), "GRIDCASE_POOL_SIZE": "4",
        "GRIDCASE_SYNC_PER_MINUTE": "1000000",  # the clock stands still, so the minute never ends
    }  # fmt: skip
    command = serving.web_command(replace(config, port=port, workers=workers, threads=threads))
    log = Path(config.instance) / f"web-{port}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        _await(port, process, log)
        yield port
        assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            if ask(port, "GET", "/readyz").status == 200:
                return
        except Lost:
            pass
        assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
        assert time.monotonic() < until, "the server did not begin"
        time.sleep(0.05)
