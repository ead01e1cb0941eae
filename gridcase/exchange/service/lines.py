"""The rows of a register's file, read cell by cell, on their way through the check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gridcase.core import geo_datum
from gridcase.core.errors import Refused
from gridcase.core.sheets import Row, SheetProblem, Table, open_table, problem_at
from gridcase.core.words import Text
from gridcase.exchange.rules import columns as cells
from gridcase.exchange.rules import states
from gridcase.exchange.rules.columns import Kind, Register
from gridcase.exchange.rules.states import RowState


@dataclass
class Line:
    """One row: what its cells hold by column key (mapped columns only), what is wrong, and what it will become.

    `ready` is what the writer needs: the ids the codes stand for, the values that differ.
    """

    number: int
    values: dict[str, Any]
    problems: list[dict[str, Any]] = field(default_factory=list)
    state: RowState = RowState.WRONG
    part: str = ""
    target_id: int | None = None
    ready: dict[str, Any] = field(default_factory=dict)
    id: int | None = None

    def wrong(self, key: str, why: Text) -> None:
        """Note what is wrong with a cell; said with the row and the header on the page."""
        self.problems.append({"key": key, "text": why.as_json()})

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.problems


def open_file(path: Path, register: Register) -> Table:
    """A register's file, to be walked once. `Refused` where it is no table."""
    return open_table(path, limits=states.LARGE if register.large else states.WHOLE)


def read_lines(table: Table, register: Register, mapping: Mapping[str, str], *, datum: str) -> Iterator[Line]:
    """Walk over a file; formulas, error values and cells that cannot be read are problems of their line."""
    keys = {header: key for key, header in mapping.items()}
    for row, problems in table.rows:
        line = Line(row.number, {})
        _note(line, problems, keys)
        _read(line, row, register, mapping)
        if datum == "gcj02" and line.values.get("lon") is not None and line.values.get("lat") is not None:
            lon, lat = geo_datum.gcj02_to_wgs84(line.values["lon"], line.values["lat"])
            line.values["lon"], line.values["lat"] = round(lon, 7), round(lat, 7)
        yield line


def _note(line: Line, problems: list[SheetProblem], keys: Mapping[str, str]) -> None:
    for problem in problems:
        if problem.column in keys:
            line.problems.append({"key": keys[problem.column], "whole": problem.text.as_json()})


def _read(line: Line, row: Row, register: Register, mapping: Mapping[str, str]) -> None:
    bad = {problem["key"] for problem in line.problems}
    for column in register.columns:
        if column.key not in mapping or column.key in bad:
            continue
        try:
            value = cells.read_cell(column, row.cells[mapping[column.key]])
        except Refused as refusal:
            line.wrong(column.key, refusal.text)
            continue
        line.values[column.key] = value
        if value is None and column.required:
            line.wrong(column.key, cells.EMPTY)


def packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them: days as text, values within values too."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return packed(value)
    return value.isoformat() if isinstance(value, date) else value


def unpacked(values: Mapping[str, Any], register: Register) -> dict[str, Any]:
    """Values read back."""
    days = {column.key for column in register.columns if column.kind in (Kind.DATE, Kind.LAST)}
    return {key: date.fromisoformat(value) if value and key in days else value for key, value in values.items()}


def said(problem: Mapping[str, Any], number: int, register: Register, mapping: Mapping[str, str]) -> SheetProblem:
    """A problem as a sentence that names row and column."""
    key = problem["key"]
    header = mapping.get(key) or next((one.header for one in register.columns if one.key == key), key)
    if "whole" in problem:
        return SheetProblem(number, header, Text.from_json(problem["whole"]))
    return problem_at(number, header, Text.from_json(problem["text"]))
