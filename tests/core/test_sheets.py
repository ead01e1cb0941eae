"""Reading tables: the dirt of real offices, the dates people type, and speed."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.core.errors import Refused
from gridcase.core.sheets import (
    TableRefused,
    match_headers,
    parse_number_id,
    parse_when,
    problem_at,
    read_table,
    refuse_if,
    tidy,
)
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.words import N_
from tests.factories.workbooks import HEADERS, book, dirty, shared_strings

CHINA = ZoneInfo("Asia/Shanghai")


# -- what offices send -------------------------------------------------------------------------------------


def test_a_dirty_workbook_reads_clean() -> None:
    sheet = read_table(book(dirty()))
    assert sheet.headers == HEADERS
    assert [row.number for row in sheet.rows] == [2, 3, 5, 6]
    assert sheet.problems == []
    assert sheet.rows[0].cells["留言详情"] == "晒谷坪的灯坏了。\n请修。"
    assert sheet.rows[1].cells["留言详情"] == "同上，还是不亮"
    assert sheet.rows[2].cells["留言主题"] == "水渠漏水"
    assert sheet.rows[2].cells["留言详情"] == "支渠塌了一截"
    assert [parse_number_id(row.cells["留言编号"]) for row in sheet.rows] == [
        "500101",
        "500102",
        "500103",
        "500104",
    ]
    moments = [parse_when(row.cells["留言时间"], CHINA).astimezone(CHINA) for row in sheet.rows]
    assert [f"{moment:%m-%d %H:%M:%S}" for moment in moments] == [
        "02-28 11:25:05",
        "03-01 08:00:00",
        "03-02 00:00:00",
        "03-04 09:05:00",
    ]


def test_it_reads_from_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "留言.xlsx"
    path.write_bytes(book(dirty()))
    assert len(read_table(path).rows) == len(read_table(str(path)).rows) == 4


def test_a_formula_and_an_error_value_are_named_by_row_and_header() -> None:
    sheet = read_table(book(dirty(), D3="=NOW()", C6="#N/A"))
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(3, "留言时间"), (6, "留言主题")]
    assert str(sheet.problems[0].text).startswith("第 3 行「留言时间」列是公式，")
    assert "错误值" in str(sheet.problems[1].text)


def test_a_formula_is_found_in_a_table_that_starts_lower_and_further_right() -> None:
    sheet = read_table(book([], C4="编号", D4="时间", C5=1, D5="=1+1"))
    assert sheet.rows[0].number == 5
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(5, "时间")]


def test_a_workbook_as_excel_writes_it() -> None:
    data = shared_strings([["编号", "主题", "重复"], [1, "路灯不亮", "路灯不亮"], [2, "=A2+1", "水渠"]])
    sheet = read_table(data)
    assert sheet.rows[0].cells == {"编号": 1, "主题": "路灯不亮", "重复": "路灯不亮"}
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(3, "主题")]


def test_problems_are_refused_together_in_the_order_of_rows() -> None:
    problems = [
        *read_table(book(dirty(), D6="=NOW()")).problems,
        problem_at(3, "留言时间", N_("文件是空的。")),
    ]
    with pytest.raises(TableRefused) as refusal:
        refuse_if(problems)
    lines = str(refusal.value).splitlines()
    assert lines[0] == "表格里有 2 处要改，没有导入任何内容。"
    assert lines[1] == "第 3 行「留言时间」列：文件是空的。"
    assert lines[2].startswith("第 6 行「留言时间」列是公式")
    refuse_if([])


def test_titles_and_merged_headers_are_tolerated() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (
        ["诉求登记表", None, None, None],
        ["填报单位：", "示例村", None, None],
        ["编号", "反映人", None, "诉求内容"],
        [None, "姓名", "电话", None],
        [1, "甲", "13800000000", "路灯不亮"],
    ):
        sheet.append(row)
    for area in ("A1:D1", "B3:C3", "A3:A4", "D3:D4"):
        sheet.merge_cells(area)
    target = io.BytesIO()
    workbook.save(target)
    read = read_table(target.getvalue())
    assert read.headers == ["编号", "姓名", "电话", "诉求内容"]
    assert [row.number for row in read.rows] == [5]
    assert read.rows[0].cells["电话"] == "13800000000"


def test_a_column_without_a_header_is_called_by_its_letter() -> None:
    assert read_table(book([["甲", None, "丙", None], [1, 2, 3, None]])).headers == ["甲", "B 列", "丙"]


def test_the_first_visible_sheet_is_read() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "字典"
    workbook.active.sheet_state = "hidden"
    workbook.active.append(["不要", "读我"])
    second = workbook.create_sheet("数据")
    second.append(["编号", "主题"])
    second.append([7, "水渠"])
    target = io.BytesIO()
    workbook.save(target)
    assert read_table(target.getvalue()).rows[0].cells == {"编号": 7, "主题": "水渠"}


# -- values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019/2/28 11:25:05", "2019-02-28 11:25:05"),
        ("2019-02-28", "2019-02-28 00:00:00"),
        ("2019年2月28日 11:25", "2019-02-28 11:25:00"),
        ("2019年2月28日下午3点20分", "2019-02-28 15:20:00"),
        ("２０１９／２／２８　８：０５", "2019-02-28 08:05:00"),
        ("20190228", "2019-02-28 00:00:00"),
        (20190228.0, "2019-02-28 00:00:00"),
        (43524, "2019-02-28 00:00:00"),
        (43524.47575231, "2019-02-28 11:25:05"),
        (datetime.fromisoformat("2019-02-28 11:25:05"), "2019-02-28 11:25:05"),
        (date(2019, 2, 28), "2019-02-28 00:00:00"),
        ("2019-02-28T03:25:05Z", "2019-02-28 11:25:05"),
        (datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC), "2019-02-28 11:25:05"),
    ],
)
def test_dates_as_people_write_them(value: Any, expected: str) -> None:
    moment = parse_when(value, CHINA)
    assert moment.tzinfo is UTC
    assert f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" == expected


@pytest.mark.parametrize("value", ["2019-02-30", "2019/13/1", "2019/2/28 25:00", "20190230", "2019年2月28日 9:61"])
def test_a_date_that_does_not_exist_is_refused(value: str) -> None:
    with pytest.raises(Refused, match=f"没有「{re.escape(value)}」这个时间"):
        parse_when(value, CHINA)


@pytest.mark.parametrize("value", ["昨天", "", None, True, 12, "28/02/2019", "19-2-28", float("nan")])
def test_what_is_no_date_is_refused(value: Any) -> None:
    with pytest.raises(Refused, match="看不懂时间"):
        parse_when(value, CHINA)


def test_a_number_used_as_a_name_keeps_its_digits() -> None:
    assert parse_number_id(188006.0) == "188006"
    assert parse_number_id(" １８８００６.0") == "188006"
    assert parse_number_id("A0012") == "A0012"
    assert parse_number_id("007") == "007"
    assert parse_number_id(None) == ""
    with pytest.raises(Refused, match="末尾几位"):
        parse_number_id(610921199001011234.0)


def test_header_variants_are_recognised() -> None:
    aliases = {
        "number": ["编号", "留言编号"],
        "title": ["主题", "留言主题", "标题"],
        "phone": ["手机", "联系电话"],
        "id": ["ID"],
    }
    found = match_headers(["留言 编号*", "标题", "主　题（必填）", "联系电话：", "ｉｄ", "别的"], aliases)
    assert found == {"number": "留言 编号*", "title": "主　题（必填）", "phone": "联系电话：", "id": "ｉｄ"}
    assert match_headers(["x"], aliases) == {}


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "\0" not in once


# -- CSV ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_the_encodings_of_chinese_offices(encoding: str, separator: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["编号", "内容"], ["007", "第一行\n第二行"], [], ["8", '带，逗号、"引号"的内容']])
    sheet = read_table(text.getvalue().encode(encoding))
    assert sheet.headers == ["编号", "内容"]
    assert [(row.number, row.cells["编号"]) for row in sheet.rows] == [(2, "007"), (4, "8")]
    assert sheet.rows[0].cells["内容"] == "第一行\n第二行"


def test_a_csv_with_an_open_quote_names_the_row() -> None:
    with pytest.raises(Refused, match="第 3 行读不通"):
        read_table('编号,内容\n1,好\n2,"没有结束\n3,好\n'.encode())


def test_a_longer_row_of_a_csv_is_kept() -> None:
    sheet = read_table("编号,内容\n1,水,多一格\n2\n".encode())
    assert sheet.rows[0].cells == {"编号": "1", "内容": "水", "C 列": "多一格"}
    assert sheet.rows[1].cells == {"编号": "2", "内容": None, "C 列": None}


# -- speed -------------------------------------------------------------------------------------------------


def test_1500_messages_read_in_half_a_second() -> None:
    rows = [[500_000 + n, f"U{n}", f"主题{n % 400}", "2019/2/28 11:25:05", "内容" * 200] for n in range(1_500)]
    data = write_xlsx(HEADERS, rows)
    best = min(_seconds(data) for _ in range(3))
    assert best < 0.5


def _seconds(data: bytes) -> float:
    started = time.process_time()
    assert len(read_table(data).rows) == 1_500
    return time.process_time() - started
