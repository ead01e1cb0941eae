"""Starting the processes: web workers and the scheduler, together or alone. Nothing of the application runs here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from gridcase.core.config import Config

STOP_SECONDS = 15


def web_command(config: Config) -> list[str]:
    """gunicorn with threads; no preload, so that no connection is shared across a fork."""
    return [
        sys.executable, "-m", "gunicorn", "gridcase.wsgi:app",
        "--bind", f"{'[' + config.host + ']' if ':' in config.host else config.host}:{config.port}",
        "--worker-class", "gthread", "--workers", str(config.workers), "--threads", str(config.threads),
        "--graceful-timeout", "10", "--timeout", "60", "--log-level", "warning",
        "--max-requests", "20000", "--max-requests-jitter", "2000",
    ]  # fmt: skip


def scheduler_command() -> list[str]:
    """The one process that looks at the timetable."""
    return [sys.executable, "-m", "gridcase.cli", "scheduler"]


def become(command: list[str]) -> None:
    """Turn this process into another, for a supervisor that wants one process a service."""
    os.execv(command[0], command)  # noqa: S606


def run_together(commands: list[list[str]]) -> int:
    """Run all until one ends or somebody says stop; then none is left behind. Returns 0 when it was asked to stop."""
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    # a session of their own: Ctrl-C reaches only us, and we end them in order
    children = [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603
    try:
        while not asked and all(child.poll() is None for child in children):
            time.sleep(0.2)
    finally:
        _end(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if asked else 1


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
