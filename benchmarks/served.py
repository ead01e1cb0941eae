"""Over HTTP: gunicorn as it is deployed beside a bare hello: requests a second, the start, the memory of a worker."""

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
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.floors import Floor
from benchmarks.ground import Ground
from benchmarks.line import Line
from benchmarks.reading import DESK
from gridcase.seed.scale import texts

SECONDS, ROUNDS, CONNECTIONS, EACH = 2, 3, 8, 20
OURS, BARE = "gridcase.wsgi:app", "benchmarks.bare:hello"


def requests_a_second(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The case list beside hello, in turns; nothing where wrk is not installed."""
    del floor, seconds
    if not shutil.which("wrk"):
        print("wrk is not installed: no figures over HTTP", flush=True)
        return
    cookie = ground.cookie(ground.client(DESK))
    with served(ground, OURS) as ours, served(ground, BARE) as bare:
        for measure, path in (
            ("case list, page 1, over HTTP", "/cases/?tab=village"),
            ("sign-in page, over HTTP", "/sign-in"),
        ):
            pairs = [(_wrk(ours.url + path, cookie), _wrk(bare.url + "/", cookie)) for _ in range(ROUNDS)]
            job, other = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(one / two for one, two in pairs)
            yield Line(measure, job, "requests/s", other, ratio)


def workers(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """From the start to the first answer, in turns with a bare application; then what a worker holds after all pages
    were asked for many times."""
    starts = []
    for _ in range(ROUNDS if seconds >= 1 else 1):
        with served(ground, BARE) as bare, served(ground, OURS) as ours:
            starts.append((ours.started, bare.started))
    job, other = (statistics.median(column) for column in zip(*starts, strict=True))
    ratio = statistics.median(two / one for one, two in starts)
    yield Line("start to first answer", job * 1000, "ms", other * 1000, ratio)
    cookie = ground.cookie(ground.client(DESK))
    paths = (
        "/cases/?tab=village", "/cases/?tab=all", f"/cases/{floor.case}", "/dashboard/", "/map/", "/map/points.json",
        f"/search?q={urllib.request.quote(texts.THINGS[0])}", "/api/cases/?tab=all",
    )  # fmt: skip
    with served(ground, OURS) as ours:
        for _ in range(EACH if seconds >= 1 else 1):
            for path in paths:
                asked = urllib.request.Request(ours.url + path, headers={"Cookie": cookie})
                urllib.request.urlopen(asked, timeout=120).read()
        yield Line("worker memory", max(_held_mb(pid, "Rss") for pid in ours.workers()), "MiB")
        yield Line("worker memory, shared pages by share", max(_held_mb(pid, "Pss") for pid in ours.workers()), "MiB")


@dataclass(frozen=True)
class Served:
    """A running server: where it answers, its process, how long the first answer took in seconds."""

    url: str
    pid: int
    started: float

    def __str__(self) -> str:
        return self.url

    def workers(self) -> list[int]:
        """The processes that answer."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]


def _held_mb(pid: int, kind: str) -> float:
    found = re.search(rf"{kind}:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024


@contextmanager
def served(ground: Ground, application: str) -> Iterator[Served]:
    """A server as it is deployed, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        **{f"GRIDCASE_{key.upper()}": str(value) for key, value in asdict(ground.config).items()},
    }
    command = [
        sys.executable, "-m", "gunicorn", application, "--preload", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error",
    ]  # fmt: skip
    began = time.perf_counter()
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/", server)
        yield Served(f"http://127.0.0.1:{port}", server.pid, time.perf_counter() - began)
    finally:
        server.terminate()
        server.wait(20)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1500):
        assert server.poll() is None, "gunicorn did not start"
        try:
            urllib.request.urlopen(url, timeout=5).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
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
