"""What is measured: each function yields lines, most of them a job beside its floor."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import xlsxwriter
from flask.testing import FlaskClient
from sqlalchemy import select, text

from benchmarks import alike, registers
from benchmarks.floors import Floor
from benchmarks.ground import ACTOR, COUNTY_DESK, Ground
from benchmarks.line import Line, statements
from benchmarks.points import points_lines
from benchmarks.timing import Pair, once, side_by_side
from gridcase.app import create_app
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.exchange import jobs as exchange
from gridcase.grid.models import Grid
from gridcase.reminders import jobs as reminders

DESK, IMPORT_ROWS, DUE = "dispatcher", 1500, 1000
HOMES = int(os.environ.get("BENCH_HOMES", "100000"))


def _line(measure: str, pair: Pair) -> Line:
    return Line(measure, pair.job_ms, "ms", pair.floor_ms, pair.ratio)


def pages(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The pages people open all day, by a signed-in account, with the SQL statements each takes."""
    desk, liaison = ground.client(DESK), ground.client("liaison")
    case_id = floor.case
    deep = _next_page(desk, "/cases/?tab=all")
    for measure, client, path, beside in (
        ("case list, page 1", desk, "/cases/?tab=village", "/list"),
        ("case list, all, page 2", desk, deep, "/list"),
        ("case list of a liaison", liaison, "/cases/?tab=village", "/list"),
        ("case detail", desk, f"/cases/{case_id}", "/one"),
        ("dashboard figures", desk, "/dashboard/", "/counts"),
        ("map page", desk, "/map/", "/list"),
    ):
        yield _line(measure, side_by_side(_get(client, path), floor.page(beside), seconds=seconds))
        with statements(ground) as counted:
            _get(client, path)()
        yield Line(f"{measure}, SQL statements", len(counted), "statements")


def hello(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The least a page can cost: the sign-in page beside a bare hello."""
    client = ground.app.test_client()
    yield _line("sign-in page", side_by_side(_get(client, "/sign-in"), floor.page("/hello"), seconds=seconds))
    start = min(once(lambda: create_app(ground.config)) for _ in range(2))
    yield Line("application made", start, "ms")


def create(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """Register a case through its form, with CSRF token, number, clocks, step, audit row and counter."""
    client = ground.client("village_head")
    path = "/cases/new/0503"
    form = client.get(path).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    place = re.search(r'<option value="(\d+)"', form)
    assert token is not None
    assert place is not None
    fields = {
        "csrf_token": token[1],
        "title": "村道塌了一块",
        "text": "请来看一看",
        "channel": "phone",
        "grid": place[1],
        "looked": "1",  # the page has shown what is alike while somebody typed
    }

    def job() -> None:
        response = client.post(path, data=fields)
        assert response.status_code == 302, response.get_data(as_text=True)[:2000]

    yield _line("create a case", side_by_side(job, floor.page("/create"), seconds=seconds))
    with statements(ground) as counted:
        job()
    yield Line("create a case, SQL statements", len(counted), "statements")


def import_list(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """An Excel list of 1,500 messages: read, checked, written; every round other ones."""
    numbers = count(1)

    def job() -> None:
        data = _workbook(next(numbers))
        with ground.app.app_context():
            report = exchange.import_cases(
                actor=ACTOR, data=data, town_code=_town_code(), village_code=None, dry_run=False, now=ground.now
            )
            assert report.new == IMPORT_ROWS, report.lines()
            db.session.remove()

    yield _line(
        f"import {IMPORT_ROWS} rows",
        side_by_side(job, floor.insert_cases(IMPORT_ROWS), seconds=min(1, seconds), rounds=3),
    )


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


def sweep(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The reminders' sweep, per 1,000 cases that were due and untold; then again, with nothing to say."""
    with ground.app.app_context():
        due = db.session.query(Case).filter(Case.closed_at.is_(None), Case.soon_at <= ground.now).count()
        db.session.remove()

    def job() -> None:
        with ground.app.app_context():
            _forget_notices()
            assert reminders.sweep(actor=ACTOR, now=_daytime(ground)) > 0
            db.session.remove()

    pair = side_by_side(job, floor.insert_notices(due), seconds=min(1, seconds), rounds=2)
    per = DUE / due
    yield Line(f"sweep per {DUE} due cases", pair.job_ms * per, "ms", pair.floor_ms * per, pair.ratio)

    def again() -> None:
        with ground.app.app_context():
            reminders.sweep(actor=ACTOR, now=_daytime(ground))
            db.session.remove()

    yield Line("sweep with nothing to say", min(once(again) for _ in range(3)), "ms")


def map_points(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """Ten thousand open points for the whole county, asked for the first time and asked again."""
    with ground.app.app_context():
        with db.engine.begin() as connection:  # a bench's database: nobody else reads it
            connection.execute(
                text("""UPDATE "case" SET closed_at = NULL, state = 'in_progress' WHERE id IN
                (SELECT id FROM "case" WHERE closed_at IS NOT NULL ORDER BY id DESC LIMIT 9000)""")
            )
        db.session.remove()
    client = ground.client(COUNTY_DESK)
    first = client.get("/map/points.json")
    assert first.status_code == 200, first.status
    size = len(first.get_data()) / 1024
    yield _line("map points", side_by_side(_get(client, "/map/points.json"), floor.page("/points"), seconds=seconds))
    yield Line("map points, size", size, "KiB")
    with statements(ground) as counted:
        client.get("/map/points.json")
    yield Line("map points, SQL statements", len(counted), "statements")
    headers = {"If-None-Match": first.headers["ETag"]}

    def unchanged() -> None:
        assert client.get("/map/points.json", headers=headers).status_code == 304

    yield _line("map points, unchanged", side_by_side(unchanged, floor.page("/hello"), seconds=seconds))


MEASURES: tuple[Callable[[Ground, Floor, float], Iterator[Line]], ...] = (
    hello, pages, create, import_list, sweep, map_points, import_homes, alike.typing, points_lines,
)  # fmt: skip


def _get(client: FlaskClient, path: str) -> Callable[[], Any]:
    def ask() -> Any:
        response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.status}"
        return response

    return ask


def _next_page(client: FlaskClient, path: str) -> str:
    """The address of the second page, as the first one links it."""
    html = client.get(path).get_data(as_text=True)
    found = re.search(r'href="([^"]*after=[^"]+)"', html)
    assert found is not None, "the list has no second page"
    return found[1].replace("&amp;", "&")


def _workbook(round_: int) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"])
        for n in range(1, IMPORT_ROWS + 1):
            words = f"\n\t\t\t\n\t\t您好！　　这是第{n}件，路灯坏了，请尽快处理。" * 4
            sheet.write_row(
                n, 0, [f"{round_}-{n:05d}", f"A{n:06d}", "路灯不亮", f"2026/3/{n % 28 + 1} 9:{n % 60:02d}:00", words]
            )
    return target.getvalue()


def _town_code() -> str:
    code = db.session.scalar(select(Grid.code).where(Grid.level == "town").order_by(Grid.id).limit(1))
    assert code is not None
    return code


def _forget_notices() -> None:
    with db.engine.begin() as connection:
        for table in ("notice_read", "outbox", "notice"):
            connection.execute(text(f"DELETE FROM {table}"))


def _daytime(ground: Ground) -> Any:
    """Noon of the day: at night the sweep tells emergencies only."""
    return ground.now.replace(hour=4, minute=0) + timedelta(days=1)
