"""Where things stand in a chart: scales, ticks, lines, columns, slices, bands. Pure; the macros draw what is here.

Across, everything is in per cent of the drawing's width, so it fits a phone and a wall; up and down in em of the
drawing's letters, so figures never overlap them, however large the reader's letters are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Value = float | int | None

LEFT, RIGHT = 13.0, 95.0  # per cent: room for the figures of the scale on the left, for half a word on the right
TOP, FLOOR, HEIGHT = 1.9, 10.6, 12.6  # em: the highest and the lowest point of a line, and the whole drawing
WIDE = 1000  # units across of the stretched part of a drawing
DOTS_MOST = 16  # beyond it only the last point of a line is marked
WORDS_NARROW, WORDS_WIDE = 4, 12  # words below a chart on a phone and on a desk
SERIES_MOST = 4  # told apart by dash and mark; more lines are another chart
READABLE = 14.0  # per cent of a bar that a figure inside needs
# What differs by less is one height; steps are compared and rounded far finer than that.
FLAT, FINE = 1e-6, 1e-9
ROOM = 4  # about how many steps a scale has


@dataclass(frozen=True)
class Step:
    """One line of the scale: its height in em and its value."""

    y: float
    value: float


@dataclass(frozen=True)
class Word:
    """A word below the chart; a `minor` one is left out where there is no room."""

    x: float
    text: str
    minor: bool


@dataclass(frozen=True)
class Dot:
    """A marked point of a line."""

    x: float
    y: float
    value: float


@dataclass(frozen=True)
class Line:
    """One line: its pieces (it breaks where a figure is missing) as `points` of the stretched part, and its dots."""

    name: str
    mark: int  # its place among the marks: a shape and a dash of its own
    pieces: tuple[str, ...]
    dots: tuple[Dot, ...]
    said: Said | None


@dataclass(frozen=True)
class Said:
    """What a sentence says of a line: first, last, lowest and highest, each as (word, value)."""

    first: tuple[str, float]
    last: tuple[str, float]
    low: tuple[str, float]
    high: tuple[str, float]


@dataclass(frozen=True)
class Trend:
    """Lines over time."""

    steps: tuple[Step, ...]
    words: tuple[Word, ...]
    lines: tuple[Line, ...]
    aim: float | None


@dataclass(frozen=True)
class Column:
    """One column; None where there is no figure. `middle` is where its words stand."""

    x: float
    y: float
    wide: float
    high: float
    middle: float
    value: float | None


@dataclass(frozen=True)
class Columns:
    """Columns beside one another."""

    steps: tuple[Step, ...]
    words: tuple[Word, ...]
    columns: tuple[Column, ...]
    said: Said | None


@dataclass(frozen=True)
class Slice:
    """One part of a bar; `told` where its figure has room inside."""

    x: float
    wide: float
    value: float
    part: int
    told: bool


@dataclass(frozen=True)
class Band:
    """A value beside the range it should lie in, in per cent of the width; `side` is -1 below, 0 within, 1 above."""

    x: float | None
    low: float
    high: float
    side: int | None
    most: float


def say(value: Value, *, share: bool = False) -> str:
    """A figure as it reads: 12,345 · 3.4 · 93 %. A share is never rounded up to 100 nor down to 0; "–" is none."""
    if value is None:
        return "–"
    if share:
        whole = round(value * 100)
        return f"{min(max(whole, 1), 99) if 0 < value < 1 else whole}%"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}".removesuffix(".0")


def unit(value: Value, words: str) -> str:
    """A unit behind a figure: of one, English drops the plural."""
    plural = value == 1 and words.isascii() and words.endswith("s")
    return words.removesuffix("s") if plural else words


def scale(values: Sequence[Value], *, share: bool = False, base: float = 0.0) -> tuple[float, ...]:
    """The round figures from `base` (or the lowest, where that is lower) to at least the highest, evenly spaced."""
    known = [value for value in values if value is not None]
    low, high = min([base, *known]), max([base, *known])
    if share and high <= 1:
        high = 1.0
    if high - low < FLAT:
        high = low + 1
    step = _round_step((high - low) / ROOM, whole=not share and _all_whole(known))
    first, last = math.floor(low / step + FINE), math.ceil(high / step - FINE)
    return tuple(round(number * step, 9) for number in range(first, last + 1))


def _all_whole(values: Sequence[float]) -> bool:
    return all(float(value).is_integer() for value in values)


def _round_step(rough: float, *, whole: bool) -> float:
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * ten for factor in (1, 2, 2.5, 5, 10) if factor * ten >= rough - FINE)
    if not whole:
        return step
    return max(1.0, float(math.ceil(step - FINE)))


def _height(value: float, steps: Sequence[float]) -> float:
    """em from the top."""
    part = (value - steps[0]) / (steps[-1] - steps[0])
    return round(FLOOR - part * (FLOOR - TOP), 3)


def _across(number: int, count: int) -> float:
    """Per cent from the left: the first and the last point stand at the edges, a single one in the middle."""
    part = number / (count - 1) if count > 1 else 0.5
    return round(LEFT + part * (RIGHT - LEFT), 3)


def _words(labels: Sequence[str], places: Sequence[float]) -> tuple[Word, ...]:
    """As many words as have room, evenly, the last always; the finer ones are minor."""
    count = len(labels)
    wide, narrow = _every(count, WORDS_WIDE), _every(count, WORDS_NARROW)
    kept = []
    for number, (label, place) in enumerate(zip(labels, places, strict=True)):
        back = count - 1 - number
        if back % wide == 0:
            kept.append(Word(place, label, minor=back % narrow != 0))
    return tuple(kept)


def _every(count: int, most: int) -> int:
    return max(1, math.ceil(count / most))


def _steps(figures: Sequence[float]) -> tuple[Step, ...]:
    return tuple(Step(_height(figure, figures), figure) for figure in figures)


def trend(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[Value]]],
    *,
    share: bool = False,
    aim: float | None = None,
    base: float = 0.0,
) -> Trend:
    """Lines of at most four series over the same days, weeks or months. Raises ValueError where a series does not
    have one figure a label."""
    if len(series) > SERIES_MOST:
        raise ValueError(f"a chart shows at most {SERIES_MOST} lines, not {len(series)}")
    figures = scale([*(value for _name, values in series for value in values), aim], share=share, base=base)
    places = [_across(number, len(labels)) for number in range(len(labels))]
    return Trend(
        steps=_steps(figures),
        words=_words(labels, places),
        lines=tuple(_line(mark, name, values, labels, figures) for mark, (name, values) in enumerate(series)),
        aim=None if aim is None else _height(aim, figures),
    )


def _line(mark: int, name: str, values: Sequence[Value], labels: Sequence[str], figures: Sequence[float]) -> Line:
    count = len(labels)
    pieces: list[list[str]] = [[]]
    dots: list[Dot] = []
    for number, (_label, value) in enumerate(zip(labels, values, strict=True)):
        if value is None:
            pieces.append([])
            continue
        x, y = _across(number, count), _height(value, figures)
        pieces[-1].append(f"{round(x / 100 * WIDE, 2)},{y}")
        dots.append(Dot(x, y, value))
    return Line(
        name=name,
        mark=mark,
        pieces=tuple(" ".join(piece) for piece in pieces if len(piece) > 1),
        dots=tuple(dots if count <= DOTS_MOST else dots[-1:]),
        said=said(labels, values),
    )


def said(labels: Sequence[str], values: Sequence[Value]) -> Said | None:
    """What a sentence says of these figures; None where there are none. Of equal ones the latest counts."""
    known = [(label, value) for label, value in zip(labels, values, strict=True) if value is not None]
    if not known:
        return None
    last_first = known[::-1]
    low, high = (pick(last_first, key=lambda pair: pair[1]) for pick in (min, max))
    return Said(first=known[0], last=known[-1], low=low, high=high)


def columns(labels: Sequence[str], values: Sequence[Value], *, share: bool = False) -> Columns:
    """One column a label, from zero."""
    figures = scale(values, share=share)
    room = (RIGHT - LEFT) / max(len(labels), 1)
    wide = round(min(room * 0.72, 12.0), 3)
    middles = [round(LEFT + room * (number + 0.5), 3) for number in range(len(labels))]
    return Columns(
        steps=_steps(figures),
        words=_words(labels, middles),
        columns=tuple(_column(value, middle, wide, figures) for value, middle in zip(values, middles, strict=True)),
        said=said(labels, values),
    )


def _column(value: Value, middle: float, wide: float, figures: Sequence[float]) -> Column:
    left, zero = round(middle - wide / 2, 3), _height(0.0, figures)
    if value is None:
        return Column(left, zero, wide, 0.0, middle, None)
    end = _height(value, figures)
    return Column(left, min(end, zero), wide, round(abs(zero - end), 3), middle, value)


def slices(values: Sequence[Value], *, whole: float | None = None) -> tuple[Slice, ...]:
    """The parts of one bar; `whole` is what a full bar stands for, default their sum (below zero counts as nothing)."""
    amounts = [max(value or 0, 0) for value in values]
    total = max(sum(amounts), whole or 0)
    parts, at = [], 0.0
    for number, amount in enumerate(amounts):
        if amount:
            wide = 100 * amount / total
            parts.append(Slice(round(at, 3), round(wide, 3), amount, number, told=wide >= READABLE))
            at += wide
    return tuple(parts)


def by_label(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]], urls: Sequence[str | None] | None = None
) -> list[tuple[str, list[Value], str | None]]:
    """The figures of lines as the rows of a table: (label, the value of every line, link)."""
    return [
        (label, [values[number] for _name, values in series], urls[number] if urls else None)
        for number, label in enumerate(labels)
    ]


def alone(parts: Sequence[tuple[str, Value, str | None]]) -> list[tuple[str, list[Value], str | None]]:
    """Parts of one figure each as the rows of a table."""
    return [(label, [value], url) for label, value, url in parts]


def largest(rows: Sequence[Sequence[Value]]) -> float:
    """What a full bar stands for when the rows are compared: the sum of the largest."""
    return max((sum(max(value or 0, 0) for value in row) for row in rows), default=0)


def band(value: Value, low: float, high: float, *, most: float | None = None) -> Band:
    """A value and the range it should lie in. `most` is the right edge, default a good deal beyond both. Raises
    ValueError where the range is upside down."""
    if low > high:
        raise ValueError("the range ends before it begins")
    edge = scale([high * 1.5, value, most])[-1] if most is None else max(most, high, value or 0)
    side = None if value is None else (value > high) - (value < low)
    return Band(
        x=None if value is None else _share(value, edge),
        low=_share(low, edge),
        high=_share(high, edge),
        side=side,
        most=edge,
    )


def _share(value: float, edge: float) -> float:
    return round(100 * min(max(value, 0.0), edge) / edge, 3) if edge > 0 else 0.0
