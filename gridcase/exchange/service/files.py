"""The files of registers: templates to fill in, exports, and a copy of a file with its mistakes marked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from gridcase.audit import service as audit
from gridcase.core import masking
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.sheets_out import CELL_CHARACTERS, write_csv, write_xlsx
from gridcase.core.words import N_, Text
from gridcase.exchange import queries
from gridcase.exchange.rules import columns, states
from gridcase.exchange.rules.columns import Column, Kind, Register
from gridcase.exchange.service.lines import open_file, said
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid

ROWS_OFFERED = 5_000  # rows of a template with drop-downs
PURPOSE = range(4, 101)  # characters of a purpose
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MASKS = {"name": masking.mask_name, "phone": masking.mask_phone, "address": masking.mask_address}
_WORDS = {
    Kind.TEXT: "文字", Kind.CODE: "编码（文本）", Kind.PHONE: "电话（文本）", Kind.DATE: "日期，如 2026-11-21",
    Kind.LAST: "日期，如 2026-11-21",
    Kind.CHOICE: "从下拉中选", Kind.YESNO: "是或否", Kind.NUMBER: "数字", Kind.LON: "十进制度数，WGS 84",
    Kind.LAT: "十进制度数，WGS 84",
}  # fmt: skip
REQUIRED = "（必填）"


def template(register: Register) -> bytes:
    """An .xlsx to fill in: the headers, drop-downs, forced texts and dates; a second sheet explains every column."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **_OPTIONS}) as book:
        sheet, guide = book.add_worksheet(register.sheet), book.add_worksheet("填表说明")
        bold = book.add_format({"bold": True, "num_format": "@", "bg_color": "#DCEBEB", "border": 1})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        number, grey = book.add_format({"num_format": "General"}), book.add_format({"font_color": "#777777"})
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(register.columns):
            header = column.header + (REQUIRED if column.required else "")
            formats = {Kind.DATE: day, Kind.LAST: day, Kind.NUMBER: number, Kind.LON: number, Kind.LAT: number}
            sheet.set_column(at, at, max(14, 2 * len(header) + 2), formats.get(column.kind, text))
            sheet.write_string(0, at, header, bold)
            _offer(sheet, at, column)
        _explain(guide, register, bold, grey)
    return target.getvalue()


def _offer(sheet: Any, at: int, column: Column) -> None:
    words = list(column.choices.values()) or (["是", "否"] if column.kind is Kind.YESNO else [])
    if words and len(",".join(words)) <= 255:  # Excel's limit for a list that stands in the rule itself
        sheet.data_validation(1, at, ROWS_OFFERED, at, {"validate": "list", "source": words})
    if column.kind in (Kind.DATE, Kind.LAST):
        sheet.data_validation(
            1, at, ROWS_OFFERED, at,
            {"validate": "date", "criteria": "between", "minimum": date(1900, 1, 1), "maximum": date(2099, 12, 31),
             "error_message": "请填日期，例如 2026-11-21"},
        )  # fmt: skip


def _explain(guide: Any, register: Register, bold: Any, grey: Any) -> None:
    for at, (head, width) in enumerate((("列名", 18), ("必填", 8), ("怎么填", 40), ("例子", 32), ("也认得的列名", 44))):
        guide.set_column(at, at, width)
        guide.write_string(0, at, head, bold)
    for row, column in enumerate(register.columns, start=1):
        how = "、".join(column.choices.values()) or _WORDS[column.kind]
        more = str(column.help)
        guide.write_string(row, 0, column.header)
        guide.write_string(row, 1, "必填" if column.required else "")
        guide.write_string(row, 2, f"{how}。{more}" if more else how)
        guide.write_string(row, 3, column.example, grey)
        guide.write_string(row, 4, "、".join(column.names))
    guide.write_string(len(register.columns) + 2, 0, str(register.note))


def export(
    register: Register, *, actor: Viewer, place_code: str, on: date, purpose: str, kind: str, now: datetime
) -> bytes:
    """A register of a place as of a day. Without a purpose names, phones and addresses are masked; every export leaves
    an audit row, and the purpose in it."""
    place = grids.by_code(place_code)
    reach = queries.lookups.reach_of(actor, Permission.EXPORT_REGISTERS)
    if place is None or not reach.covers(place.path):
        raise Refused(states.UNKNOWN, field="place")
    purpose = purpose.strip()
    if purpose and len(purpose) not in PURPOSE:
        raise Refused(N_("请用 4 到 100 个字写明用途，例如“年度台账核对”。"), field="purpose")
    counted = _Counted(_cells(register, actor=actor, place=place, on=on, masked=not purpose))
    headers = [column.header for column in register.columns]
    content = write_csv(headers, counted) if kind == "csv" else write_xlsx(headers, counted, title=register.sheet)
    audit.record(
        actor=actor, action="register.export", subject_kind="grid", subject_id=place.id, place_path=place.path, now=now,
        detail={"register": register.key, "rows": counted.count, "on": on.isoformat(), "purpose": purpose or None},
    )  # fmt: skip
    return content


class _Counted:
    """Rows on their way out, counted."""

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def _cells(register: Register, *, actor: Viewer, place: Grid, on: date, masked: bool) -> Iterator[list[Any]]:
    for row in queries.exports.rows(register.key, viewer=actor, path=place.path, on=on):
        yield [_cell(column, getattr(row, column.key), masked=masked) for column in register.columns]


def _cell(column: Column, value: Any, *, masked: bool) -> Any:
    if masked and column.mask and value:
        return _MASKS[column.mask](value)
    return columns.shown(column, value) if value != "" else None


def marked(
    path: Path, register: Register, mapping: Mapping[str, str], wrong: Mapping[int, list[dict[str, Any]]]
) -> bytes:
    """The file as it was handed in, with the cells to put right in red and a comment that says why."""
    table, target = open_file(path, register), io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, **_OPTIONS}) as book:
        sheet = book.add_worksheet(register.sheet)
        look = _Look(book)
        sheet.freeze_panes(1, 0)
        for at, header in enumerate(table.headers):
            sheet.write_string(0, at, header, look.head)
        for line, (row, _problems) in enumerate(table.rows, start=1):
            notes = _notes(wrong.get(row.number, []), row.number, register, mapping)
            for at, header in enumerate(table.headers):
                _put(sheet, line, at, row.cells[header], look, notes.get(header))
    return target.getvalue()


class _Look:
    """The formats of a marked copy."""

    def __init__(self, book: Any) -> None:
        red = {"bg_color": "#F8CBAD"}
        self.head = book.add_format({"bold": True})
        self.text, self.red_text = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", **red})
        form = {"num_format": "yyyy-mm-dd"}
        self.day, self.red_day = book.add_format(form), book.add_format({**form, **red})
        self.red = book.add_format(red)


def _notes(
    problems: list[dict[str, Any]], number: int, register: Register, mapping: Mapping[str, str]
) -> dict[str, str]:
    """What is wrong by header; what belongs to a column the file does not have stands at the first one."""
    found: dict[str, str] = {}
    for problem in problems:
        header = mapping.get(problem["key"]) or next(iter(mapping.values()))
        text = str(said(problem, number, register, mapping).text)
        found[header] = f"{found[header]}\n{text}" if header in found else text
    return found


def _put(sheet: Any, row: int, at: int, value: Any, look: _Look, note: str | None) -> None:
    if isinstance(value, datetime):
        value = value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        sheet.write_datetime(row, at, value, look.red_day if note else look.day)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        text = "" if value is None else str(value)[:CELL_CHARACTERS]
        if text or note:
            sheet.write_string(row, at, text, look.red_text if note else look.text)
    else:
        sheet.write_number(row, at, value, look.red if note else None)
    if note:
        sheet.write_comment(row, at, note, {"x_scale": 2})


def problem_texts(rows: Iterable[Any], register: Register, mapping: Mapping[str, str]) -> Iterator[tuple[int, Text]]:
    """(row, sentence) of what is wrong, for a page or a terminal."""
    for row in rows:
        for problem in row.problems:
            yield row.number, said(problem, row.number, register, mapping).text
