"""`python -m benchmarks.registers SETTINGS COUNT`: a register of so many households from an Excel file into a database.

Run as a process of its own, so that its peak of memory is its own; prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import func, select

from gridcase.app import create_app
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.exchange import jobs
from gridcase.exchange.models import RegisterImport
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.exchange.service import imports
from gridcase.grid.models import Grid
from gridcase.households.models import Household

ACTOR = job("bench")
HOUSEHOLDS = REGISTERS["households"]
SINCE = date(2024, 1, 1)
GIVEN = "建国秀英志强桂兰海波玉梅春华明德永福家和文斌小红大山新民长河远青松立业正平光"
FIRST = 500  # numbers of homes in a cell, beyond those that are there


def main(settings: str, count: str) -> None:
    """Make the file, check it, write it; say how long each took."""
    app = create_app(Config(**json.loads(settings)))
    with app.app_context(), tempfile.TemporaryDirectory(prefix="gridcase-bench-") as folder:
        path = Path(folder) / "homes.xlsx"
        cells = db.session.execute(select(Grid.code, Grid.lon, Grid.lat).where(Grid.level == "cell")).all()
        _write(path, cells, int(count))
        before, data = _homes(), path.read_bytes()
        idle = _peak_mb()
        begun, cpu = time.perf_counter(), time.process_time()
        import_id = jobs.hand_in(
            actor=ACTOR, register=HOUSEHOLDS, data=data, filename=path.name, datum="wgs84", on=SINCE, now=clock.now()
        )
        jobs.work(import_id, actor=ACTOR)
        checked = time.perf_counter() - begun
        with transaction():
            imports.confirm(db.session.get_one(RegisterImport, import_id), actor=ACTOR, now=clock.now())
        jobs.work(import_id, actor=ACTOR)
        one = db.session.get_one(RegisterImport, import_id)
        result = {
            "state": one.state, "rows": _homes() - before, "seconds": time.perf_counter() - begun, "check": checked,
            "cpu": time.process_time() - cpu,
            "lock_ms": one.lock_ms, "peak_mb": _peak_mb(), "idle_mb": idle, "file_mb": len(data) / 2**20,
        }  # fmt: skip
        db.session.remove()
        db.engine.dispose()
    print(json.dumps(result))


def settings_of(config: Config) -> str:
    """The settings of a database for the process that imports."""
    return json.dumps(asdict(config))


def _homes() -> int:
    return db.session.scalar(select(func.count()).select_from(Household)) or 0


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write(path: Path, cells: Any, count: int) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [column.header for column in HOUSEHOLDS.columns])
        for number, row in enumerate(_rows(cells, count), start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None:
                    sheet.write(number, column, value)


def _rows(cells: Any, count: int) -> Iterator[list[Any]]:
    """Homes of a cell one after the other, the cells in the order of their codes, as a county's own file has them."""
    each = -(-count // len(cells))
    made = 0
    for cell in sorted(cells, key=lambda one: one.code):
        for n in range(min(each, count - made)):
            made += 1
            given = GIVEN[made // 5 % len(GIVEN)] + GIVEN[made // 200 % len(GIVEN)]
            yield [
                f"{cell.code}-{FIRST + n:03d}", cell.code, "王李张刘陈"[made % 5] + given,
                f"154{made:08d}", f"{n + 1}组{made}号", "上湾", f"H{made:06d}", "否", "否", SINCE,
                round(cell.lon + n / 1e5, 6), round(cell.lat + n / 1e5, 6), None, None,
            ]  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
