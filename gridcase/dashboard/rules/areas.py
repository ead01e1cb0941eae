"""The areas of a county's work (321 has seven): which major classes of cases and kinds of activities count under which.

The example stands in the file of the heads; a county's own list is a setting of the county. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gridcase.affairs.rules import ActivityKind
from gridcase.core.words import N_, Both, Text
from gridcase.dashboard.rules.presets import Head, Part, Preset, presets
from gridcase.dashboard.rules.signs import MAJORS as SIGNED
from gridcase.measures.rules import SEVERAL, By

AREAS_KEY = "dashboard.areas"  # the setting of a county
AREAS_MOST = 15
NAME_MOST, ENGLISH_MOST = 12, 40
HEAD, USUALLY = ("321", "七个方面"), 7  # where the example stands, and how many its name speaks of
OTHERWISE = Both("各个方面", "Areas")
# What can be placed: classes that are counted at all (03, public order, is in no figure), and kinds of activities.
MAJORS: Mapping[str, Text] = {code: one.label for code, one in SIGNED.items() if code != "00"}
KINDS: Mapping[str, Text] = {one.value: one.label for one in ActivityKind}
_MEASURES = ((By.MAJOR, "cases.collected"), (By.KIND, "activities.held"))
_SHORT: Mapping[By, str] = {By.MAJOR: "majors", By.KIND: "kinds"}


@dataclass(frozen=True)
class Area:
    """One area: `key` stays when it is renamed or moved."""

    key: int
    name: Both
    majors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its numbers among the figures: one for its cases, one for its activities; of both each says which it is."""
        chosen = [(by, key, one) for by, key in _MEASURES if (one := SEVERAL.join(getattr(self, _SHORT[by])))]
        return tuple(
            Part(key, by, one, _called(by, self.name) if len(chosen) > 1 else self.name) for by, key, one in chosen
        )

    def as_json(self) -> dict[str, Any]:
        """The form kept in the setting."""
        return {"key": self.key, "zh": self.name.zh, "en": self.name.en, "majors": list(self.majors),
                "kinds": list(self.kinds)}  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Area:
        """Read back what `as_json` wrote."""
        return cls(kept["key"], Both(kept["zh"], kept["en"]), tuple(kept["majors"]), tuple(kept["kinds"]))


def _called(by: By, name: Both) -> Text:
    return N_("%(area)s：事件", area=name) if by is By.MAJOR else N_("%(area)s：活动", area=name)


def example() -> tuple[Area, ...]:
    """The areas of the file, in its order."""
    found: dict[Both, Area] = {}
    code, title = HEAD
    for part in next(head for head in presets()[code].heads if head.label.zh == title).parts:
        assert isinstance(part.label, Both)
        area = found.get(part.label) or Area(len(found) + 1, part.label)
        chosen = tuple(part.chosen.split(SEVERAL))
        found[part.label] = replace(area, majors=chosen) if part.by is By.MAJOR else replace(area, kinds=chosen)
    return tuple(found.values())


def read(kept: Mapping[str, Any] | None) -> tuple[Area, ...]:
    """A county's own list; without one, or emptied, the example."""
    own = (kept or {}).get("areas")
    return tuple(map(Area.from_json, own)) if own else example()


def as_setting(areas: Iterable[Area]) -> dict[str, Any]:
    """The value of the setting; of none: back to the example."""
    return {"areas": [one.as_json() for one in areas]}


def has_areas(preset: Preset) -> bool:
    """Whether the areas are one of its heads."""
    return preset.code == HEAD[0]


def with_areas(preset: Preset, areas: Sequence[Area]) -> Preset:
    """The preset with these areas in the place of the example's; an area of nothing has no number."""
    parts = tuple(part for area in areas for part in area.parts)
    as_usual = sum(bool(area.parts) for area in areas) == USUALLY
    heads = (
        Head(head.label if as_usual else OTHERWISE, parts) if head.label.zh == HEAD[1] else head
        for head in preset.heads
    )
    return replace(preset, heads=tuple(head for head in heads if head.parts))


def placed(areas: Sequence[Area], changed: Area) -> tuple[Area, ...]:
    """The list with one area new or changed: what it takes leaves the others, so that nothing counts in two."""
    others = [
        replace(
            one,
            majors=tuple(major for major in one.majors if major not in changed.majors),
            kinds=tuple(kind for kind in one.kinds if kind not in changed.kinds),
        )
        for one in areas
    ]
    known = any(one.key == changed.key for one in areas)
    return tuple(changed if one.key == changed.key else one for one in others) + (() if known else (changed,))


def moved(areas: Sequence[Area], key: int, *, up: bool) -> tuple[Area, ...]:
    """The list with one area a step up or down; at the end it stays."""
    order = list(areas)
    at = next(place for place, one in enumerate(order) if one.key == key)
    to = at + (-1 if up else 1)
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    return tuple(order)


def left_out(areas: Sequence[Area]) -> list[Text]:
    """The classes and kinds that count in no area."""
    taken = {one for area in areas for one in (*area.majors, *area.kinds)}
    return [label for code, label in {**MAJORS, **KINDS}.items() if code not in taken]
