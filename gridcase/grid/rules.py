"""What a place can be. Levels and soft limits: domain.md 3.1; sizes are settings of a county, never blocked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from gridcase.core.errors import Refused
from gridcase.core.words import N_, Text


class GridLevel(StrEnum):
    """The tree from the top. Village, group and cell are the first, second and third level of the grid."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GROUP = "group"
    CELL = "cell"

    @property
    def label(self) -> Text:
        """The field's word."""
        return _LEVEL_LABELS[self]

    @property
    def governance_level(self) -> int | None:
        """1, 2 or 3 for the levels of the grid; None above the village."""
        return {GridLevel.VILLAGE: 1, GridLevel.GROUP: 2, GridLevel.CELL: 3}.get(self)


_LEVEL_LABELS = {
    GridLevel.COUNTY: N_("县（区）"),
    GridLevel.TOWN: N_("乡镇"),
    GridLevel.VILLAGE: N_("村（一级网格）"),
    GridLevel.GROUP: N_("村民小组（二级网格）"),
    GridLevel.CELL: N_("三级网格"),
}


class GridKind(StrEnum):
    """A grid of the tree, or one set up for a special place such as a market (综合网格 / 专属网格)."""

    GENERAL = "general"
    SPECIAL = "special"

    @property
    def label(self) -> Text:
        """The field's word."""
        return N_("综合网格") if self is GridKind.GENERAL else N_("专属网格")


SIZES_KEY = "sizes"  # of the setting; see `PlaceSetting`
_LARGEST_CELL, _MOST_PERSONS, _LARGEST_CIRCLE = 500, 2000, 60


@dataclass(frozen=True)
class SizeLimits:
    """Soft limits of a place, reported and never blocked: homes and persons of a third-level cell, homes of a
    liaison's circle (aimed at, reported below `circle_few` and above `circle_many`)."""

    households: tuple[int, int] = (20, 30)
    persons: tuple[int, int] = (70, 120)
    circle_target: int = 15
    circle_few: int = 8
    circle_many: int = 20

    def fits(self, households: int, persons: int) -> bool:
        """Whether a cell of this size keeps both limits."""
        low_h, high_h = self.households
        low_p, high_p = self.persons
        return low_h <= households <= high_h and low_p <= persons <= high_p

    def checked(self) -> Self:
        """The limits themselves; `Refused` beside the field that makes no sense."""
        _check_span(self.households, _LARGEST_CELL, "households_high")
        _check_span(self.persons, _MOST_PERSONS, "persons_high")
        if not 1 <= self.circle_few <= self.circle_target <= self.circle_many <= _LARGEST_CIRCLE:
            raise Refused(
                N_("联户规模要依次不小于：偏少、目标、偏多，且不超过 %(most)s 户。", most=_LARGEST_CIRCLE),
                field="circle_target",
            )
        return self

    def to_json(self) -> dict[str, Any]:
        """The form kept as a setting."""
        return {
            "households": list(self.households), "persons": list(self.persons), "circle_target": self.circle_target,
            "circle_few": self.circle_few, "circle_many": self.circle_many,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote; what an older version did not know has its default."""
        known = {name: stored[name] for name in ("circle_target", "circle_few", "circle_many") if name in stored}
        spans = {
            name: (int(stored[name][0]), int(stored[name][1])) for name in ("households", "persons") if name in stored
        }
        return cls(**spans, **known)


def _check_span(span: tuple[int, int], most: int, field: str) -> None:
    if not 1 <= span[0] <= span[1] <= most:
        raise Refused(N_("上限不能小于下限，也不能大于 %(most)s。", most=most), field=field)


def group_code(village_code: str, number: int) -> str:
    """The code of a group: village + Znn, `610921104200Z02`."""
    return f"{village_code}Z{number:02d}"


def cell_code(group: str, number: int) -> str:
    """The code of a third-level cell: group + -nnn, `610921104200Z02-003`."""
    return f"{group}-{number:03d}"


def household_code(cell: str, number: int) -> str:
    """The code of a household: its first cell + -nnn; it stays when the home changes its cell."""
    return f"{cell}-{number:03d}"
