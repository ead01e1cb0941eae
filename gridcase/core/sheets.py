"""Tables in: .xlsx and CSV as they come from offices, read safely, with the row numbers Excel shows.

`read_table` refuses what cannot be read at all; whatever is wrong with single cells is collected in
`Sheet.problems`, so that an importer adds its own and names them all at once with `refuse_if`. What stands in
a cell is read with `core.sheet_values`; tables are written with `core.sheets_out`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from gridcase.core.errors import Refused
from gridcase.core.sheet_values import match_headers, parse_number_id, parse_when, tidy
from gridcase.core.words import N_, Text
from gridcase.core.workbook import (
    Grid,
    Limits,
    column_letters,
    read_workbook,
    too_many_columns,
    too_many_rows,
)

__all__ = [
    "Limits",
    "Row",
    "Sheet",
    "SheetProblem",
    "Table",
    "TableRefused",
    "match_headers",
    "open_table",
    "parse_number_id",
    "parse_when",
    "problem_at",
    "read_table",
    "refuse_if",
    "tidy",
]

USUAL_LIMITS = Limits()

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = ",\t;"
_GUARDED = re.compile(r"'('*[=+\-@\t\r\n＝＋－＠])")
_TOP = 1_000  # rows looked at before the header is settled
_ABOVE = 10  # a title and remarks may stand above the header, not more rows than this
_SHOWN = 20


@dataclass(frozen=True)
class SheetProblem:
    """One thing wrong in a table: the whole sentence, the row as Excel numbers it, the column's header."""

    row: int
    column: str
    text: Text


@dataclass(frozen=True)
class Row:
    """A row that holds something: texts tidied, empty cells None, numbers and dates as Excel has them."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A table. `problems` holds formulas, error values and overlong texts; an importer may drop those of
    columns it does not use."""

    headers: list[str]
    rows: list[Row]
    problems: list[SheetProblem] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table's headers, and its rows each with what is wrong in its cells, to be walked once."""

    headers: list[str]
    rows: Iterator[tuple[Row, list[SheetProblem]]]


class TableRefused(Refused):
    """A table with problems: a page lists `problems` in its reader's language; `str()` lists the first 20."""

    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__(N_("表格里有 %(count)s 处要改，没有导入任何内容。", count=len(problems)))

    def __str__(self) -> str:
        return "\n".join([str(self.text), *(str(problem.text) for problem in self.problems[:_SHOWN])])


def read_table(source: Path | str | bytes, *, limits: Limits = USUAL_LIMITS) -> Sheet:
    """Read the first visible sheet of an .xlsx, or a CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab).

    `Refused` says what to do when the file is too large, locked, damaged, of another kind, empty, or without
    a usable header. FileNotFoundError and its kin pass through.
    """
    table = open_table(source, limits=limits)
    sheet = Sheet(headers=table.headers, rows=[])
    for row, problems in table.rows:
        sheet.rows.append(row)
        sheet.problems.extend(problems)
    return sheet


def open_table(source: Path | str | bytes, *, limits: Limits = USUAL_LIMITS) -> Table:
    """The same table to be walked once, row by row, for files of hundreds of thousands of rows; refuses as `read_table`
    does, rows too many while walking. Columns without a header are named by their letter."""
    data = _load(source, limits)
    if data.startswith(_ZIP):
        return _table(read_workbook(data, limits), limits)
    if data.startswith(_OLD_OFFICE):
        raise Refused(N_("这是旧版 .xls 或加了密码的文件，请另存为不加密码的 .xlsx 或 CSV 再导入。"))
    return _table(_read_csv(_decode(data), limits), limits)


def problem_at(row: int, column: str, why: Text) -> SheetProblem:
    """What is wrong with one cell, as a sentence that names its place."""
    return SheetProblem(
        row, column, N_("第 %(row)s 行「%(column)s」列：%(problem)s", row=row, column=column, problem=why)
    )


def refuse_if(problems: Sequence[SheetProblem]) -> None:
    """Raise `TableRefused` when there are problems."""
    if problems:
        raise TableRefused(problems)


def _load(source: Path | str | bytes, limits: Limits) -> bytes:
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > limits.file_bytes:
        raise Refused(N_("文件超过 %(size)s MB，请拆成几个文件分次导入。", size=limits.file_bytes // 2**20))
    if size == 0:
        raise Refused(N_("文件是空的。"))
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _decode(data: bytes) -> str:
    """A CSV's text. Excel in China writes GB18030 or UTF-8 with a mark; its "Unicode text" is UTF-16."""
    for encoding in ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused(N_("认不出这个文件，请上传 .xlsx，或 UTF-8、GB18030 编码的 CSV。"))


def _read_csv(text: str, limits: Limits) -> Grid:
    heading = next((line for line in io.StringIO(text) if line.strip()), "")
    separator = max(_SEPARATORS, key=heading.count)
    rows: list[list[Any]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append([_GUARDED.sub(r"\1", cell, count=1) if cell[:1] == "'" else cell for cell in cells])
            if len(rows) > limits.rows + _ABOVE:
                raise too_many_rows(limits)
            if len(cells) > limits.columns:
                raise too_many_columns(limits)
    except csv.Error as problem:
        raise Refused(N_("第 %(row)s 行读不通：引号不成对，或一格内容太长。", row=len(rows) + 1)) from problem
    width = max(map(len, rows), default=0)
    return Grid(rows=[cells + [None] * (width - len(cells)) for cells in rows])


def _table(grid: Grid, limits: Limits) -> Table:
    cells_of = ([_clean(value) for value in cells] for cells in grid.rows)
    top = list(islice(cells_of, _TOP))
    at, depth = _header_place(top, grid)
    body = top[at + depth :]
    headers = _headers(top[at : at + depth], body, grid.first[1])
    first = grid.first[0] + at + depth + 1  # as Excel numbers it
    return Table(list(headers.values()), _walk(chain(body, cells_of), headers, first, grid, limits))


def _walk(
    body: Iterable[list[Any]], headers: dict[int, str], first: int, grid: Grid, limits: Limits
) -> Iterator[tuple[Row, list[SheetProblem]]]:
    count = 0
    for number, cells in enumerate(body, start=first):
        if any(value is not None for value in cells):
            count += 1
            if count > limits.rows:
                raise too_many_rows(limits)
            row = Row(number, {header: cells[column] for column, header in headers.items()})
            yield row, list(_cell_problems(number, cells, headers, grid, limits))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return tidy(value) or None
    return value


def _header_place(table: list[list[Any]], grid: Grid) -> tuple[int, int]:
    """Index and height of the header: the first row about as full as the fullest of the top rows.

    A title or "填报单位：…" above it fills fewer cells. Headers merged downwards make it higher.
    """
    filled = [sum(value is not None for value in cells) for cells in table[: _ABOVE + 1]]
    if not any(filled):
        raise Refused(N_("表格是空的。"))
    at = next(index for index, count in enumerate(filled) if count >= 0.6 * max(filled))
    row = grid.first[0] + at
    return at, max((bottom - top + 1 for (top, _), (bottom, _) in grid.merged if top == row), default=1)


def _headers(header_rows: list[list[Any]], body: list[list[Any]], first_column: int) -> dict[int, str]:
    """Each used column's header: the lowest text over it, or its letter where there is none."""
    headers: dict[int, str] = {}
    seen: dict[str, int] = {}
    for column in range(len(header_rows[0])):
        texts = [cells[column] for cells in header_rows if cells[column] is not None]
        if not texts and all(cells[column] is None for cells in body):
            continue
        letters = column_letters(first_column + column)
        header = parse_number_id(texts[-1]).replace("\n", "") if texts else f"{letters} 列"
        if header in seen:
            other = column_letters(first_column + seen[header])
            raise Refused(
                N_(
                    "表头「%(header)s」出现了两次（%(first)s 列和 %(second)s 列），请改名或删去一列。",
                    header=header,
                    first=other,
                    second=letters,
                )
            )
        headers[column] = header
        seen[header] = column
    return headers


def _cell_problems(
    number: int, cells: list[Any], headers: dict[int, str], grid: Grid, limits: Limits
) -> Iterator[SheetProblem]:
    """Formulas, error values and overlong texts of one row."""
    for column, header in headers.items():
        place = (number - 1, grid.first[1] + column)
        value = cells[column]
        text: Text | None = None
        if place in grid.formulas:
            text = N_(
                "第 %(row)s 行「%(column)s」列是公式，请复制后用“粘贴为数值”再导入。",
                row=number,
                column=header,
            )
        elif place in grid.errors:
            text = N_("第 %(row)s 行「%(column)s」列是错误值，请改正后再导入。", row=number, column=header)
        elif isinstance(value, str) and len(value) > limits.characters:
            text = N_(
                "第 %(row)s 行「%(column)s」列超过 %(limit)s 个字，请缩短。",
                row=number,
                column=header,
                limit=limits.characters,
            )
        if text is not None:
            yield SheetProblem(number, header, text)
