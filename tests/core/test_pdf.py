"""Sheets as PDF: lines keep to their column, long rows go on overleaf, what a font cannot write is a box."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from gridcase.core.paper import Fields, Paper, Seal, Signs, Table, Words
from gridcase.core.pdf import write_pdf
from gridcase.core.pdf_pages import broken
from tests.factories.mediations import text_of

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def wide(text: str) -> float:
    """A Chinese character is two wide, all else one."""
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("一二三四五六", ["一二三四五", "六"]),
        ("一二三四五，六", ["一二三四", "五，六"]),
        ("abc defg hijk", ["abc defg", "hijk"]),
        ("x" * 23, ["x" * 10, "x" * 10, "xxx"]),
        ("一\n\n二", ["一", "", "二"]),
        ("，，，，，，，", ["，，，，", "，，，"]),
    ],
)
def test_lines_break_as_chinese_does(text: str, lines: list[str]) -> None:
    assert broken(text, 10, wide) == lines


def test_no_line_is_wider_than_its_column_and_nothing_is_lost() -> None:
    text = "甲方（张三）应当于2026年12月10日以前，把“老墙”拆除；工钱abc-123各出一半。" * 40 + "y" * 500
    lines = broken(text, 31, wide)
    assert max(wide(line) for line in lines) <= 31
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def paper(*blocks: object, across: bool = False) -> Paper:
    """A sheet of these parts."""
    return Paper("青溪镇", "交办单", "GC1", "2026年11月23日", blocks, wide=across, number_label="编号：")  # type: ignore[arg-type]


def pages(pdf: bytes) -> int:
    """How many pages a file has."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_a_row_longer_than_a_page_goes_on_overleaf() -> None:
    pdf = write_pdf(paper(Fields([[("反映内容", "路" * 4000)]])), now=NOW)
    words = text_of(pdf)
    assert (pages(pdf), words.count("路")) == (4, 4000)
    assert [f"— {number} —" in words for number in (1, 2, 3, 4)] == [True] * 4


def test_the_head_of_a_table_stands_on_every_page() -> None:
    rows = [[f"GC{number:04d}", "事" * (number % 60), "已办结"] for number in range(120)]
    pdf = write_pdf(paper(Table(["编号", "事项", "状态"], rows, (2, 5, 1)), across=True), now=NOW)
    words = text_of(pdf)
    assert (words.count("事项"), words.count("GC0119")) == (pages(pdf), 1)
    assert b"/MediaBox [0 0 841.89 595.28]" in pdf


def test_what_no_font_has_is_a_box_and_the_rest_is_there() -> None:
    seal = Seal("青溪镇", "（盖章）", "2026年11月23日")
    words = text_of(write_pdf(paper(Words("好👍的😀", "一、约定"), Signs(["甲方", "乙方", "调解员"]), seal), now=NOW))
    for said in ("好□的□", "一、约定", "调解员：", "（盖章）", "编号：GC1"):
        assert said in words


def test_rare_characters_of_names_are_written() -> None:
    """The list of general characters (2013) holds rare ones of names and places; a paper must show them."""
    assert "□" not in text_of(write_pdf(paper(Words("㛃㬎䶮䢺峣烔玚甪")), now=NOW))
