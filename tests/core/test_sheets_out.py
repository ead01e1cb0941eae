"""Tables out: no text becomes a formula, and what is written reads back the same."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.core.errors import Refused
from gridcase.core.sheets import read_table, tidy
from gridcase.core.sheets_out import write_csv, write_xlsx

CHINA = ZoneInfo("Asia/Shanghai")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "'=1", "''-2"]


def test_no_text_becomes_a_formula_in_an_export() -> None:
    rows = [[text, "http://示例.cn"] for text in FORMULAS]
    workbook = openpyxl.load_workbook(io.BytesIO(write_xlsx(["内容", "链接"], rows)))
    cells = [cell for row in workbook.active.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert not any(cell.hyperlink for cell in cells)
    text = write_csv(["=内容", "链接"], rows)
    assert text.startswith(b"\xef\xbb\xbf'=")
    for row in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")):
        assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", row[0])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(FORMULAS) | st.text(max_size=20).map(tidy), min_size=2, max_size=2),
        min_size=1,
        max_size=5,
    )
)
def test_an_export_reads_back_to_the_same_texts(rows: list[list[str]]) -> None:
    expected = [[tidy(cell) or None for cell in row] for row in rows if any(tidy(cell) for cell in row)]
    for data in (write_xlsx(["甲", "乙"], rows), write_csv(["甲", "乙"], rows)):
        assert [list(row.cells.values()) for row in read_table(data).rows] == expected


def test_numbers_dates_and_long_numbers_are_written_as_meant() -> None:
    moment = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    rows = [[5, 1.5, date(2026, 11, 21), moment, 10**17, True, None]]
    headers = list("甲乙丙丁戊己庚")
    cells = read_table(write_xlsx(headers, rows, zone=CHINA)).rows[0].cells
    assert cells["丙"] == date(2026, 11, 21)
    assert cells["丁"] == datetime.fromisoformat("2026-11-21 09:30")
    assert (cells["甲"], cells["乙"], cells["戊"], cells["己"]) == (5, 1.5, "1" + "0" * 17, "是")
    assert write_csv(headers, rows, zone=CHINA).decode("utf-8-sig").splitlines()[1] == (
        "5,1.5,2026-11-21,2026-11-21 09:30:00,100000000000000000,是,"
    )


def test_a_sheet_is_called_by_its_title_and_prints_it_above_every_page() -> None:
    content = write_xlsx(["名称"], [["路灯"]], title="办结率 [本月]/全镇", heading="青溪镇 办结率 & 满意率")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.title == "办结率  本月  全镇"
    assert sheet.oddHeader.center.text == "青溪镇 办结率 && 满意率"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet["A1"].value == "名称", "a heading is no row: the list can be read back in"


def test_a_text_that_excel_cannot_hold_is_refused_rather_than_lost() -> None:
    with pytest.raises(Refused, match="第 2 行「内容」列超过 32767 个字"):
        write_xlsx(["内容"], [["字" * 32_768]])
