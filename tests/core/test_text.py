"""Text as it comes: what a clerk copies from Word, Excel and chat must read, store and be found well."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from gridcase.core.text import _HIDDEN, bigrams, clean, clean_line, excerpt, initials


@pytest.mark.parametrize(
    ("dirty", "good"),
    [
        (
            "\t\t　　尊敬的领导：\r\n\r\n\r\n\r\n　　我村路灯不亮，\xa0请修。\t ",
            "尊敬的领导：\n\n我村路灯不亮， 请修。",
        ),
        ("电话：１３８００００１２３４（晚上）", "电话：13800001234（晚上）"),
        ("Ａ区３＃楼", "A区3#楼"),
        ("，。：；！？（）“”、《》…", "，。：；！？（）“”、《》…"),  # Chinese punctuation stays
        ("停\u200b水\ufeff了\x00\x07", "停水了"),
        ("⽔管⻓期漏⽔", "水管长期漏水"),  # radicals out of a PDF
        ("一\u2028二\x0b三\r四", "一\n二\n三\n四"),
        ("坏字\ud800符", "坏字符"),
        ("  \n\t\n ", ""),
        ("㎡ ① ²", "㎡ ① ²"),
    ],
)
def test_clean_takes_the_dirt_and_leaves_the_words(dirty: str, good: str) -> None:
    assert clean(dirty) == good
    assert clean(good) == good
    good.encode()


def test_a_line_stays_one_line() -> None:
    assert clean_line(" 关于\n路灯\t问题 ") == "关于 路灯 问题"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮"]),
        ("3组 路灯GC-0007坏", ["3", "组", "路灯", "gc", "0007", "坏"]),
        ("ＡＢ１２，水", ["ab12", "水"]),
        ("二〇二六", ["二〇", "〇二", "二六"]),
        ("𠮷田", ["𠮷田"]),
        ("路灯，路灯", ["路灯", "路灯"]),
        ("，。！ ", []),
    ],
)
def test_search_tokens(text: str, tokens: list[str]) -> None:
    assert bigrams(text) == tokens


def test_the_tokens_of_a_query_stand_together_in_the_text() -> None:
    text, query = bigrams("注湖港村三组的路灯不亮"), bigrams("路灯不亮")
    place = text.index(query[0])
    assert text[place : place + len(query)] == query


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张小明", "zxm"),
        ("单小燕", "sxy"),
        ("仇和", "qh"),
        ("解晓东", "xxd"),
        ("曾春", "zc"),
        ("查良镛", "zly"),
        ("区小红", "oxh"),
        ("朴正", "pz"),
        ("翟天", "zt"),
        ("覃大海", "qdh"),
        ("单于明", "cym"),
        ("尉迟恭", "ycg"),
        ("万俟雪", "mqx"),
        ("欧阳行", "oyx"),
        ("买买提·艾力", "mmtal"),
        ("Li Ming", "lm"),
        ("", ""),
        ("𠮷", ""),
    ],
)
def test_initials_as_the_name_is_read(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_an_excerpt_is_cut_where_it_says_so() -> None:
    text = "春天的时候，" * 20 + "路灯坏了" + "，夏天也一样" * 20
    assert excerpt("短\n句") == "短 句"
    assert excerpt(text, length=12) == "春天的时候，春天的时候…"[:11] + "…"
    found = excerpt(text, length=24, around="路灯")
    assert "路灯坏了" in found
    assert found.startswith("…")
    assert found.endswith("…")
    assert len(found) <= 24
    assert excerpt(text, length=24, around="没有这词") == excerpt(text, length=24)
    assert excerpt(text + "，完了", length=24, around="完了").endswith("一样，完了")


def test_every_hidden_character_of_unicode_goes() -> None:
    """What Python's own tables call control, format or surrogate, and nothing that is a letter or a sign."""
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\n\t"
        assert not hidden or not _HIDDEN.sub("", char), hex(code)
        assert hidden or _HIDDEN.sub("", char) or unicodedata.category(char) == "Cn", hex(code)
