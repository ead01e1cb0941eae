"""What is written: a case through its form, a list from Excel, the sweep of what is due; the counters afterwards."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import xlsxwriter
from sqlalchemy import event, func, select, text

from benchmarks.floors import COPIED, Floor
from benchmarks.ground import ACTOR, Ground
from benchmarks.line import Line, compared, statements
from benchmarks.timing import TRIAL, Pair, once, side_by_side
from gridcase import doctor
from gridcase.cases.models import Case
from gridcase.cases.queries.upkeep import map_off, tallies_off
from gridcase.core.db import db
from gridcase.exchange import jobs as exchange
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.reminders import jobs as reminders

IMPORT_ROWS, DUE = 1500, 1000
LISTS = 20  # more than the rounds of a second take
SESSION = "gridcase"  # the cookie


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

    cookie = client.get_cookie(SESSION)
    assert cookie is not None

    def job() -> None:
        client.set_cookie(SESSION, cookie.value)  # as from its own form: else what is said piles up
        response = client.post(path, data=fields)
        assert response.status_code == 302, response.get_data(as_text=True)[:2000]

    pair = side_by_side(job, floor.page("/create"), seconds=seconds, watch=floor.watch)
    yield compared("create a case", pair)
    commits = _Commits()
    with ground.app.app_context():
        engine = db.engine
    with statements(ground) as counted, commits.counted(engine):
        job()
    yield Line("create a case, SQL statements", len(counted), "statements")
    yield Line("create a case, commits", commits.wrote, "commits")


class _Commits:
    """How many transactions wrote something."""

    def __init__(self) -> None:
        self.wrote, self._writing = 0, False

    def _sent(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self._writing = self._writing or statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def _ended(self, _connection: Any) -> None:
        self.wrote, self._writing = self.wrote + self._writing, False

    @contextmanager
    def counted(self, engine: Any) -> Iterator[None]:
        """Count while it lasts."""
        hooks = (("before_cursor_execute", self._sent), ("commit", self._ended))
        for name, hook in hooks:
            event.listen(engine, name, hook)
        yield
        for name, hook in hooks:
            event.remove(engine, name, hook)


def import_list(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """An Excel list of 1,500 messages: read, checked, written; every round another one, made beforehand. The floor
    copies more."""
    lists = iter([_workbook(n) for n in range(1 if seconds < TRIAL else LISTS)])

    def job() -> None:
        data = next(lists)
        with ground.app.app_context():
            report = exchange.import_cases(
                actor=ACTOR, data=data, town_code=_town_code(), village_code=None, dry_run=False, now=ground.now
            )
            assert report.new == IMPORT_ROWS, report.lines()
            db.session.remove()

    pair, share = (
        side_by_side(job, floor.copy_in, seconds=min(1, seconds), rounds=3, watch=floor.watch),
        IMPORT_ROWS / COPIED,
    )
    yield compared(f"import {IMPORT_ROWS} rows", Pair(pair.job_ms, pair.floor_ms * share, pair.ratio * share))


def sweep(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The reminders' sweep, per 1,000 escalations (a case on a rung of the ladder, whoever is told) where
    nobody had been told; then again, with nothing to say. The floor escalates each due case once."""
    at = ground.now.replace(hour=4, minute=0) + timedelta(days=1)  # noon: at night it tells emergencies only
    with ground.app.app_context():
        due = db.session.query(Case).filter(Case.closed_at.is_(None), Case.soon_at <= at).count()
        db.session.remove()

    def job() -> None:
        with ground.app.app_context():
            _forget_notices()
            assert reminders.sweep(actor=ACTOR, now=at) > 0
            db.session.remove()

    until = f"{at:%Y-%m-%d %H:%M:%S}"
    pair = side_by_side(job, floor.escalate(until), seconds=min(1, seconds), rounds=2, watch=floor.watch)
    with statements(ground) as counted:
        job()
    climbed, told = _climbed(ground)
    job_ms, floor_ms = pair.job_ms / climbed * DUE, pair.floor_ms / due * DUE
    yield Line(f"sweep per {DUE} escalations", job_ms, "ms", floor_ms, pair.ratio * climbed / due)
    yield Line(f"sweep, SQL statements per {DUE}", len(counted) / max(1, climbed / DUE), "statements")

    def again() -> None:
        with ground.app.app_context():
            reminders.sweep(actor=ACTOR, now=at)
            db.session.remove()

    yield Line("sweep with nothing to say", min(once(again) for _ in range(3)), "ms")
    yield Line("sweep again, told", _climbed(ground)[1] - told, "notices")


def counters(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """What `gridcase doctor` counts anew after all that was written: how many counters are not exact."""
    del floor, seconds

    def look() -> None:
        with ground.app.app_context():
            wrong = len(tallies_off()) + len(map_off()) + len(doctor.ledger_whole()) + len(doctor.stock_whole())
            found.append(wrong)
            db.session.remove()

    found: list[int] = []
    spent = once(look)
    yield Line("counters that differ", found[0], "counters")
    yield Line("counting them anew", spent, "ms")


def _climbed(ground: Ground) -> tuple[int, int]:
    """How often a case stood on a rung, and how many were told of it."""
    of_cases = select(Notice.subject_id, Notice.rule).where(Notice.subject_kind == "case").distinct().subquery()
    with ground.app.app_context():
        climbed, told = (db.session.scalar(select(func.count()).select_from(one)) or 0 for one in (of_cases, Notice))
        db.session.remove()
    return climbed, told


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
