"""Which cases speak of the same matter as a text: words both use, the rarer the heavier; names of places and numbers
count more, and being near counts too. Pure: a shelf holds what it is given, and says why it found something.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from gridcase.core.text import bigrams
from gridcase.core.words import N_, Text

SHOWN = 3
CLOSED_SINCE = timedelta(days=60)  # a matter closed longer ago is a new one
NEAR_METRES = 300.0
FAR_METRES = 1000.0
# Chosen on one half of the labelled pairs (docs/decisions/0010); the other half is reported by `make bench`.
ENOUGH = 0.29
NEAR_HELPS, FAR_HURTS = 0.05, 0.05
TITLE, NUMBER, PLACE = 2.0, 1.3, 1.3
RARITY = 1.5
WHOLE_TEXT = 0.5  # share of the whole text in the score; the rest is how much of one title the other text says
REASON_WORDS = 3
LONGEST_WORD = 10
_RUN = re.compile("[\u4e00-\u9fff]+|[0-9A-Za-z]+")
_DIGIT = re.compile(r"\d")
_PLACE = re.compile(
    "[\u4e00-\u9fff]{2,4}(?:小区|社区|广场|公园|学校|小学|中学|幼儿园|医院|市场|水库|[村组屯寨街路巷桥坝沟湾坪冲渠井塘栋苑园])"
)
# What letters begin and end with says nothing about the matter.
_POLITE = re.compile(
    "尊敬的?[\u4e00-\u9fff]{0,6}[：:，,]?|[您你]好|谢谢|感谢|请问|领导|希望|反映|投诉|举报|咨询|建议|有关部门|相关部门|尽快|解决"
)


@dataclass(frozen=True)
class Told:
    """What somebody told: a title and more words."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Nearness:
    """How near a case is to the place typed; what is not known stays None. `metres` along the ground."""

    same_place: bool = False
    same_village: bool | None = None
    metres: float | None = None
    same_address: bool = False


def weights_of(told: Told) -> dict[str, tuple[float, bool]]:
    """Each token of a text with its weight and whether the title says it."""
    title, text = _POLITE.sub(" ", told.title), _POLITE.sub(" ", told.text)
    in_title, in_text = frozenset(bigrams(title)), Counter(bigrams(text))
    places = {token for name in _PLACE.findall(f"{title} {text}") for token in bigrams(name)}
    found = {}
    for token in (*in_title, *(token for token in in_text if token not in in_title)):
        weight = TITLE if token in in_title else 0.0
        if token in in_text:
            weight += 1.0 + math.log(in_text[token])
        if token in places:
            weight *= PLACE
        elif _DIGIT.search(token):
            weight *= NUMBER
        found[token] = (weight, token in in_title)
    return found


_Part = tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]  # words, weights, the title's words


class Shelf:
    """Cases kept as numbers of their words, so that thousands are compared with a text in milliseconds."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._rows: dict[int, int] = {}
        self._parts: list[_Part] = []
        self._told: dict[int, int] = {}
        self._newest = 0
        self._ready = _Ready.of([], self._parts, 0)

    def __contains__(self, key: int) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def newest(self) -> int:
        """The highest number of a case that stands here; 0 on an empty shelf."""
        return self._newest

    def add(self, cases: Iterable[tuple[int, Told]]) -> None:
        """Put cases on the shelf; one that stands there already stays as it is."""
        before = len(self._rows)
        for key, told in cases:
            if key in self._rows:
                continue
            found = weights_of(told)
            words = np.array([self._words.setdefault(token, len(self._words)) for token in found], np.int32)
            heavy = np.array([weight for weight, _ in found.values()], np.float32)
            title = np.array([self._words[token] for token, (_, named) in found.items() if named], np.int32)
            self._rows[key], self._told[key] = len(self._parts), hash(told)
            self._parts.append((words, heavy, title))
            self._newest = max(self._newest, key)
        if len(self._rows) > before:
            self._ready = _Ready.of(list(self._rows), self._parts, len(self._words))

    def still(self, key: int, told: Told) -> bool:
        """Whether a case still says what it said when it was put here."""
        return self._told.get(key) == hash(told)

    def rarity(self, token: str) -> float:
        """How much a word says: high where few cases use it."""
        place = self._words.get(token)
        return self._ready.unknown if place is None else float(self._ready.rarity[place])

    def best(self, told: Told, *, least: float = 0.0) -> list[tuple[int, float]]:
        """(case, how alike from 0 to 1) of all that reach `least`, the most alike and then the newest first."""
        found = weights_of(told)
        if not found or not self._rows:
            return []
        scores = self._ready.scores(
            {self._words[token]: value for token, value in found.items() if token in self._words},
            [value for token, value in found.items() if token not in self._words],
        )
        rows = np.flatnonzero(scores >= least)
        keys = self._ready.keys[rows]
        order = np.lexsort((-keys, -scores[rows]))
        return list(zip(keys[order].tolist(), scores[rows][order].tolist(), strict=True))


@dataclass(frozen=True)
class _Ready:
    """The shelf laid out flat: every (case, word) in one row of numbers."""

    keys: NDArray[np.int64]
    rarity: NDArray[np.float32]
    unknown: float
    words: NDArray[np.int32]
    cases: NDArray[np.int32]
    heavy: NDArray[np.float32]
    length: NDArray[np.float64]
    title_words: NDArray[np.int32]
    title_cases: NDArray[np.int32]
    title_sum: NDArray[np.float64]

    @classmethod
    def of(cls, keys: list[int], parts: list[_Part], size: int) -> _Ready:
        count = len(parts)
        words = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, np.int32)
        cases = np.repeat(np.arange(count, dtype=np.int32), [len(part[0]) for part in parts])
        used = np.bincount(words, minlength=size)
        rarity = np.log1p(count / np.maximum(used, 1)).astype(np.float32)
        heavy = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, np.float32)
        heavy = heavy * rarity[words] ** RARITY
        length = np.sqrt(np.bincount(cases, heavy.astype(np.float64) ** 2, minlength=count))
        title_words = np.concatenate([part[2] for part in parts]) if parts else np.zeros(0, np.int32)
        title_cases = np.repeat(np.arange(count, dtype=np.int32), [len(part[2]) for part in parts])
        title_sum = np.bincount(title_cases, rarity[title_words], minlength=count)
        unknown = math.log1p(count)
        return cls(
            np.array(keys, np.int64),
            rarity,
            unknown,
            words,
            cases,
            heavy,
            length,
            title_words,
            title_cases,
            np.maximum(title_sum, 1e-9),
        )

    def scores(self, known: Mapping[int, tuple[float, bool]], others: list[tuple[float, bool]]) -> NDArray[np.float64]:
        """Cosine of the whole texts, and how much of each title the other text says, in both directions."""
        asked, said = np.zeros(len(self.rarity), np.float32), np.zeros(len(self.rarity), np.float32)
        named = np.zeros(len(self.rarity), np.float32)
        for place, (weight, in_title) in known.items():
            asked[place], said[place] = weight * self.rarity[place] ** RARITY, self.rarity[place]
            named[place] = self.rarity[place] if in_title else 0.0
        own = math.sqrt(float(asked @ asked) + sum((weight * self.unknown**RARITY) ** 2 for weight, _ in others))
        title = float(named.sum()) + sum(self.unknown for _, in_title in others if in_title)
        count, hit = len(self.keys), np.flatnonzero(said[self.words])
        cases, words = self.cases[hit], self.words[hit]
        both = np.bincount(cases, asked[words] * self.heavy[hit], minlength=count)
        cosine = both / np.maximum(self.length * own, 1e-9)
        ours = np.bincount(cases, named[words], minlength=count) / max(title, 1e-9)
        theirs = np.bincount(self.title_cases, said[self.title_words], minlength=count) / self.title_sum
        return WHOLE_TEXT * cosine + (1 - WHOLE_TEXT) * (ours + theirs) / 2


def with_place(score: float, near: Nearness) -> float:
    """The score of the text, a little higher where the case is near, lower where it is known to be elsewhere."""
    if near.same_place or near.same_address or (near.metres is not None and near.metres <= NEAR_METRES):
        return score + NEAR_HELPS
    elsewhere = near.same_village is False
    far = near.metres is None or near.metres > FAR_METRES
    return score - FAR_HURTS if elsewhere and far else score


def shared_words(told: Told, other: Told, rarity: Callable[[str], float]) -> list[str]:
    """The longest words both texts use, those that say most first; for people to read, not to count with."""
    theirs = f"{_POLITE.sub(' ', other.title)} {_POLITE.sub(' ', other.text)}"
    found: dict[str, float] = {}
    for run in _RUN.findall(f"{_POLITE.sub(' ', told.title)} {_POLITE.sub(' ', told.text)}"):
        for word in _runs_in(run, theirs):
            found[word] = sum(rarity(token) for token in bigrams(word))
    chosen: list[str] = []
    for word in sorted(found, key=lambda word: (-found[word], word)):
        if not any(word in one or one in word for one in chosen):
            chosen.append(word)
    return chosen[:REASON_WORDS]


def _runs_in(run: str, text: str) -> Iterable[str]:
    """From left to right, the longest parts of `run` that stand in `text`, of two to ten characters."""
    start = 0
    while start + 2 <= len(run):
        end = start + 2
        if run[start:end] not in text:
            start += 1
            continue
        while end < min(len(run), start + LONGEST_WORD) and run[start : end + 1] in text:
            end += 1
        yield run[start:end]
        start = end


def reasons(near: Nearness, words: list[str], *, days: int, closed: bool) -> list[Text]:
    """Why a case is shown, in the order a clerk asks: where, what, when. `days` since it was registered."""
    said = [_where(near)] if _where(near) else []
    if words:
        said.append(N_("文字相近：%(words)s", words=list(words)))
    said.append(N_("今天登记") if days <= 0 else N_("%(days)s 天前登记", days=days))
    if closed:
        said.append(N_("已办结"))
    return [one for one in said if one is not None]


def _where(near: Nearness) -> Text | None:
    if near.metres is not None and near.metres <= FAR_METRES:
        return N_("相距约 %(metres)s 米", metres=max(10, round(near.metres / 10) * 10))
    if near.same_address:
        return N_("位置相同")
    if near.same_place:
        return N_("同一地点")
    return N_("同村") if near.same_village else None


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points in WGS 84 degrees (longitude, latitude), good for the few kilometres of a town."""
    middle = math.radians((one[1] + other[1]) / 2)
    east, north = (one[0] - other[0]) * math.cos(middle), one[1] - other[1]
    return math.hypot(east, north) * 111_320.0
