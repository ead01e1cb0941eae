"""What a measure is, by what it can be told apart, and how a reader narrows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from gridcase.core.labels import Labelled
from gridcase.core.periods import PeriodKind
from gridcase.core.words import N_, Text

SEVERAL = "+"  # in a link: one of these, "01+02"
HUNDRED = 100
NONE = "-"  # in a link: what has none, no village, no unit
_PATH = re.compile(r"/(?:\d{1,9}/)*")
_ID = re.compile(r"\d{1,9}")
_CODE = re.compile(r"[A-Za-z0-9_+]{1,120}|-")


class Source(StrEnum):
    """What is counted: one row of it is one."""

    CASES = "cases"
    STEPS = "steps"  # moves of cases: returned, taken up again
    WHISTLES = "whistles"
    CALLS = "calls"  # units called by a whistle
    HOMES = "homes"
    VISITS = "visits"
    ENTRIES = "entries"  # of the points ledger
    NOTICES = "notices"  # of points, open to objection
    REDEMPTIONS = "redemptions"
    ACTIVITIES = "activities"
    HELPERS = "helpers"  # who took part in an activity
    CAMPAIGNS = "campaigns"  # entries of campaigns
    MEDIATIONS = "mediations"


class Shape(StrEnum):
    """How rows become a number."""

    COUNT = "count"
    SHARE = "share"  # rows / rows of the denominator, 0 to 1
    RATE = "rate"  # rows for every hundred rows of the denominator
    MEDIAN = "median"  # of working hours
    SUM = "sum"


class By(Labelled):
    """What numbers are told apart by; never a person."""

    COUNTY = "county", N_("县")
    TOWN = "town", N_("镇")
    VILLAGE = "village", N_("村")
    GROUP = "group", N_("组")
    UNIT = "unit", N_("站所")
    MAJOR = "major", N_("大类")
    CLASS = "class", N_("类别")
    CHANNEL = "channel", N_("来源")
    LEVEL = "level", N_("办理层级")
    TIER = "tier", N_("户类")
    PURPOSE = "purpose", N_("走访目的")
    BOARD = "board", N_("积分板块")
    KIND = "kind", N_("种类")
    BRANCH = "branch", N_("三治")
    DAY = "day", N_("按日")
    WEEK = "week", N_("按周")
    MONTH = "month", N_("按月")
    QUARTER = "quarter", N_("按季")
    YEAR = "year", N_("按年")

    @property
    def spell(self) -> PeriodKind | None:
        """The kind of period it cuts time into; None for what is not time."""
        return _SPELLS.get(self)


_SPELLS = {
    By.DAY: PeriodKind.DAY, By.WEEK: PeriodKind.WEEK, By.MONTH: PeriodKind.MONTH, By.QUARTER: PeriodKind.QUARTER,
    By.YEAR: PeriodKind.YEAR,
}  # fmt: skip
TIMES = frozenset(_SPELLS)
PLACES = frozenset({By.COUNTY, By.TOWN, By.VILLAGE, By.GROUP})
OUTSIDE = PLACES - {By.VILLAGE}  # a village is narrowed to by its id, 0 for none
_DOWN_TO_VILLAGES = PLACES - {By.GROUP}
KNOWN: Mapping[Source, frozenset[By]] = {
    Source.CASES: PLACES | TIMES | {By.UNIT, By.MAJOR, By.CLASS, By.CHANNEL, By.LEVEL},
    Source.STEPS: PLACES | TIMES | {By.UNIT, By.MAJOR, By.CLASS, By.CHANNEL},
    Source.WHISTLES: PLACES | TIMES | {By.MAJOR, By.CLASS, By.CHANNEL},
    Source.CALLS: PLACES | TIMES | {By.UNIT, By.MAJOR, By.CLASS, By.CHANNEL},
    Source.HOMES: PLACES | {By.TIER},
    Source.VISITS: PLACES | TIMES | {By.PURPOSE},
    Source.ENTRIES: _DOWN_TO_VILLAGES | TIMES | {By.BOARD},
    Source.NOTICES: _DOWN_TO_VILLAGES | TIMES,
    Source.REDEMPTIONS: _DOWN_TO_VILLAGES | TIMES,
    Source.ACTIVITIES: PLACES | TIMES | {By.KIND, By.BRANCH},
    Source.HELPERS: PLACES | TIMES | {By.KIND, By.BRANCH},
    Source.CAMPAIGNS: PLACES | TIMES,
    Source.MEDIATIONS: PLACES | TIMES | {By.MAJOR, By.CLASS, By.CHANNEL},
}


@dataclass(frozen=True)
class Band:
    """Where a number should lie: neither next to nothing nor high."""

    low: float
    high: float


@dataclass(frozen=True)
class Measure:
    """One figure. The rows behind it are its own; a share or rate is measured against those of `of`.

    `live` measures are of this moment whatever the period; those `across` a period count what was still there at its
    end too, so that its days do not add up to it: neither can be told apart by time. `good` says where it should go:
    1 up, -1 down, 0 neither (perhaps a band).
    """

    key: str
    label: Text
    unit: Text
    source: Source
    shape: Shape
    meaning: Text
    of: str | None = None
    live: bool = False
    across: bool = False
    good: int = 0
    band: Band | None = None
    only: frozenset[By] = frozenset()

    def __post_init__(self) -> None:
        if not self.only:
            object.__setattr__(self, "only", KNOWN[self.source] - (TIMES if self.live or self.across else frozenset()))

    def knows(self, *by: By) -> bool:
        """Whether it can be told apart by all of these."""
        return self.only.issuperset(by)

    def of_counts(self, count: int, whole: int) -> float | None:
        """What rows come to: their number, or their share or rate of the denominator's; None where it has none."""
        if self.of is None:
            return count
        if not whole:
            return None
        return count / whole if self.shape is Shape.SHARE else count * HUNDRED / whole


@dataclass(frozen=True)
class Narrow:
    """What a reader looks at of a measure; None means all, `NONE` (for ids 0) what has none."""

    path: str | None = None
    village_id: int | None = None
    outside: str | None = None  # what lies in no county, no town, no group
    unit_id: int | None = None
    major: str | None = None
    class_code: str | None = None
    channel: str | None = None
    level: str | None = None
    light: str | None = None
    tier: str | None = None
    purpose: str | None = None
    kind: str | None = None
    branch: str | None = None
    board: str | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """That of a link; what makes no sense counts as not chosen."""
        found: dict[str, Any] = {}
        for name, form in _FORMS.items():
            value = str(values.get(name) or "")
            if form.fullmatch(value):
                found[name] = int(value) if form is _ID else value
        if found.get("outside") not in OUTSIDE:
            found.pop("outside", None)
        return cls(**found)

    def link(self) -> dict[str, str]:
        """The same as the values of a link."""
        return {name: str(value) for name in _FORMS if (value := getattr(self, name)) is not None}

    def joined(self, other: Narrow) -> Narrow:
        """Both at once: of two paths the deeper one, else the other's word counts."""
        chosen = {name: value for name in _FORMS if (value := getattr(other, name)) is not None}
        if self.path and len(self.path) > len(chosen.get("path", "")):
            chosen.pop("path", None)
        return replace(self, **chosen)


_FORMS = {one.name: {"path": _PATH, "village_id": _ID, "unit_id": _ID}.get(one.name, _CODE) for one in fields(Narrow)}
