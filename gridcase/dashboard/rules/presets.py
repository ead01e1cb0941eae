"""The figures under the heads of a place's own way of working: 361, 12360, 321. The heads are data, not code. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gridcase.core.paths import SEED_DATA
from gridcase.core.words import Both, Text
from gridcase.measures.rules import MEASURES, By, Narrow, Shape

PRESET_KEY = "dashboard.preset"  # the setting of a county, town or village
FILE = SEED_DATA / "figures.csv"


@dataclass(frozen=True)
class Part:
    """One number of a head: a measure, perhaps only of some classes, kinds, purposes or boards."""

    key: str
    by: By | None
    chosen: str
    label: Both | Text | None

    @property
    def narrow(self) -> Narrow:
        """What its link narrows to."""
        return Narrow.read({self.by.value: self.chosen}) if self.by else Narrow()


@dataclass(frozen=True)
class Head:
    """A head and its numbers."""

    label: Both
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Preset:
    """A way of working by its name and its heads."""

    code: str
    label: Both
    heads: tuple[Head, ...]


@lru_cache(maxsize=1)
def presets() -> Mapping[str, Preset]:
    """All of them, as the file has them; English names stand in the first line of each head."""
    found: dict[str, tuple[Both, dict[str, tuple[Both, list[Part]]]]] = {}
    with FILE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            _label, heads = found.setdefault(row["preset"], (Both(row["preset_zh"], row["preset_en"]), {}))
            _head, parts = heads.setdefault(row["head_zh"], (Both(row["head_zh"], row["head_en"]), []))
            parts.append(_part(row))
    return {
        code: Preset(code, label, tuple(Head(head, tuple(parts)) for head, parts in heads.values()))
        for code, (label, heads) in found.items()
    }


def _part(row: Mapping[str, str]) -> Part:
    by = By(row["by"]) if row["by"] else None
    if not MEASURES[row["measure"]].knows(*([by] if by else [])):
        raise ValueError(f"{row['measure']} is not told apart by {by}")
    if MEASURES[row["measure"]].shape in (Shape.MEDIAN, Shape.RATE):
        raise ValueError(f"{row['measure']} cannot be added up from its parts")
    return Part(row["measure"], by, row["chosen"], Both(row["label_zh"], row["label_en"]) if row["label_zh"] else None)
