"""Invented lists with the dirt of real ones: mixed kinds of dates, tabs, full-width blanks, repeated subjects."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from openpyxl import Workbook

HEADERS = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"]
SUBJECTS = ("路灯不亮", "反映三组水管漏水", "咨询医保缴费", "　村口垃圾没人清　", "A1区噪音扰民", "桥栏杆坏了")
FIRST = datetime(2019, 1, 3, 9, 5, 7)  # noqa: DTZ001 - Excel knows no zones
Row = list[Any]


def rows(count: int, *, first_number: int = 188_006) -> list[Row]:
    """Rows as an export of a mailbox has them; the number in the text makes each findable again."""
    return [_row(n, first_number + 3 * n) for n in range(count)]


def _row(n: int, number: int) -> Row:
    at = FIRST + timedelta(hours=5 * n, seconds=n % 60)
    when: Any = f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}:{at.second:02d}"
    if n % 40 == 7:
        when = at  # some cells are real dates
    if n % 40 == 23:
        when = at.replace(hour=0, minute=0, second=0)
    dirt = "\n\t\t\t\t\t\n\t\t\t\t\t"
    text = f"{dirt}您好！　　这是第{n}件，{SUBJECTS[n % 6].strip()}，请尽快处理。{dirt}"
    if n % 50 == 9:
        text += "情况很久了。" * 900
    return [number, f"A{n:06d}", SUBJECTS[n % 6] if n % 9 else f"{SUBJECTS[n % 6]}（{n}）", when, text, n % 3, n % 7]


def xlsx(
    table: Sequence[Row], *, headers: Sequence[str] = HEADERS, change: Callable[[Any], None] | None = None
) -> bytes:
    """The list as a file; `change` gets the sheet before it is saved."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(headers))
    for row in table:
        sheet.append(row)
    if change is not None:
        change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
