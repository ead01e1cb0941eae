"""`python -m benchmarks.leaving SETTINGS COOKIE-NAME COOKIE`: the county's whole list as CSV, in a process of its own.

Its peak of memory is its own then; prints one line of JSON.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import registers
from benchmarks.floors import Floor
from benchmarks.ground import COUNTY_DESK, Ground
from benchmarks.line import Line, compared
from benchmarks.timing import side_by_side
from gridcase.app import create_app
from gridcase.core.config import Config

LIST = "/cases/export.csv?tab=all"


def leaving(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """All cases of the county as CSV beside COPY; the first byte by the clock; the memory of the process."""
    client = ground.client(COUNTY_DESK)
    rounds = 1 if ground.cases > 100_000 else 3
    pair = side_by_side(
        lambda: _drain(client, LIST), floor.copy_out, seconds=min(1, seconds), rounds=rounds, watch=floor.watch
    )
    yield compared("CSV export", pair)
    name, value = ground.cookie(client).split("=", 1)
    command = [sys.executable, "-m", "benchmarks.leaving", registers.settings_of(ground.config), name, value]
    done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert done["rows"] >= ground.cases, done
    yield Line("CSV export, rows a second", done["rows"] / done["seconds"], "rows/s")
    yield Line("CSV export, first byte", done["first_ms"], "ms")
    yield Line("CSV export, memory grows by", done["grown_mb"], "MiB")


def _drain(client: Any, path: str) -> dict[str, float]:
    """Read the whole file and keep none of it."""
    token = client.get("/cases/?tab=all").text.split('name="csrf_token" value="')[1].split('"')[0]
    held, began = _peak_mb(), time.perf_counter()
    response = client.post(path, data={"csrf_token": token}, buffered=False)
    assert response.status_code == 200, response.status
    parts = iter(response.response)
    rows = sum(next(parts, b"").count(b"\n") for _ in range(2)) - 1  # the heads, and the first rows
    first = time.perf_counter() - began
    for part in parts:
        rows += part.count(b"\n")
    response.close()
    return {
        "rows": rows, "first_ms": first * 1000, "seconds": time.perf_counter() - began,
        "grown_mb": _peak_mb() - held,
    }  # fmt: skip


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(settings: str, name: str, value: str) -> None:
    """Sign in by the cookie, read, say."""
    client = create_app(Config(**json.loads(settings))).test_client()
    client.set_cookie(name, value)
    _drain(client, f"{LIST}&state=returned")  # what is loaded once is loaded
    gc.collect()
    gc.freeze()  # as gridcase.wsgi does: else one collection of 0.2 s falls into the first byte, or does not
    print(json.dumps(_drain(client, LIST)))


if __name__ == "__main__":
    main(*sys.argv[1:])
