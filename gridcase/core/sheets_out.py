"""Tables out: .xlsx and CSV that Excel and WPS open as they are, where no text can ever run as a formula.

Cells may be texts, numbers, dates, times, True/False (是/否) and None. Moments that carry a time zone are
written as clock time in `zone`. `core.sheets.read_table` reads both kinds back to the same texts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

import xlsxwriter

from gridcase.core.errors import Refused
from gridcase.core.words import N_

CELL_CHARACTERS = 32_767
_A4, _UPRIGHT, _HEADING = 9, 6, 100  # Excel's number of the paper; columns on an upright page; characters of a heading
_EXACT = 10**15  # Excel keeps 15 digits of a number; longer ones are names, not quantities
# What a spreadsheet may take for the start of a formula (ASVS 1.2.10), also after quotes of our own.
FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"'*[{re.escape(FORMULA_SIGNS)}]")


def write_xlsx(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "Sheet1",
    heading: str = "",
    zone: tzinfo | None = None,
) -> bytes:
    """An .xlsx of one sheet called `title`, as far as Excel can call it so. Texts are text cells, never formulas, links
    or numbers. `heading` stands above every printed page, whose columns fit its width and keep their names.

    `Refused` when a text is longer than Excel can hold: better no file than one that lost something.
    """
    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_tab(title))
        _set_paper(sheet, len(headers), heading)
        text = book.add_format({"num_format": "@", "text_wrap": False})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            sheet.set_column(column, column, min(40, max(12, 2 * len(header) + 2)))
            sheet.write_string(0, column, header, bold)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                value = _plain(cell, zone)
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    if len(value) > CELL_CHARACTERS:
                        raise _too_long(number + 1, headers[column])
                    sheet.write_string(number, column, value, text)
                elif value is not None:
                    sheet.write_number(number, column, value)
    return target.getvalue()


def _set_paper(sheet: Any, columns: int, heading: str) -> None:
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")
    if columns > _UPRIGHT:
        sheet.set_landscape()
    if heading:
        sheet.set_header("&C" + heading[:_HEADING].replace("&", "&&"))


def _tab(title: str) -> str:
    """What a sheet can be called: Excel takes 31 characters and none of these."""
    return "".join(" " if one in "[]:*?/\\'" else one for one in title)[:31].strip() or "1"


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, zone: tzinfo | None = None) -> bytes:
    """A CSV in UTF-8 with a byte order mark, so that Excel shows Chinese; risky texts start with a quote."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([guarded(header) for header in headers])
    for cells in rows:
        writer.writerow([_csv_cell(_plain(cell, zone)) for cell in cells])
    return target.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """The text with a `'` before it if a spreadsheet might take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _csv_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return guarded(value) if isinstance(value, str) else value


def _plain(value: Any, zone: tzinfo | None) -> Any:
    """The value as a text, number, date, naive clock time, or None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = value.astimezone(zone) if value.tzinfo and zone else value
        return local.replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value
    if isinstance(value, int | float | Decimal) and abs(float(value)) < _EXACT:
        return value
    return str(value)


def _too_long(row: int, column: str) -> Refused:
    return Refused(
        N_(
            "第 %(row)s 行「%(column)s」列超过 %(limit)s 个字，Excel 放不下，请改为导出 CSV。",
            row=row,
            column=column,
            limit=CELL_CHARACTERS,
        )
    )
