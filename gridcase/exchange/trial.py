"""`gridcase trial`: real input taken over, taken over again, and refused in broken copies; one line for each check.

Needs an application context on a scratch database with the catalogue loaded: it adds an invented county and town.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases.models import Case, CaseStep
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.exchange.jobs import import_cases
from gridcase.grid import service as grids
from gridcase.grid.rules import GridLevel

ACTOR = job("trial")
COUNTY, TOWN = "990909000000", "990909100000"
MESSAGES = "citizen_messages.xlsx"
OTHERS = ("answered_messages.xlsx", "labelled_messages.xlsx")
SECONDS = 5.0  # what the import of the messages may take
BAD_ROW = 777
DATE_COLUMN, TEXT_COLUMN = "留言时间", "留言详情"
Say = Callable[[str], None]
Table = list[list[Any]]


def run(folder: Path, *, say: Say) -> bool:
    """Try the lists of a folder; returns whether every check came out as it should."""
    _make_town()
    checks = [*_taken_over(folder / MESSAGES, SECONDS), *_refused(folder / MESSAGES)]
    for name in OTHERS:
        if (folder / name).exists():
            checks += _taken_over(folder / name, SECONDS)
    for sound, line in checks:
        say(f"{'ok  ' if sound else 'FAIL'} {line}")
    return all(sound for sound, _line in checks)


def _make_town() -> None:
    now, first = clock.now(), date(2010, 1, 1)
    with transaction():
        county = grids.add_grid(
            actor=ACTOR, level=GridLevel.COUNTY, code=COUNTY, name="试验县", parent=None, now=now, valid_from=first
        )
        grids.add_grid(
            actor=ACTOR, level=GridLevel.TOWN, code=TOWN, name="试验镇", parent=county, now=now, valid_from=first
        )


def _taken_over(path: Path, seconds: float) -> Iterator[tuple[bool, str]]:
    """The list is taken over whole, in time, and a second run adds nothing."""
    rows, before = len(_table(path)) - 1, _counts()
    for again in (False, True):
        begun = time.perf_counter()
        report = import_cases(actor=ACTOR, data=path, town_code=TOWN, village_code=None, dry_run=False, now=clock.now())
        took = time.perf_counter() - begun
        kept = _counts()[0] - before[0]
        new, known = (0, rows) if again else (rows, 0)
        sound = (report.new, report.known, kept) == (new, known, rows) and took <= seconds
        yield (
            sound,
            f"{path.name}{' again' if again else ''}: {report.total} rows, {report.new} new, {report.known} known, "
            f"{rows - kept} lost, {took:.2f} s, write lock {report.lock_ms:.0f} ms",
        )


def _refused(path: Path) -> Iterator[tuple[bool, str]]:
    """Three broken copies are refused, each naming row and column, and nothing is changed."""
    table = _table(path)
    at = table[0].index(DATE_COLUMN)
    for what, data, row, column in (
        ("bad date", _copy(table, {(BAD_ROW, at): "2019/13/45 99:99"}), BAD_ROW, DATE_COLUMN),
        ("missing column", _copy([cells[:at] + cells[at + 1 :] for cells in table], {}), 1, DATE_COLUMN),
        ("formula cell", _copy(table, {(BAD_ROW, table[0].index(TEXT_COLUMN)): "=1+1"}), BAD_ROW, TEXT_COLUMN),
    ):
        before = _counts()
        report = import_cases(actor=ACTOR, data=data, town_code=TOWN, village_code=None, dry_run=False, now=clock.now())
        named = [(problem.row, problem.column) for problem in report.problems]
        said = str(report.problems[0].text) if report.problems else "nothing said"
        yield named == [(row, column)] and _counts() == before, f"{what}: {said}"


def _counts() -> tuple[int, ...]:
    """Cases, steps and audit rows: what an import may change."""
    db.session.rollback()
    return tuple(
        db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (Case, CaseStep, AuditRow)
    )


def _table(path: Path) -> Table:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def _copy(table: Table, changes: dict[tuple[int, int], str]) -> bytes:
    """The table as a new .xlsx with some cells changed; rows as Excel counts them, columns from 0."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for row, cells in enumerate(table):
            for column, value in enumerate(cells):
                changed = changes.get((row + 1, column))
                if changed is not None and changed.startswith("="):
                    sheet.write_formula(row, column, changed)
                elif isinstance(value, datetime) and changed is None:
                    sheet.write_datetime(row, column, value, moment)
                else:
                    sheet.write(row, column, value if changed is None else changed)
    return target.getvalue()
