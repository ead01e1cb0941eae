"""Files that would cost time, memory or secrets, or that are simply broken: each is refused with a plain sentence."""

from __future__ import annotations

import io
import random
import re
import time
import tracemalloc
import zipfile
from typing import Any

import pytest

from gridcase.core.errors import Refused
from gridcase.core.sheets import Limits, read_table
from tests.factories.workbooks import SHEET, book, dirty, entries, rewritten, shared_strings


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
    started = time.process_time()
    try:
        with pytest.raises(Refused, match=re.escape(sentence)):
            read_table(data)
        seconds = time.process_time() - started
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
