"""Which class a text belongs to: a linear model of characters and pairs of characters, learnt from the catalogue's own
words and the office's closed cases. Pure. It suggests and says why; a person decides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridcase.core.text import clean

SHOWN = 3
REASON_WORDS = 3
MOST_CASES = 5000  # the newest; older ones speak of another catalogue
# Of the first trial on the labelled messages (docs/decisions/0010); not tuned fold by fold.
TITLE = 3.0
IN_CASES = 2  # a word of one case only says nothing about the next
SMOOTH = 0.3
CONSTANT = 0.55
CATALOGUE_COUNTS_AS = 3.0
BALANCE = 0.5
ROUNDS, EXACT = 60, 1e-3
_RUN = re.compile("[\u4e00-\u9fff]+")
_POLITE = re.compile("尊敬的?[\u4e00-\u9fff]{0,6}[：:，,]?|[您你]好|谢谢|感谢|请问")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A text and the class it was closed under."""

    code: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A class, how strongly the words speak for it (comparable within one answer only), and the words."""

    code: str
    score: float
    words: tuple[str, ...]


def parts_of(title: str, text: str) -> dict[str, float]:
    """Characters and pairs of characters with their weight: a title's count three times, repetition counts little."""
    in_title, in_text = _grams(title), _grams(text)
    found = {}
    for part in in_title | in_text:
        found[part] = (TITLE if part in in_title else 0.0) + (1.0 + math.log(in_text[part]) if part in in_text else 0.0)
    return found


def _grams(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for run in _RUN.findall(_POLITE.sub(" ", clean(text))):
        found.update(run)
        found.update(run[start : start + 2] for start in range(len(run) - 1))
    return found


@dataclass(frozen=True)
class Model:
    """What was learnt: a weight for each part and class. `cases` is how many closed cases it learnt from."""

    codes: tuple[str, ...]
    parts: Mapping[str, int]
    rarity: Numbers
    weights: NDArray[np.float32]  # parts x classes; the last row is the constant
    cases: int = 0
    version: int = 0

    def ranked(self, title: str, text: str = "", *, only: frozenset[str] | None = None) -> list[Suggestion]:
        """The classes that fit best, at most three, each with the words that spoke for it; none without any word."""
        found = {part: weight for part, weight in parts_of(title, text).items() if part in self.parts}
        if not found:
            return []
        places = np.array([self.parts[part] for part in found])
        values = np.array(list(found.values())) * self.rarity[places]
        said = (values / max(float(np.linalg.norm(values)), 1e-9))[:, None] * self.weights[places]
        scores = said.sum(0) + CONSTANT * self.weights[-1]
        order = [place for place in np.argsort(-scores, kind="stable") if only is None or self.codes[place] in only]
        speaks = said - said.mean(1, keepdims=True)
        answers = []
        for place in order[:SHOWN]:
            worth = dict(zip(found, speaks[:, place].tolist(), strict=True))
            words = _words(f"{title} {text}", worth)
            if words:
                answers.append(Suggestion(self.codes[place], float(scores[place]), words))
        return answers

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """The form kept in a file."""
        return {
            "codes": np.array(self.codes), "parts": np.array(list(self.parts)), "rarity": self.rarity,
            "weights": self.weights.astype(np.float16), "made": np.array([self.cases, self.version]),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, stored: Mapping[str, NDArray[Any]]) -> Model:
        """Read back what `as_arrays` wrote."""
        cases, version = (int(number) for number in stored["made"])
        parts = {part: place for place, part in enumerate(stored["parts"].tolist())}
        weights = stored["weights"].astype(np.float32)
        return cls(tuple(stored["codes"].tolist()), parts, stored["rarity"].astype(np.float64), weights, cases, version)


def _words(text: str, worth: Mapping[str, float]) -> tuple[str, ...]:
    """The pairs that spoke for a class, neighbours joined as they stand in the text. A single character is no reason:
    where no pair spoke, nothing did."""
    best = sorted((part for part in worth if worth[part] > 0), key=lambda part: -worth[part])
    chosen = frozenset([part for part in best if len(part) == 2][: 2 * REASON_WORDS])
    found: dict[str, float] = {}
    for run in _RUN.findall(_POLITE.sub(" ", clean(text))):
        start = 0
        while start < len(run) - 1:
            end = start
            while run[end : end + 2] in chosen:
                end += 1
            if end > start:
                found.setdefault(run[start : end + 1], sum(worth[run[at : at + 2]] for at in range(start, end)))
            start = max(end, start + 1)
    return tuple(sorted(found, key=lambda word: (-found[word], word))[:REASON_WORDS])


def learn(examples: Sequence[Example], catalogue: Mapping[str, str], *, version: int = 0) -> Model:
    """Learn from closed cases and, for each class, the catalogue's own words; classes outside it are left out. Without
    cases the catalogue alone speaks. Deterministic.
    """
    codes = tuple(catalogue)
    known = [one for one in examples if one.code in catalogue][:MOST_CASES]
    said = [parts_of(one.title, one.text) for one in known]
    told = [parts_of(words, "") for words in catalogue.values()]
    used = Counter(part for one in said for part in one)
    sure = {part for one in told for part in one} | {part for part, count in used.items() if count >= IN_CASES}
    parts = {part: place for place, part in enumerate(sorted(sure))}
    used.update(part for one in told for part in one)
    total = len(said) + len(told)
    rarity = np.array([math.log((total + 1) / (used[part] + 1)) + 1 for part in parts])
    rows = _Rows.of([*said, *told], parts, rarity)
    place_of = {code: place for place, code in enumerate(codes)}
    labels = np.array([place_of[one.code] for one in known] + list(range(len(codes))), np.int64)
    counts = np.bincount(labels[: len(known)], minlength=len(codes))
    weights = np.array(
        [(len(known) / len(codes) / counts[label]) ** BALANCE for label in labels[: len(known)]]
        + [CATALOGUE_COUNTS_AS] * len(codes)
    )
    found = [rows.fitted(np.where(labels == place, 1.0, -1.0), weights) for place in range(len(codes))]
    return Model(codes, parts, rarity, np.array(found, np.float32).T, len(known), version)


@dataclass(frozen=True)
class _Rows:
    """Texts as rows of a sparse matrix, each of length one, with a constant in the last column."""

    count: int
    size: int
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Numbers

    @classmethod
    def of(cls, texts: list[dict[str, float]], parts: Mapping[str, int], rarity: Numbers) -> _Rows:
        row, column, value = [], [], []
        for place, text in enumerate(texts):
            columns = [parts[part] for part in text if part in parts]
            values = np.array([weight for part, weight in text.items() if part in parts]) * rarity[columns]
            row += [place] * (len(columns) + 1)
            column += [*columns, len(parts)]
            value += [*(values / max(float(np.linalg.norm(values)), 1e-9)).tolist(), CONSTANT]
        return cls(len(texts), len(parts) + 1, np.array(row), np.array(column), np.array(value))

    def fitted(self, wanted: Numbers, weights: Numbers) -> Numbers:
        """Ridge regression by conjugate gradients: the weights that say +1 for the class and -1 for the others."""
        answer = np.zeros(self.size)
        rest = self._back(weights * wanted)
        step, error = rest.copy(), float(rest @ rest)
        stop = error * EXACT**2
        for _ in range(ROUNDS):
            if error <= stop:
                break
            image = self._back(weights * self._forth(step)) + SMOOTH * step
            length = error / float(step @ image)
            answer += length * step
            rest -= length * image
            error, before = float(rest @ rest), error
            step = rest + (error / before) * step
        return answer

    def _forth(self, column: Numbers) -> Numbers:
        return np.asarray(np.bincount(self.row, self.value * column[self.column], minlength=self.count), np.float64)

    def _back(self, row: Numbers) -> Numbers:
        return np.asarray(np.bincount(self.column, self.value * row[self.row], minlength=self.size), np.float64)
