"""What a form asks for: its parts, their rows, columns and measures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.periods import PeriodKind
from gridcase.core.words import N_, Text
from gridcase.grid.rules import GridLevel
from gridcase.measures.rules import MEASURES, TIMES, By, Narrow, Source

MOST_PARTS, MOST_MEASURES = 6, 12
TITLE_LENGTH, HEAD_LENGTH, NOTES_LENGTH = 60, 40, 300
INDICATOR, MEAN = "i:", "/mean"  # before the code of an indicator, where a measure's key stands; its mean by village
# How often a form may be made; a span is looked at, never scheduled.
EVERY = (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR)
# Rows and columns somebody may choose, in the order they are offered.
ROWS = (
    By.TOWN, By.VILLAGE, By.GROUP, By.UNIT, By.MAJOR, By.CLASS, By.CHANNEL, By.LEVEL, By.TIER, By.PURPOSE, By.KIND,
    By.WEEK, By.MONTH, By.QUARTER,
)  # fmt: skip
COLUMNS = (By.WEEK, By.MONTH, By.QUARTER, By.CHANNEL, By.LEVEL, By.MAJOR, By.TIER)
OF_INDICATORS = frozenset({By.TOWN, By.VILLAGE})
BELOW = "below"  # rows: the places right below the one the report is of
_RIGHT_BELOW = {GridLevel.COUNTY: By.TOWN, GridLevel.TOWN: By.VILLAGE, GridLevel.VILLAGE: By.GROUP}
# What carries a home's care tier or its points: never side by side.
_APART = ({Source.ENTRIES, Source.NOTICES, Source.REDEMPTIONS}, frozenset({By.TIER}))


class Shape(Labelled):
    """Numbers by groups, or the rows themselves."""

    SUMMARY = "summary", N_("汇总表")
    LIST = "list", N_("明细表")


class Order(Labelled):
    """In which order the rows stand."""

    CODE = "code", N_("按编码")
    MOST = "most", N_("第一列从多到少")


@dataclass(frozen=True)
class Part:
    """One table of a form. Without rows it is a list of figures, this period beside the one before."""

    measures: tuple[str, ...]
    rows: By | None = None
    below: bool = False  # the rows are the places right below, whatever the place
    columns: By | None = None
    major: str = ""  # a major class of cases; empty: all
    head: str = ""
    head_en: str = ""

    @property
    def narrow(self) -> Narrow:
        """What of everything it is about."""
        return Narrow(major=self.major or None)

    @property
    def by(self) -> tuple[By, ...]:
        """What it tells apart."""
        rows = By.VILLAGE if self.below else self.rows
        return tuple(one for one in (rows, self.columns) if one is not None)

    def at(self, level: str) -> Part:
        """The part for a place of this level: its rows are named; a list of figures where nothing in it is known so
        far down, as points are not by group."""
        if not self.below:
            return self
        rows = _RIGHT_BELOW.get(GridLevel(level), By.GROUP)
        if any(knows(key, (rows,)) for key in self.measures):
            return replace(self, rows=rows, below=False)
        return replace(self, rows=None, columns=None, below=False)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        kept = {
            "rows": BELOW if self.below else self.rows,
            "columns": self.columns,
            "major": self.major,
            "head": self.head,
        }
        return {"measures": list(self.measures)} | {
            name: str(value) for name, value in (kept | {"head_en": self.head_en}).items() if value
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        return cls(
            tuple(kept["measures"]), None if kept.get("rows") == BELOW else _by(kept.get("rows")),
            kept.get("rows") == BELOW, _by(kept.get("columns")), kept.get("major", ""), kept.get("head", ""),
            kept.get("head_en", ""),
        )  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """What is asked for, in the order in which it is printed."""

    parts: tuple[Part, ...]
    every: PeriodKind = PeriodKind.MONTH
    shape: Shape = Shape.SUMMARY
    order: Order = Order.CODE
    notes: str = ""
    notes_en: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a version keeps it."""
        return {
            "parts": [part.as_json() for part in self.parts], "every": str(self.every), "shape": str(self.shape),
            "order": str(self.order), "notes": self.notes, "notes_en": self.notes_en,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        return cls(
            tuple(Part.from_json(part) for part in kept["parts"]), PeriodKind(kept["every"]), Shape(kept["shape"]),
            Order(kept["order"]), kept.get("notes", ""), kept.get("notes_en", ""),
        )  # fmt: skip


def _by(value: str | None) -> By | None:
    return By(value) if value else None


def is_indicator(key: str) -> bool:
    """Whether it is something entered, not something counted."""
    return key.startswith(INDICATOR)


def code_of(key: str) -> str:
    """The code of an indicator, out of the key of a column."""
    return key.removeprefix(INDICATOR).removesuffix(MEAN)


def knows(key: str, by: tuple[By, ...]) -> bool:
    """Whether the numbers of a key can be told apart so."""
    if is_indicator(key):
        return OF_INDICATORS.union(TIMES).issuperset(by)
    measure = MEASURES.get(key)
    return measure is not None and measure.knows(*by)


def checked(spec: Spec, *, indicators: Mapping[str, Any]) -> Spec:
    """The spec itself; `Refused` beside its field where it cannot be made."""
    if not 1 <= len(spec.parts) <= MOST_PARTS:
        raise Refused(N_("一张报表最多 %(n)s 个部分。", n=MOST_PARTS))
    if spec.shape is Shape.LIST and (len(spec.parts) > 1 or len(spec.parts[0].measures) != 1):
        raise Refused(N_("明细表只列一样东西，请只选一个指标。"), field="shape")
    if spec.shape is Shape.LIST and (spec.parts[0].by or is_indicator(spec.parts[0].measures[0])):
        raise Refused(N_("明细表逐条列出，不分行列，也不能列填报的指标；请改选。"), field="shape")
    for part in spec.parts:
        _check_part(part, indicators)
    return spec


def _not_so(key: str, label: Any, by: tuple[By, ...]) -> Text:
    """Why a key cannot be told apart so, and by what it can."""
    wrong = [one.label for one in by if not knows(key, (one,))]
    able = [one.label for one in ROWS if knows(key, (one,))]
    if not able:
        return N_("“%(what)s”不能分行或分列：请不分行、不分列，或去掉它。", what=label)
    return N_(
        "“%(what)s”不能分“%(wrong)s”，能分的是：%(able)s。请改选行列，或去掉它。", what=label, wrong=wrong, able=able
    )


def _check_part(part: Part, indicators: Mapping[str, Any]) -> None:
    if not 1 <= len(part.measures) <= MOST_MEASURES:
        raise Refused(N_("每个部分请选 1 到 %(n)s 个指标。", n=MOST_MEASURES), field="parts")
    if len(set(part.by)) < len(part.by):
        raise Refused(N_("行和列不能一样，请改选一个。"), field="parts")
    if part.columns is not None and len(part.by) < 2:
        raise Refused(N_("选了列，也要选行。"), field="parts")
    for key in part.measures:
        label = indicators[key] if key in indicators else getattr(MEASURES.get(key), "label", None)
        if label is None:
            raise Refused(N_("有一个指标已经没有了，请重新选。"), field="parts")
        if not knows(key, part.by):
            raise Refused(_not_so(key, label, part.by), field="parts")
        if part.major and is_indicator(key):
            raise Refused(N_("填报的指标不分事件类别，请去掉“%(what)s”或改成全部类别。", what=label), field="parts")
    sources = {MEASURES[key].source for key in part.measures if not is_indicator(key)}
    if sources & _APART[0] and _APART[1].intersection(part.by):
        raise Refused(N_("户类和积分不放在一张表里。"), field="parts")
