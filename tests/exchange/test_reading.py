"""Reading a list: what counts as which column, and every problem named at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gridcase.core.errors import Refused
from gridcase.exchange.service import CaseTable, read_cases
from tests.exchange.lists import HEADERS, rows, xlsx

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def read(data: bytes) -> CaseTable:
    return read_cases(data, now=NOW)


def problems(table: CaseTable) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in table.problems]


def test_a_dirty_list_is_read_whole() -> None:
    table = read(xlsx(rows(300)))
    assert table.problems == []
    assert (table.total, len(table.lines)) == (300, 300)
    line = table.lines[3]
    assert (line.number, line.reporter, line.title) == ("188015", "A000003", "村口垃圾没人清")
    assert line.text == "您好！ 这是第3件，村口垃圾没人清，请尽快处理。"
    assert line.registered_at == datetime(2019, 1, 3, 16, 5, 10, tzinfo=UTC)  # 4 January 00:05:10 in the town
    assert table.lines[7].registered_at == datetime(2019, 1, 4, 12, 5, 14, tzinfo=UTC)  # a real date cell
    assert len(table.lines[9].text) > 5000


@pytest.mark.parametrize(
    "headers",
    [
        ["工单号", "反映人", "标题", "登记时间", "内容", "反对数", "点赞数"],
        [" 编 号 ", "姓名", "主题（必填）", "时间", "诉求内容", "反对数", "点赞数"],
        ["事件编号", "来电人", "事件标题", "上报时间", "事件描述", "反对数", "点赞数"],
    ],
)
def test_other_systems_call_the_columns_otherwise(headers: list[str]) -> None:
    table = read(xlsx(rows(5), headers=headers))
    assert table.problems == []
    assert [line.number for line in table.lines] == ["188006", "188009", "188012", "188015", "188018"]


def test_all_problems_are_named_at_once() -> None:
    def spoil(sheet: Any) -> None:
        sheet["D5"] = "2019/13/45 11:25:05"
        sheet["A6"] = sheet["A5"].value
        sheet["C7"] = sheet["E7"] = None
        sheet["D8"] = None
        sheet["D9"] = "2027/1/1 8:00:00"
        sheet["E10"] = "=A1&B1"
        sheet["B11"] = "很长的名字" * 20
        sheet["A12"] = None

    table = read(xlsx(rows(15), change=spoil))
    assert problems(table) == [
        (5, "留言时间"),
        (6, "留言编号"),
        (7, "留言详情"),
        (8, "留言时间"),
        (9, "留言时间"),
        (10, "留言详情"),
        (11, "留言用户"),
        (12, "留言编号"),
    ]
    said = [str(problem.text) for problem in table.problems]
    assert "第 5 行「留言时间」列" in said[0]
    assert "第 5 行的编号重复" in said[1]
    assert "公式" in said[5]


def test_a_missing_column_is_named_with_its_other_names() -> None:
    table = read(xlsx([row[:3] + row[4:] for row in rows(4)], headers=HEADERS[:3] + HEADERS[4:]))
    assert problems(table) == [(1, "留言时间")]
    assert "登记时间" in str(table.problems[0].text)
    assert table.lines == []


def test_a_formula_in_a_column_nobody_reads_does_no_harm() -> None:
    def spoil(sheet: Any) -> None:
        sheet["G4"] = "=SUM(F2:F3)"

    assert read(xlsx(rows(5), change=spoil)).problems == []


def test_one_of_title_and_text_stands_for_the_other_and_nothing_is_cut() -> None:
    def spoil(sheet: Any) -> None:
        sheet["C2"] = None
        sheet["E3"] = None
        sheet["C4"] = "长" * 150

    lines = read(xlsx(rows(3), change=spoil)).lines
    assert lines[0].title.startswith("您好！")
    assert lines[1].text == lines[1].title
    assert len(lines[2].title) == 120
    assert lines[2].text.startswith("长" * 150 + "\n您好")


def test_answers_come_with_their_day() -> None:
    headers = [*HEADERS[:5], "答复意见", "答复时间"]
    table = [[*row[:5], "已修好", "2019/12/1 9:00"] for row in rows(4)]
    table[1][6] = None
    table[2][6] = "2018/1/1 9:00"
    read_table = read(xlsx(table, headers=headers))
    assert problems(read_table) == [(3, "答复时间"), (4, "答复时间")]
    assert read_table.lines[0].answer == "已修好"
    assert read_table.lines[0].answered_at == datetime(2019, 12, 1, 1, 0, tzinfo=UTC)


def test_what_is_no_table_is_refused_in_words() -> None:
    with pytest.raises(Refused, match="空的"):
        read(b"")
    with pytest.raises(Refused):
        read(b"PK\x03\x04 this is no zip")


def test_progress_ends_at_the_whole() -> None:
    seen: list[tuple[int, int]] = []
    read_cases(xlsx(rows(450)), now=NOW, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(200, 450), (400, 450), (450, 450)]
