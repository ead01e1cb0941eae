"""A town's cases as a table for other systems."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from gridcase.audit import service as audit
from gridcase.cases.rules import Answer, Channel, State, Urgency
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.sheets_out import write_csv, write_xlsx
from gridcase.core.words import N_
from gridcase.exchange.queries import cases as queries
from gridcase.exchange.rules import cases as rules
from gridcase.grid import queries as grids


def town_cases(*, actor: Viewer, town_code: str, since: date | None, now: datetime) -> list[list[Any]]:
    """A town's cases as rows of a table, with the audit row that says so: nothing leaves without it.

    Restricted cases and the names and phones of reporters stay in the house.
    """
    town = grids.by_code(town_code)
    if town is None:
        raise Refused(N_("没有编码为 %(code)s 的乡镇。", code=town_code), field="town")
    begins = datetime.combine(since, time(), tzinfo=TOWN_ZONE) if since else None
    rows = [_cells(row) for row in queries.cases_of(town, since=begins)]
    audit.record(
        actor=actor, action="case.export", subject_kind="grid", subject_id=town.id, place_path=town.path, now=now,
        detail={"cases": len(rows)},
    )  # fmt: skip
    return rows


def write_cases(path: Path, rows: list[list[Any]]) -> int:
    """Write the rows to .xlsx or .csv (by the name's ending); returns how many."""
    write = write_csv if path.suffix.lower() == ".csv" else write_xlsx
    path.write_bytes(write(rules.EXPORT_HEADERS, rows, zone=TOWN_ZONE))
    return len(rows)


def _cells(row: Row[Any]) -> list[Any]:
    return [
        row.number, row.code, row.zh, row.title, row.text, str(State(row.state).label), str(Urgency(row.urgency).label),
        str(Channel(row.channel).label), row.village, row.place, row.registered_at, row.due_at, row.closed_at,
        row.result, str(Answer(row.answer).label) if row.answer else None, row.source_system, row.source_no,
    ]  # fmt: skip
