"""`python -m benchmarks.town_map`: how long a browser takes until the open cases stand on the map.

From navigation to drawn, beside a plain Leaflet page of the same points in the same sitting, without sign-in, scope,
outlines, list or words: markercluster over one file of points for 10,000, cells counted by plain SQL for 100,000. In
turns; the median of five. On a table of figures kept earlier the two took 0.9 s and 0.95 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import orjson
import psycopg
from flask import Flask, Response, request
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.__main__ import RESULTS, keep, said
from benchmarks.ground import COUNTY_DESK, Ground, plain, prepared
from benchmarks.line import Line
from benchmarks.served import served
from gridcase.core.db import sqlite_module
from gridcase.core.paths import STATIC
from gridcase.web.assets import vendor_url
from tests import provision

FRAME = {"width": 1440, "height": 900}
TIMES = 5
URL = "BENCH_MAP_DATABASE"
LEAFLET, GROUP = "leaflet/dist/leaflet", "leaflet.markercluster/dist/leaflet.markercluster.js"
PAGE = """<!doctype html><title>plain</title><link rel="stylesheet" href="{css}">
<link rel="stylesheet" href="{group_css}"><style>html,body,#map{{height:100%;margin:0}}</style><div id="map"></div>
<script src="{js}"></script><script src="{group}"></script><script>
const map = L.map("map", {{maxZoom: 19}});
const drawn = () => performance.mark("map-drawn");
fetch("/edges").then((answer) => answer.json()).then(async ([w, s, e, n]) => {{
  map.fitBounds([[s / 1e5, w / 1e5], [n / 1e5, e / 1e5]], {{animate: false}});
  {way}
}});</script>"""
SINGLE = """const told = await (await fetch("/points")).json();
  const drawnAll = (done, all) => all && done === all && queueMicrotask(drawn);
  const group = L.markerClusterGroup({chunkedLoading: true, chunkProgress: drawnAll}).addTo(map);
  group.addLayers(told.id.map((id, at) => L.marker([told.y[at] / 1e5, told.x[at] / 1e5])));"""
CELLS = """const told = await (await fetch("/cells?z=" + Math.round(map.getZoom()))).json();
  for (const [n, x, y] of told) L.marker([y / 1e5, x / 1e5], {icon: L.divIcon({html: String(n)})}).addTo(map);
  drawn();"""

bare = Flask("bare", static_folder=str(STATIC), static_url_path="/static")


def _rows(statement: str) -> list[tuple[int, ...]]:
    url = os.environ[URL]
    if url.startswith("sqlite"):
        connection = sqlite_module().connect(url.removeprefix("sqlite:///"))
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
    with psycopg.connect(plain(url)) as other:
        return other.execute(statement).fetchall()  # type: ignore[arg-type]


@bare.get("/<way>.html")
def _page(way: str) -> str:
    css, js = (vendor_url(f"{LEAFLET}.{kind}").url for kind in ("css", "js"))
    group_css = vendor_url("leaflet.markercluster/dist/MarkerCluster.css").url
    script = SINGLE if way == "single" else CELLS
    return PAGE.format(css=css, js=js, group=vendor_url(GROUP).url, group_css=group_css, way=script)


@bare.get("/edges")
def _edges() -> Response:
    return _json(_rows("SELECT min(x), min(y), max(x), max(y) FROM case_map")[0])


@bare.get("/points")
def _points() -> Response:
    rows = _rows("SELECT case_id, x, y FROM case_map WHERE x IS NOT NULL")
    return _json({name: [row[at] for row in rows] for at, name in enumerate(("id", "x", "y"))})


@bare.get("/cells")
def _cells() -> Response:
    step = 23 - int(request.args["z"])
    cell = f"(x + 18000000) >> {step}, (y + 9000000) >> {step}"
    rows = _rows(f"SELECT count(*), avg(x), avg(y) FROM case_map WHERE x IS NOT NULL GROUP BY {cell}")
    return _json([(number, float(x), float(y)) for number, x, y in rows])


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")


def lines(ground: Ground, *, times: int = TIMES) -> Iterator[Line]:
    """The map beside the plain page, on this database."""
    os.environ[URL] = ground.config.url
    name, _, value = ground.cookie(ground.client(COUNTY_DESK)).partition("=")
    way = "single" if ground.cases <= 10_000 else "cells"
    with (
        served(ground, "gridcase.wsgi:app") as ours,
        served(ground, "benchmarks.town_map:bare") as theirs,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=provision.chromium(), args=["--no-sandbox"])
        cookie = {"name": name, "value": value, "url": ours.url}
        for address in (f"{ours.url}/map/", f"{theirs.url}/{way}.html"):  # both warm
            _done(browser, address, cookie)
        pairs = [
            (_done(browser, f"{ours.url}/map/", cookie), _done(browser, f"{theirs.url}/{way}.html", cookie))
            for _ in range(times)
        ]
        browser.close()
    job, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(other / one for one, other in pairs)
    yield Line(f"map of {ground.cases} open cases, drawn", job, "s", floor, ratio)


def answers(ground: Ground, *, times: int = TIMES) -> Iterator[Line]:
    """What the server needs for the whole map by cell, beside the plain SQL that groups the same rows."""
    os.environ[URL] = ground.config.url
    client = ground.client(COUNTY_DESK)
    west, south, east, north = _rows("SELECT min(x), min(y), max(x), max(y) FROM case_map")[0]
    x, y, near = (west + east) // 2, (south + north) // 2, 1_000  # of a degree's 100,000ths: about a kilometre
    box = f"{west / 1e5},{south / 1e5},{east / 1e5},{north / 1e5}"
    part = f"{x / 1e5},{y / 1e5},{(x + near) / 1e5},{(y + near) / 1e5}"
    inside = f"x BETWEEN {x} AND {x + near} AND y BETWEEN {y} AND {y + near}"
    for said_as, address, rows in (
        ("whole map by cell", f"box={box}&z=11", "x IS NOT NULL"), ("a small part", f"box={part}&z=15", inside),
    ):  # fmt: skip
        took, floors = [], []
        for _ in range(times + 1):
            began = time.perf_counter()
            assert client.get(f"/map/clusters.json?{address}").status_code == 200
            took.append(time.perf_counter() - began)
            began = time.perf_counter()
            _rows(
                f"SELECT count(*), avg(x), avg(y), min(due_at) FROM case_map WHERE {rows} "
                "GROUP BY (x + 18000000) >> 12, (y + 9000000) >> 12"
            )
            floors.append(time.perf_counter() - began)
        job, floor = statistics.median(took[1:]) * 1000, statistics.median(floors[1:]) * 1000
        yield Line(f"{said_as}, {ground.cases} open", job, "ms", floor, floor / job)


def _done(browser: Browser, address: str, cookie: dict[str, str]) -> float:
    """Seconds from navigation to drawn, in a browser that has been nowhere before."""
    context = browser.new_context(viewport=FRAME)
    context.add_cookies([cookie])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda asked: said.append(f"{asked.url}: {asked.failure}"))
    page.on("response", lambda answer: answer.ok or said.append(f"{answer.url}: {answer.status}"))
    try:
        page.goto(address)
        return _mark(page, said)
    finally:
        context.close()


def _mark(page: Page, said: list[str]) -> float:
    for _ in range(600):
        at = page.evaluate('performance.getEntriesByName("map-drawn")[0]?.startTime')
        if at is not None:
            return float(at) / 1000
        page.wait_for_timeout(100)
    status = page.evaluate('document.querySelector("[data-map-status]")?.textContent')
    raise AssertionError(f"{page.url} ({page.title()}, {status}) was not drawn within a minute: {said}")


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.town_map", description=__doc__)
    parser.add_argument("--open", type=int, nargs="*", default=[10_000, 100_000], help="numbers of open cases")
    parser.add_argument("--db", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--keep", type=Path, default=RESULTS, help="the file the lines are added to")
    options = parser.parse_args()
    for number in options.open:
        with prepared(options.db, number, opens=number, households=2000) as ground:
            found = []
            for line in chain(answers(ground, times=options.times), lines(ground, times=options.times)):
                print(said(ground.name, line), flush=True)
                found.append(line)
            keep(found, ground.name, ground.cases, options.keep)


if __name__ == "__main__":
    main()
