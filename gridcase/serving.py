"""Starting the processes: web workers and the scheduler, together or alone. Nothing of the application runs here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from types import FrameType

from gridcase import door
from gridcase.core.authority import SERVER_FILE
from gridcase.core.config import Config

STOP_SECONDS = 15


def web_command(config: Config) -> list[str]:
    """gunicorn with threads. The application is read once; the workers fork from it, start at once and share it."""
    # gunicorn reads the file for every connection, so a renewed certificate needs no restart
    certificate = ["--certfile", str(config.https_folder / SERVER_FILE)] if config.own_https else []
    return [
        sys.executable, "-m", "gunicorn", "gridcase.wsgi:app", "--preload", *certificate,
        "--bind", f"{'[' + config.host + ']' if ':' in config.host else config.host}:{config.port}",
        "--worker-class", "gthread", "--workers", str(config.workers), "--threads", str(config.threads),
        "--graceful-timeout", "10", "--timeout", "60", "--log-level", "warning",
        "--max-requests", "20000", "--max-requests-jitter", "2000",
    ]  # fmt: skip


def scheduler_command() -> list[str]:
    """The one process that looks at the timetable."""
    return [sys.executable, "-m", "gridcase.cli", "scheduler"]


def door_command() -> list[str]:
    """The small plain-http server that hands out the authority's certificate and keeps it renewed."""
    return [sys.executable, "-m", "gridcase.door"]


def web_commands(config: Config, *, now: datetime) -> list[list[str]]:
    """What serves the pages; with its own HTTPS the door to the certificate belongs to it."""
    if not config.own_https:
        return [web_command(config)]
    door.prepare(config, now=now)
    return [web_command(config), door_command()]


def greeting(config: Config, accounts: list[tuple[str, str]], *, password: str, now: datetime) -> list[str]:
    """What the terminal shows at the start: where the site is, how a phone comes to it, who may try the demo."""
    where = door.greeting(config, now=now) if config.own_https else [f"http://{config.host}:{config.port}/"]
    lines = ["", f"  gridcase  {where[0]}   (Ctrl-C 停止 / stops)", "", *(f"  {line}" for line in where[1:])]
    if accounts:
        lines.append(f"  演示账号 demo accounts, password {password}")
        lines += [f"    {login:<20} {name}" for login, name in accounts]
        lines.append("")
    return lines


def become(commands: list[list[str]]) -> int:
    """Turn this process into the only one, for a supervisor that wants one process a service; run several together."""
    if len(commands) == 1:
        os.execv(commands[0][0], commands[0])  # noqa: S606
    return run_together(commands)


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
