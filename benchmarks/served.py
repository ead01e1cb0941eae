"""Requests a second over HTTP: gunicorn as it is deployed, beside a bare hello under the same server; needs wrk."""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from flask import Flask

from benchmarks.ground import Ground
from benchmarks.line import Line
from benchmarks.measures import DESK

SECONDS, ROUNDS, CONNECTIONS = 2, 3, 8

hello = Flask("hello")


@hello.get("/")
def _hello() -> str:
    return "hello"


def requests_a_second(ground: Ground) -> Iterator[Line]:
    """The case list beside hello, in turns; nothing where wrk is not installed."""
    if not shutil.which("wrk"):
        print("wrk is not installed: no figures over HTTP", flush=True)
        return
    cookie = ground.cookie(ground.client(DESK))
    with served(ground, "gridcase.wsgi:app") as ours, served(ground, "benchmarks.served:hello") as bare:
        for measure, path in (
            ("case list, page 1, over HTTP", "/cases/?tab=village"),
            ("sign-in page, over HTTP", "/sign-in"),
        ):
            pairs = [(_wrk(ours + path, cookie), _wrk(bare + "/", cookie)) for _ in range(ROUNDS)]
            job, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(one / other for one, other in pairs)
            yield Line(measure, job, "requests/s", floor, ratio)


@contextmanager
def served(ground: Ground, application: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        **{f"GRIDCASE_{key.upper()}": str(value) for key, value in asdict(ground.config).items()},
    }
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "4", "--log-level", "error",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        assert server.poll() is None, "gunicorn did not start"
        try:
            urllib.request.urlopen(url, timeout=1).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("gunicorn does not answer")


def _wrk(url: str, cookie: str) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", f"Cookie: {cookie}", url]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in answer, answer
    found = re.search(r"Requests/sec:\s+([\d.]+)", answer)
    assert found is not None, answer
    return float(found[1])
