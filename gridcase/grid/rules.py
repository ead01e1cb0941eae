"""What a place can be. Levels and soft limits: domain.md 3.1; sizes are settings of a county, never blocked on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True)
class SizeLimits:
    """Soft limits of a third-level cell: reported, never blocked."""

    households: tuple[int, int] = (20, 30)
    persons: tuple[int, int] = (70, 120)

    def fits(self, households: int, persons: int) -> bool:
        """Whether a cell of this size keeps both limits."""
        low_h, high_h = self.households
        low_p, high_p = self.persons
        return low_h <= households <= high_h and low_p <= persons <= high_p


def group_code(village_code: str, number: int) -> str:
    """The code of a group: village + Znn, `610921104200Z02`."""
    return f"{village_code}Z{number:02d}"


def cell_code(group: str, number: int) -> str:
    """The code of a third-level cell: group + -nnn, `610921104200Z02-003`."""
    return f"{group}-{number:03d}"


def household_code(cell: str, number: int) -> str:
    """The code of a household: its first cell + -nnn; it stays when the home changes its cell."""
    return f"{cell}-{number:03d}"
