"""What is measured: each function yields lines, most of them a job beside its floor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from benchmarks import alike, registers
from benchmarks.floors import Floor
from benchmarks.ground import COUNTY_DESK, Ground
from benchmarks.leaving import leaving
from benchmarks.line import Line, compared, statements
from benchmarks.points import points_lines
from benchmarks.reading import get, locating, pages, reading, searching
from benchmarks.timing import once, side_by_side
from benchmarks.writing import counters, create, import_list, sweep
from gridcase.app import create_app

HOMES = int(os.environ.get("BENCH_HOMES", "100000"))


def hello(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The least a page can cost: the sign-in page beside a bare hello."""
    client = ground.app.test_client()
    pair = side_by_side(get(client, "/sign-in"), floor.page("/hello"), seconds=seconds, watch=floor.watch)
    yield compared("sign-in page", pair)
    start = min(once(lambda: create_app(ground.config)) for _ in range(2))
    yield Line("application made", start, "ms")


def map_box(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The open cases of a hundredth of the county, and of the whole county at a low zoom, as the map asks them."""
    client = ground.client(COUNTY_DESK)
    for name, zoom, box in (("map box", 14, "112.1,28.1,112.14,28.14"), ("map of the county", 9, "112,28,112.4,28.4")):
        path = f"/map/clusters.json?z={zoom}&box={box}"
        pair = side_by_side(get(client, path), floor.page("/json_rows"), seconds=seconds, watch=floor.watch)
        yield compared(f"{name} beside JSON rows", pair)
        before, size = floor.database(), len(client.get(path).data)
        yield Line(f"{name}, in the database", (floor.database() - before) * 1000, "ms")
        yield Line(f"{name}, size", size / 1024, "KiB")


def import_homes(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """A register of households from Excel in a process of its own; BENCH_HOMES says how many."""
    del floor
    count_ = HOMES if seconds >= 1 else 200
    command = [sys.executable, "-m", "benchmarks.registers", registers.settings_of(ground.config), str(count_)]
    done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (done["state"], done["rows"]) == ("done", count_), done
    name = f"import {count_:,} households"
    yield Line(name, done["seconds"], "s")
    yield Line(f"{name}, processor", done["cpu"], "s")
    yield Line(f"{name}, longest lock", done["lock_ms"], "ms")
    yield Line(f"{name}, peak memory", done["peak_mb"], "MB")


def map_points(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The open points of the whole county, ten thousand at most, asked for the first time and asked again."""
    client = ground.client(COUNTY_DESK)
    first = client.get("/map/points.json")
    assert first.status_code == 200, first.status
    size = len(first.get_data()) / 1024
    pair = side_by_side(get(client, "/map/points.json"), floor.page("/points"), seconds=seconds, watch=floor.watch)
    yield compared("map points", pair)
    yield Line("map points, size", size, "KiB")
    with statements(ground) as counted:
        client.get("/map/points.json")
    yield Line("map points, SQL statements", len(counted), "statements")
    headers = {"If-None-Match": first.headers["ETag"]}

    def unchanged() -> None:
        assert client.get("/map/points.json", headers=headers).status_code == 304

    pair = side_by_side(unchanged, floor.page("/hello"), seconds=seconds, watch=floor.watch)
    yield compared("map points, unchanged", pair)


MEASURES: tuple[Callable[[Ground, Floor, float], Iterator[Line]], ...] = (
    hello, pages, reading, searching, locating, create, import_list, sweep, leaving, counters, map_points, map_box,
    import_homes, alike.typing, points_lines,
)  # fmt: skip
# What a county of a million cases is measured by: the goals alone.
COUNTY_MEASURES = (
    pages, reading, searching, locating, create, import_list, sweep, leaving, map_points, map_box, counters,
)  # fmt: skip
