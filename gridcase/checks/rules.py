"""Patrols and seasonal checks: which kinds are due in which months, and what is looked at. Pure.

The shipped items stand in seed_data; a place switches some off and adds its own. Some are looked at in every home too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

PLAN_KEY = "patrol_plan"  # the setting of a county, town or village
LEAST_DAYS, MOST_DAYS = 1, 183
OWN_MOST = 60
ITEM_LENGTH = 60


class CheckKind(Labelled):
    """What a check looks for."""

    FLOOD = "flood", N_("防汛和地质灾害")
    FIRE = "fire", N_("森林防火和用电用火")
    DROWNING = "drowning", N_("防溺水")
    WINTER = "winter", N_("取暖防中毒和防冻")
    DAILY = "daily", N_("日常巡查")


@dataclass(frozen=True)
class Season:
    """From the first to the last month (over the turn of the year too), once in so many days."""

    first: int
    last: int
    every: int

    def holds(self, day: date) -> bool:
        """Whether a day lies in the season."""
        if self.first <= self.last:
            return self.first <= day.month <= self.last
        return day.month >= self.first or day.month <= self.last

    def began(self, day: date) -> date:
        """The first day of the season a day lies in."""
        turned = self.first > self.last and day.month < self.first
        return date(day.year - turned, self.first, 1)

    def ends(self, day: date) -> date:
        """The last day of the season a day lies in."""
        turns = self.first > self.last and day.month >= self.first
        year, month = divmod((day.year + turns) * 12 + self.last, 12)  # the month after the last one
        return date(year, month + 1, 1) - timedelta(days=1)

    def checked(self) -> Self:
        """The season itself, or `Refused`."""
        if not (1 <= self.first <= 12 and 1 <= self.last <= 12):
            raise Refused(N_("月份须在 1 到 12 之间。"))
        if not LEAST_DAYS <= self.every <= MOST_DAYS:
            raise Refused(N_("间隔须在 %(least)s 到 %(most)s 天之间。", least=LEAST_DAYS, most=MOST_DAYS))
        return self


DEFAULT_SEASONS: Mapping[CheckKind, Season] = {
    CheckKind.FLOOD: Season(4, 10, 15),
    CheckKind.FIRE: Season(10, 5, 15),
    CheckKind.DROWNING: Season(5, 10, 15),
    CheckKind.WINTER: Season(11, 3, 30),
    CheckKind.DAILY: Season(1, 12, 30),
}


@dataclass(frozen=True)
class CheckItem:
    """One thing to look at, and the class of a case that comes of it; `home`: in every home, on a visit."""

    code: str
    kind: CheckKind
    zh: str
    en: str
    class_code: str
    home: bool = False


@dataclass(frozen=True)
class HomeList:
    """What is looked at in a home this season: the kind, its items, the season's first and last day."""

    kind: CheckKind
    items: tuple[CheckItem, ...]
    began: date
    until: date


@dataclass(frozen=True)
class Looked:
    """What was looked at in a home, and the codes of the items that were not in order."""

    kind: CheckKind
    found: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PatrolPlan:
    """A place's own plan: its seasons, the shipped items it does not look at, and its own."""

    seasons: Mapping[CheckKind, Season] = field(default_factory=lambda: dict(DEFAULT_SEASONS))
    without: frozenset[str] = frozenset()
    own: tuple[CheckItem, ...] = ()

    def items(self, kind: CheckKind, shipped: Iterable[CheckItem]) -> list[CheckItem]:
        """What a check of this kind looks at."""
        kept = [item for item in shipped if item.kind is kind and item.code not in self.without]
        return kept + [item for item in self.own if item.kind is kind]

    def in_season(self, day: date) -> list[CheckKind]:
        """The kinds due at this time of the year."""
        return [kind for kind in CheckKind if self.seasons[kind].holds(day)]

    def with_own(self, kind: CheckKind, words: str, class_code: str, *, home: bool = False) -> PatrolPlan:
        """The plan with one more item of its own."""
        if len(self.own) >= OWN_MOST:
            raise Refused(N_("自己加的项目最多 %(n)s 条，先去掉用不着的。", n=OWN_MOST), field="words")
        if any(item.zh == words and item.kind is kind for item in self.own):
            raise Refused(N_("这一项已经有了。"), field="words")
        numbers = [int(item.code[1:]) for item in self.own]
        item = CheckItem(f"Z{max(numbers, default=0) + 1:02d}", kind, words, words, class_code, home)
        return PatrolPlan(self.seasons, self.without, (*self.own, item))

    def without_own(self, code: str) -> PatrolPlan:
        """The plan without one of its own items."""
        return PatrolPlan(self.seasons, self.without, tuple(item for item in self.own if item.code != code))

    def to_json(self) -> dict[str, Any]:
        """The form kept as a setting."""
        return {
            "seasons": {kind.value: [one.first, one.last, one.every] for kind, one in self.seasons.items()},
            "without": sorted(self.without),
            "own": [[one.code, one.kind.value, one.zh, one.class_code, one.home] for one in self.own],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        seasons = {CheckKind(kind): Season(*values) for kind, values in stored["seasons"].items()}
        # what was kept before homes had lists of their own says nothing about them
        own = tuple(
            CheckItem(code, CheckKind(kind), zh, zh, class_code, bool(home and home[0]))
            for code, kind, zh, class_code, *home in stored["own"]
        )
        return cls({**DEFAULT_SEASONS, **seasons}, frozenset(stored["without"]), own)


def next_check(season: Season, last: date | None, *, today: date) -> date | None:
    """When the next check is due; None out of season. One never made this season is due today."""
    if not season.holds(today):
        return None
    return today if last is None else last + timedelta(days=season.every)


def most_pressing(due: Sequence[tuple[CheckKind, date]]) -> list[tuple[CheckKind, date]]:
    """The kinds in the order in which they are due."""
    return sorted(due, key=lambda pair: (pair[1], list(CheckKind).index(pair[0])))
