"""Hot issues (热点): like demands of a town within a month, and a heat figure that says why. Pure.

Demands are alike when rare words are in both; a cluster is one demand and those alike to it, so that A like B and B
like C does not make A like C.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gridcase.cases.rules.alike import RARITY, Told, metres_between, weights_of
from gridcase.core.labels import Labelled
from gridcase.core.masking import FEWEST_TOLD
from gridcase.core.text import bigrams
from gridcase.core.words import N_, Text

WINDOW = timedelta(days=30)
FEWEST_CASES, FEWEST_HOMES = 3, 2
SENSITIVE_MAJORS = frozenset({"07"})  # relief and care
SENSITIVE_CLASSES = frozenset({"0101", "0107"})
ENOUGH = 0.24  # cosine of two texts; chosen on one half of the labelled pairs (docs/decisions/0019)
SAME_CLASS, OTHER_CLASS = 0.02, -0.05
SHORTEST_NUMBER = 3
HEAVIEST = 40  # words of a demand that are compared
BLOCK = 500  # demands compared with all others at a time
MOST_SHARED = 600  # a word in more demands than that finds no pairs, it only weighs
HALF_LIFE, EACH = 7.0, 10.0
NEAR_METRES, FAR_LOOK = 300.0, 40
REASON_WORDS, LONGEST_WORD = 4, 12
_PIECE = re.compile("[\u4e00-\u9fff]{2,}")
SAME_ISSUE = 0.5  # of the smaller of two clusters; then they are the same issue on another day
GREW_BY, GREW_LEAST = 1.5, 3  # what was dismissed comes back when it has grown so much


class HotState(Labelled):
    """What a person made of an issue."""

    FOUND = "found", N_("待处理")
    JOINED = "joined", N_("已并件")
    DISMISSED = "dismissed", N_("不处理")


@dataclass(frozen=True)
class Demand:
    """One case as the clusters see it. `speaker`: the home or person, empty where not known."""

    id: int
    told: Told
    class_code: str
    at: datetime
    speaker: str
    village_id: int | None
    spot: tuple[float, float] | None = None


@dataclass(frozen=True)
class Cluster:
    """Like demands, the one they are like first, then by time."""

    demands: tuple[Demand, ...]
    words: tuple[str, ...]

    @property
    def ids(self) -> frozenset[int]:
        """The cases."""
        return frozenset(one.id for one in self.demands)

    @property
    def homes(self) -> int:
        """Homes and persons that have spoken; all who are not known count as one."""
        return len({one.speaker for one in self.demands})

    @property
    def first_at(self) -> datetime:
        """When it began."""
        return min(one.at for one in self.demands)

    @property
    def last_at(self) -> datetime:
        """The newest."""
        return max(one.at for one in self.demands)

    @property
    def days(self) -> int:
        """Days from the first to the newest, the first counted."""
        return (self.last_at - self.first_at).days + 1

    @property
    def class_code(self) -> str:
        """The class most of them have; of two as frequent, that of the demand they are like."""
        counts = Counter(one.class_code for one in self.demands)
        return max(counts, key=lambda code: (counts[code], code == self.demands[0].class_code, code))

    def heat(self, now: datetime) -> int:
        """Each home or person counts 10 for what it said today, half of it a week later, once."""
        newest: dict[str, datetime] = {}
        for one in self.demands:
            newest[one.speaker] = max(one.at, newest.get(one.speaker, one.at))
        return round(
            sum(EACH * 0.5 ** (max(0.0, (now - at) / timedelta(days=1)) / HALF_LIFE) for at in newest.values())
        )

    def reasons(self, *, villages: Mapping[int, str]) -> list[Text]:
        """Why it is shown, in sentences: how many, how near, the same class or not, which words."""
        found = [
            N_("%(n)s 件，%(m)s 户（人），%(k)s 天内", n=len(self.demands), m=self.homes, k=self.days),
            self._near(villages),
        ]
        same = sum(one.class_code == self.class_code for one in self.demands)
        kinds = N_("同一类") if same == len(self.demands) else N_("%(n)s 件是同一类", n=same)
        return [*found, kinds, N_("都说到：%(words)s", words=list(self.words))] if self.words else [*found, kinds]

    def _near(self, villages: Mapping[int, str]) -> Text:
        places = {one.village_id for one in self.demands if one.village_id is not None}
        spots = [one.spot for one in self.demands if one.spot is not None][:FAR_LOOK]
        if len(spots) == len(self.demands) and all(
            metres_between(a, b) <= NEAR_METRES for a, b in combinations(spots, 2)
        ):
            return N_("都在 %(n)s 米以内", n=int(NEAR_METRES))
        if len(places) == 1:
            return N_("都在%(name)s", name=villages.get(next(iter(places)), ""))
        return N_("涉及 %(n)s 个村", n=len(places)) if places else N_("没有写明在哪个村")


def clusters(demands: Sequence[Demand]) -> list[Cluster]:
    """The clusters among these demands, each demand in one at most, the largest first; small ones are left out."""
    if len(demands) < FEWEST_CASES:
        return []
    shelf = _Shelf(demands)
    ways: list[dict[int, float]] = [{} for _ in demands]
    for one, other, score in shelf.pairs():
        same = demands[one].class_code == demands[other].class_code
        if score + (SAME_CLASS if same else OTHER_CLASS) >= ENOUGH:
            ways[one][other] = ways[other][one] = score
    return sorted(_gathered(demands, ways, shelf.said), key=lambda found: (-len(found.demands), found.demands[0].id))


def _gathered(
    demands: Sequence[Demand], ways: list[dict[int, float]], said: Callable[[Sequence[int]], tuple[str, ...]]
) -> Iterator[Cluster]:
    taken: set[int] = set()
    order = sorted(range(len(demands)), key=lambda n: (-sum(ways[n].values()), demands[n].id))
    for seed in order:
        if seed in taken or not ways[seed]:
            continue
        near = [other for other in ways[seed] if other not in taken]
        if len(near) + 1 < FEWEST_CASES:
            continue
        members = [seed, *sorted(near, key=lambda n: (demands[n].at, demands[n].id))]
        found = Cluster(tuple(demands[n] for n in members), said(members))
        if worth(found):
            taken.update(members)
            yield found


def worth(found: Cluster) -> bool:
    """Several cases of several homes; more of them where few would point at somebody."""
    sensitive = any(
        one.class_code[:2] in SENSITIVE_MAJORS or one.class_code in SENSITIVE_CLASSES for one in found.demands
    )
    fewest = FEWEST_TOLD if sensitive else FEWEST_HOMES
    return len(found.demands) >= FEWEST_CASES and found.homes >= fewest


class _Shelf:
    """The words of the demands as numbers: every (demand, word) with its share of the demand's length."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._names: dict[str, int] = {}
        self._texts = [one.told for one in demands]
        words, rows, heavy = [], [], []
        for row, one in enumerate(demands):
            for token, (weight, _in_title) in weights_of(one.told).items():
                if token.isdecimal() and len(token) < SHORTEST_NUMBER:  # "3" of anything is no likeness
                    continue
                words.append(self._names.setdefault(token, len(self._names)))
                rows.append(row)
                heavy.append(weight)
        self._words, self._rows = np.array(words, np.int64), np.array(rows, np.int64)
        self._count = len(demands)
        used = np.bincount(self._words, minlength=len(self._names))
        self._rarity = np.log1p(self._count / np.maximum(used, 1)) ** RARITY
        weights = np.array(heavy, np.float64) * self._rarity[self._words]
        heavy_ones = self._keep_heavy(weights)
        length = np.sqrt(np.bincount(self._rows, heavy_ones**2, minlength=self._count))
        self._share = heavy_ones / np.maximum(length[self._rows], 1e-9)

    def _keep_heavy(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of a long letter the words that say most: the others make it slow and nothing clearer."""
        order = np.lexsort((-weights, self._rows))
        rows = self._rows[order]
        starts = np.searchsorted(rows, np.arange(self._count))
        kept = order[np.arange(len(order)) - starts[rows] < HEAVIEST]
        self._every = (self._words, self._rows)  # what is said of a cluster is asked of all words
        self._words, self._rows = self._words[kept], self._rows[kept]
        return weights[kept]

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """(row, row, cosine) of the demands that share words which are not everywhere, a block of rows at a time: all
        pairs of a town at once would fill memory."""
        order = np.lexsort((self._rows, self._words))
        words, rows, share = self._words[order], self._rows[order], self._share[order]
        starts = np.searchsorted(words, np.arange(len(self._names) + 1))
        used = np.diff(starts)
        for first in range(0, self._count, BLOCK):
            inside = (self._rows >= first) & (self._rows < first + BLOCK)
            scores = np.zeros((min(BLOCK, self._count - first), self._count), np.float32)
            for word in np.unique(self._words[inside]).tolist():
                if 2 <= used[word] <= MOST_SHARED:
                    at = slice(int(starts[word]), int(starts[word + 1]))
                    here = np.flatnonzero((rows[at] >= first) & (rows[at] < first + BLOCK))
                    block = np.ix_(rows[at][here] - first, rows[at])
                    scores[block] += np.outer(share[at][here], share[at]).astype(np.float32)
            for one, other in np.argwhere(scores >= ENOUGH - SAME_CLASS).tolist():
                if first + one < other:
                    yield first + one, other, float(scores[one, other])

    def said(self, members: Sequence[int]) -> tuple[str, ...]:
        """What two thirds of these demands say, in the words of the first, the most telling first."""
        words, rows = self._every
        counts = np.bincount(words[np.isin(rows, np.array(members))], minlength=len(self._names))
        shared = counts >= max(2, math.ceil(len(members) * 2 / 3))
        told, best = self._texts[members[0]], dict[str, float]()
        for text in (told.title, told.text):
            for word, tokens in _runs(text, lambda token: bool(shared[self._names.get(token, -1)])):
                best[word] = max(best.get(word, 0.0), sum(float(self._rarity[self._names[one]]) for one in tokens))
        ranked = sorted((word for word in best if len(word) <= LONGEST_WORD), key=lambda word: (-best[word], word))
        return tuple(word for word in ranked if not any(word != more and word in more for more in ranked))[
            :REASON_WORDS
        ]


def _runs(text: str, shared: Callable[[str], bool]) -> Iterator[tuple[str, list[str]]]:
    """The longest pieces of a text of which every pair of characters is shared."""
    for piece in _PIECE.findall(text):
        tokens = bigrams(piece)
        word, parts = "", list[str]()
        for token in tokens:
            if token in (" ", "") or not shared(token):
                if word:
                    yield word, parts
                word, parts = "", []
            else:
                word = word + token[1:] if word else token
                parts.append(token)
        if word:
            yield word, parts


def same_issue(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two clusters of different days are one issue."""
    return bool(one and other) and len(one & other) / min(len(one), len(other)) >= SAME_ISSUE


def comes_back(*, then: int, now: int) -> bool:
    """Whether an issue that was dismissed has grown so much that it is asked about again."""
    return now >= then + GREW_LEAST and now >= then * GREW_BY
