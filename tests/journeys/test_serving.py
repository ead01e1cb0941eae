"""`gridcase run` as real processes: it answers, it stops cleanly, and it says why when it cannot start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.core.config import Config

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def environment(config: Config, tmp_path: Path) -> dict[str, str]:
    """The settings of this test's database as a process reads them."""
    return {
        **os.environ,
        "GRIDCASE_ENV": "test",
        "GRIDCASE_INSTANCE": str(tmp_path),
        "GRIDCASE_DATABASE_URL": config.database_url,
        "GRIDCASE_OWNER_URL": config.owner_url,
        "GRIDCASE_SECRET_KEY": "test",
        "GRIDCASE_PORT": str(free_port()),
        "GRIDCASE_WORKERS": "1",
    }


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command, ended at the latest with the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gridcase.cli", "run"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def status(port: str, path: str) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def await_ready(port: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while status(port, "/readyz") != 200:
        assert time.monotonic() < deadline, "the server did not become ready"
        time.sleep(0.2)


def test_it_answers_and_ctrl_c_stops_everything(running: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    port = environment["GRIDCASE_PORT"]
    await_ready(port)
    assert status(port, "/healthz") == 200
    assert status(port, "/sign-in") == 200
    running.send_signal(signal.SIGINT)
    assert running.wait(PATIENCE) == 0
    assert status(port, "/healthz") is None
    left = subprocess.run(["pgrep", "-f", f"127.0.0.1:{port}"], capture_output=True, text=True, check=False)
    assert left.stdout == ""


def test_a_taken_port_ends_it_with_an_error(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["GRIDCASE_PORT"])))
        taken.listen()
        ended = subprocess.run(
            [sys.executable, "-m", "gridcase.cli", "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert ended.returncode == 1
    assert "in use" in ended.stderr


def test_demo_accounts_are_not_served_beyond_this_machine(environment: dict[str, str]) -> None:
    open_to_all = {**environment, "GRIDCASE_ENV": "demo", "GRIDCASE_HOST": "0.0.0.0"}
    ended = subprocess.run(
        [sys.executable, "-m", "gridcase.cli", "run"], env=open_to_all, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 1
    assert "GRIDCASE_DEMO_ANYWHERE" in ended.stderr


def test_tick_and_doctor_from_the_command_line(environment: dict[str, str]) -> None:
    for command, said in (("tick", "remind: "), ("doctor", "0 differences")):
        ended = subprocess.run(
            [sys.executable, "-m", "gridcase.cli", command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert said in ended.stdout


def test_an_account_with_a_post_from_the_command_line(environment: dict[str, str]) -> None:
    command = [
        sys.executable,
        "-m",
        "gridcase.cli",
        "user",
        "add",
        "xin",
        "--name",
        "新人",
        "--password",
        "a-long-secret",
    ]
    place = ["--role", "dispatcher", "--place"]
    refused = subprocess.run(
        [*command, *place, "000"], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert refused.returncode == 1
    assert "no place 000" in refused.stderr
    opened = subprocess.run(
        [*command, *place, "990101100000"], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert opened.returncode == 0, opened.stderr
    assert "account xin opened" in opened.stdout
