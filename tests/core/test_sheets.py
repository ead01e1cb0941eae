"""Reading and writing tables: the dirt of real offices, the tricks of hostile files, and speed."""

from __future__ import annotations

import csv
import io
import random
import re
import time
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.core.errors import Refused
from gridcase.core.sheets import (
    Limits,
    TableRefused,
    match_headers,
    parse_number_id,
    parse_when,
    problem_at,
    read_table,
    refuse_if,
    tidy,
)
from gridcase.core.sheets_out import write_csv, write_xlsx
from gridcase.core.words import N_

CHINA = ZoneInfo("Asia/Shanghai")
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


SHEET = "xl/worksheets/sheet1.xml"


def shared_strings(rows: list[list[Any]]) -> bytes:
    """A workbook as Excel itself writes it, with the texts in a table of their own."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("数据")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


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


# -- what is refused ---------------------------------------------------------------------------------------


def entries(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name, content in parts.items():
            copy.writestr(name, content)
    return target.getvalue()


def lying_about_its_size() -> bytes:
    """The directory says the sheet is 500 bytes long; unpacked it is 60 MB."""
    data = bytearray(rewritten(book(dirty()), SHEET, "</sheetData>", "</sheetData>" + " " * 60_000_000))
    at = data.index(SHEET.encode(), data.index(b"PK\x01\x02")) - 46
    data[at + 24 : at + 28] = (500).to_bytes(4, "little")
    return bytes(data)


def repeated_shared_string() -> bytes:
    """One text of 30,000 characters that 12,000 cells point at: 1 GB once read."""
    data = shared_strings([["甲", "乙"], ["字" * 30_000, "x"]])
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>2</v></c></row>' for n in range(3, 15_000))
    return rewritten(data, SHEET, "</sheetData>", cells + "</sheetData>")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><worksheet'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><worksheet'


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        pytest.param(lambda: entries(**{SHEET: b"0" * 90_000_000}), "展开后太大", id="bomb"),
        pytest.param(lambda: entries(**{SHEET: b"0" * 30_000_000}), "展开后太大", id="ratio"),
        pytest.param(lambda: entries(**{f"f{n}": b"" for n in range(1_500)}), "展开后太大", id="many parts"),
        pytest.param(lying_about_its_size, "可能已损坏", id="lying size"),
        pytest.param(
            lambda: rewritten(shared_strings([["甲", "乙"]]), SHEET, "<v>1</v>", "<v>9</v>"),
            "可能已损坏",
            id="a text that is not there",
        ),
        pytest.param(repeated_shared_string, "展开后太大", id="one text a thousandfold"),
        pytest.param(lambda: rewritten(book(dirty()), SHEET, "<worksheet", ENTITIES), "可能已损坏", id="entities"),
        pytest.param(lambda: rewritten(book(dirty()), SHEET, "<worksheet", EXTERNAL), "可能已损坏", id="external"),
        pytest.param(lambda: book(dirty(), A1048576="远"), "超过 20000 行", id="a cell far below"),
        pytest.param(lambda: book(dirty(), XFD2="远"), "超过 200 列", id="a cell far right"),
        pytest.param(lambda: book(dirty())[:3_000], "可能已损坏", id="cut off"),
        pytest.param(lambda: entries(**{"word/document.xml": b"<x/>"}), "可能已损坏", id="a Word file"),
        pytest.param(lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 .xls 或加了密码", id="xls or locked"),
        pytest.param(lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "认不出这个文件", id="a picture"),
        pytest.param(lambda: b"", "文件是空的", id="nothing"),
        pytest.param(lambda: b"\n \n", "表格是空的", id="blank csv"),
        pytest.param(lambda: book([]), "第一张工作表「Sheet」是空的", id="blank sheet"),
        pytest.param(lambda: book([["编号", "主题", "编号"]]), "「编号」出现了两次（A 列和 C 列）", id="twice"),
        pytest.param(lambda: b"a,b\n" + b"1,2\n" * 21_000, "超过 20000 行", id="long csv"),
        pytest.param(lambda: b"a," * 300, "超过 200 列", id="wide csv"),
        pytest.param(lambda: b"x" * (21 * 2**20), "文件超过 20 MB", id="large file"),
    ],
)
def test_bad_files_are_refused_at_once_with_a_plain_sentence(build: Any, sentence: str) -> None:
    data = build()
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(Refused, match=re.escape(sentence)):
            read_table(data)
        seconds = time.perf_counter() - started
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < 3  # under a second without the tracing of memory
    assert peak < 50 * 2**20


def test_a_text_longer_than_a_cell_is_named() -> None:
    sheet = read_table(("编号,内容\n1," + "字" * 40_000).encode())
    assert str(sheet.problems[0].text) == "第 2 行「内容」列超过 32767 个字，请缩短。"


def test_the_limits_can_be_set() -> None:
    with pytest.raises(Refused, match="超过 3 行"):
        read_table(book(dirty()), limits=Limits(rows=3))


def test_damaged_workbooks_never_raise_anything_but_a_refusal() -> None:
    rng = random.Random(16)
    good = book(dirty(), D3="=NOW()")
    with zipfile.ZipFile(io.BytesIO(good)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    refused = 0
    for _ in range(150):
        damaged = dict(parts)
        name = rng.choice([name for name in parts if not name.startswith("docProps")])
        content = bytearray(damaged[name])
        for _ in range(rng.randint(1, 6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        damaged[name] = bytes(content)
        raw = bytearray(entries(**damaged))
        if rng.random() < 0.3:
            raw[rng.randrange(4, len(raw))] ^= 0xFF
        try:
            read_table(bytes(raw))
        except Refused:
            refused += 1
    assert refused > 50


# -- writing -----------------------------------------------------------------------------------------------

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


def test_a_text_that_excel_cannot_hold_is_refused_rather_than_lost() -> None:
    with pytest.raises(Refused, match="第 2 行「内容」列超过 32767 个字"):
        write_xlsx(["内容"], [["字" * 32_768]])


# -- speed -------------------------------------------------------------------------------------------------


def test_1500_messages_read_in_half_a_second() -> None:
    rows = [[500_000 + n, f"U{n}", f"主题{n % 400}", "2019/2/28 11:25:05", "内容" * 200] for n in range(1_500)]
    data = write_xlsx(HEADERS, rows)
    best = min(_seconds(data) for _ in range(3))
    assert best < 0.5


def _seconds(data: bytes) -> float:
    started = time.perf_counter()
    assert len(read_table(data).rows) == 1_500
    return time.perf_counter() - started
