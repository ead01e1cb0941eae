"""Workbooks as offices, Excel and ill-meaning people make them; everything in them is invented."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"
HEADERS = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]


def book(rows: list[list[Any]], **changes: Any) -> bytes:
    """An .xlsx as an office might send it; `changes` sets single cells, e.g. D3="=NOW()"."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for place, value in changes.items():
        sheet[place] = value
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def dirty() -> list[list[Any]]:
    """Invented rows with the dirt of real exports."""
    return [
        [" 留言编号", "留言用户", "留言主题\n", "留言时间", "留言详情"],
        [
            500101,
            "U001",
            "路灯不亮",
            "2019/2/28 11:25:05",
            "\n\t\t\t\n\t\t晒谷坪的灯坏了。\n\n\t请修。\n\t\t",
        ],
        [500102, "U002", "路灯不亮", datetime.fromisoformat("2019-03-01 08:00"), "　　同上，还是不亮　"],
        [None, None, None, None, None],
        [500103, "U003", "　水渠漏水", date(2019, 3, 2), "支渠塌了一截\u200b"],
        [500104.0, "U004", "井盖破损", "2019年3月4日 9:05", "村口"],
    ]


def rewritten(data: bytes, path: str, old: str, new: str) -> bytes:
    """The same workbook with a piece of one part exchanged."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == path:
                text = content.decode()
                assert old in text
                content = text.replace(old, new, 1).encode()
            copy.writestr(entry.filename, content)
    return target.getvalue()


def shared_strings(rows: list[list[Any]]) -> bytes:
    """A workbook as Excel itself writes it, with the texts in a table of their own."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("数据")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def entries(**parts: bytes) -> bytes:
    """A zip of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name, content in parts.items():
            copy.writestr(name, content)
    return target.getvalue()
