"""Where things stand in a chart, whatever the figures; and what the drawn chart says."""

from __future__ import annotations

import itertools
import re

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from gridcase.web import charts

figures = st.none() | st.integers(0, 10**6) | st.floats(0, 1e6, allow_nan=False)
lists = st.lists(figures, min_size=1, max_size=60)


@given(lists)
@example([1e-09])
@example([2e-06])
def test_a_scale_holds_every_figure_in_few_even_steps(values: list[charts.Value]) -> None:
    steps = charts.scale(values)
    known = [value for value in values if value is not None]
    assert steps[0] <= min([0, *known])
    assert steps[-1] >= max([0, *known]) - 1e-6 * steps[-1]
    assert 2 <= len(steps) <= 6
    gaps = {round((right - left) / (steps[1] - steps[0]), 6) for left, right in itertools.pairwise(steps)}
    assert gaps == {1.0}


@given(st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=60))
def test_counts_have_whole_steps(values: list[int | None]) -> None:
    assert all(float(step).is_integer() for step in charts.scale(values))


@given(lists)
def test_a_line_stays_inside_rises_with_its_figures_and_breaks_where_one_is_missing(values: list[charts.Value]) -> None:
    labels = [str(number) for number in range(len(values))]
    drawn = charts.trend(labels, [("a", values)])
    points = [tuple(map(float, point.split(","))) for piece in drawn.lines[0].pieces for point in piece.split()]
    assert all(charts.LEFT * 10 <= x <= charts.RIGHT * 10 for x, _y in points)
    assert all(charts.TOP - 0.01 <= y <= charts.FLOOR + 0.01 for _x, y in points)
    runs = [list(run) for there, run in itertools.groupby(values, key=lambda value: value is not None) if there]
    assert [len(piece.split()) for piece in drawn.lines[0].pieces] == [len(run) for run in runs if len(run) > 1]
    heights = iter(points)
    for run in (run for run in runs if len(run) > 1):
        for value, (_x, y) in sorted(zip(run, heights, strict=False), key=lambda pair: pair[0] or 0):
            assert y <= charts.FLOOR + 0.01
            assert value is not None


@given(lists)
def test_words_below_have_room(values: list[charts.Value]) -> None:
    labels = [f"第{number}周" for number in range(len(values))]
    for words in (charts.trend(labels, [("a", values)]).words, charts.columns(labels, values).words):
        assert words[-1].text == labels[-1]
        assert not words[-1].minor
        assert len(words) <= charts.WORDS_WIDE
        assert sum(not word.minor for word in words) <= charts.WORDS_NARROW
        places = [word.x for word in words]
        assert places == sorted(places)


@given(lists)
def test_columns_stand_on_zero_beside_one_another(values: list[charts.Value]) -> None:
    drawn = charts.columns([""] * len(values), values)
    for left, right in itertools.pairwise(drawn.columns):
        assert left.x + left.wide <= right.x + 1e-6
    for column in drawn.columns:
        assert column.y + column.high == pytest.approx(charts.FLOOR, abs=0.01)
        assert (column.high > 0) <= bool(column.value)


@given(lists)
def test_the_parts_of_a_bar_fill_it_and_keep_their_shares(values: list[charts.Value]) -> None:
    parts = charts.slices(values)
    total = sum(value or 0 for value in values)
    assert sum(part.wide for part in parts) == pytest.approx(100 if parts else 0, abs=0.1)
    for part in parts:
        assert part.wide == pytest.approx(100 * part.value / total, abs=0.01)
        assert part.value == values[part.part]


@given(figures, st.integers(0, 100), st.integers(0, 100))
def test_a_band_says_on_which_side_its_value_lies(value: charts.Value, low: int, wide: int) -> None:
    drawn = charts.band(value, low, low + wide)
    assert 0 <= drawn.low <= drawn.high <= 100
    if value is None:
        assert (drawn.x, drawn.side) == (None, None)
        return
    assert drawn.x is not None
    assert drawn.side == (-1 if value < low else 1 if value > low + wide else 0)
    if drawn.side == 0:
        assert drawn.low - 1e-6 <= drawn.x <= drawn.high + 1e-6


@pytest.mark.parametrize(
    ("value", "share", "words"),
    [
        (None, False, "–"),
        (12345, False, "12,345"),
        (3.44, False, "3.4"),
        (8.0, False, "8"),
        (0.999, True, "99%"),
        (0.001, True, "1%"),
        (1, True, "100%"),
        (0, True, "0%"),
    ],
)
def test_figures_read_as_a_town_writes_them(value: charts.Value, share: bool, words: str) -> None:
    assert charts.say(value, share=share) == words


def test_impossible_charts_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 4"):
        charts.trend(["1"], [(str(number), [1]) for number in range(5)])
    with pytest.raises(ValueError, match="zip"):
        charts.trend(["1", "2"], [("a", [1])])
    with pytest.raises(ValueError, match="range"):
        charts.band(1, 3, 2)


def test_a_chart_is_an_image_with_a_sentence_and_its_figures_as_a_table(app: Flask) -> None:
    text = app.test_client().get("/styleguide/", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    drawings = re.findall(r'<svg class="chart-drawing"[^>]*>', text)
    assert len(drawings) == 6
    assert all('role="img"' in drawing and 'aria-label="' in drawing for drawing in drawings)
    assert "从 14 件（9/7）到 16 件（11/23），最高 23 件（9/28），最低 9 件（10/19）" in text
    table = re.search(r"<table[^>]*><caption[^>]*>每周登记和办结</caption>.*?</table>", text, flags=re.S)
    assert table is not None
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="number">([^<]+)</td>', table[0])
    assert rows[0] == ("9/7", "14")
    assert rows[7] == ("10/26", "–")
    assert "高于参考范围" in text
    assert "比上周多 2.1 个百分点" in text


@pytest.mark.parametrize(
    ("value", "words", "said"),
    [
        (1, "cases", "case"),
        (0, "cases", "cases"),
        (1.0, "times", "time"),
        (2, "cases", "cases"),
        (1, "件", "件"),
        (None, "cases", "cases"),
    ],
)
def test_one_of_a_thing_is_no_plural(value: charts.Value, words: str, said: str) -> None:
    assert charts.unit(value, words) == said
