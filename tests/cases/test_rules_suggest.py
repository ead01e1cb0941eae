"""The class a text sounds like: pure."""

from __future__ import annotations

import io

import numpy as np
import pytest

from gridcase.cases.rules.suggest import Example, Model, learn, parts_of

CATALOGUE = {
    "0401": "垃圾清运，垃圾没有及时清走，有臭味",
    "0503": "道路维修，路面塌陷、坑洼、桥面破损",
    "0504": "路灯、广播、通信，路灯不亮、广播不响",
    "0102": "邻里纠纷，滴水、通行、噪声、树木、界边等邻里矛盾",
}


@pytest.mark.parametrize(
    ("title", "code", "word"),
    [
        ("村口路灯又不亮了", "0504", "路灯"),
        ("门前路面塌了一个坑", "0503", "路面"),
        ("垃圾堆了三天有臭味", "0401", "垃圾"),
        ("邻居的树木过了界", "0102", "树木"),
    ],
)
def test_the_catalogue_alone_speaks_first(title: str, code: str, word: str) -> None:
    first = learn([], CATALOGUE).ranked(title)[0]
    assert first.code == code
    assert any(word in one for one in first.words)
    assert all(one in title for one in first.words), "a reason is a word of the text"


def test_closed_cases_teach_what_the_catalogue_does_not_say() -> None:
    title = "大喇叭喊到半夜"
    before = [one.code for one in learn([], CATALOGUE).ranked(title)]
    taught = [Example("0504", f"大喇叭坏了{n}", "喇叭喊不响") for n in range(5)]
    after = learn(taught, CATALOGUE, version=7)
    assert before[:1] != ["0504"]
    assert after.ranked(title)[0].code == "0504"
    assert after.cases == 5
    assert after.version == 7


def test_classes_outside_the_catalogue_are_not_learnt() -> None:
    model = learn([Example("0304", "有人失踪了", "老人走失"), Example("0304", "有人失踪了")], CATALOGUE)
    assert model.cases == 0
    assert "0304" not in model.codes
    assert all("走失" not in one.words for one in model.ranked("老人走失"))


def test_only_what_may_be_offered() -> None:
    found = learn([], CATALOGUE).ranked("村口路灯不亮", only=frozenset({"0401", "0503"}))
    assert {one.code for one in found} <= {"0401", "0503"}


@pytest.mark.parametrize("title", ["", "abc 123", "，。！", "鑫淼焱", "我的呢"])
def test_words_nobody_knows_suggest_nothing(title: str) -> None:
    assert learn([], CATALOGUE).ranked(title) == []


def test_a_single_character_is_no_reason() -> None:
    assert learn([], CATALOGUE).ranked("灯塔") == [], "灯 alone says nothing"
    found = learn([], CATALOGUE).ranked("路灯下的灯塔")
    assert all(len(word) >= 2 for one in found for word in one.words)


def test_at_most_three_and_the_same_every_time() -> None:
    one, two = (learn([], CATALOGUE).ranked("路灯下的垃圾", "路面也坏了，邻居不管") for _ in range(2))
    assert len(one) == 3
    assert one == two


def test_a_title_weighs_more_than_the_text_and_repeating_little() -> None:
    parts = parts_of("路灯", "垃圾垃圾垃圾垃圾")
    assert parts["路灯"] > parts["垃圾"] > parts_of("", "垃圾")["垃圾"]
    assert parts["垃圾"] < 4 * parts_of("", "垃圾")["垃圾"]


def test_a_model_comes_back_from_its_file_as_it_was() -> None:
    model, file = learn([Example("0401", "垃圾没人收", "垃圾")] * 3, CATALOGUE, version=3), io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **model.as_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        again = Model.from_arrays(stored)
    assert (again.codes, again.cases, again.version) == (model.codes, 3, 3)
    assert [one.code for one in again.ranked("路灯不亮")] == [one.code for one in model.ranked("路灯不亮")]
