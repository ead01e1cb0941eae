"""What a place can be, what it is called and numbered (domain.md 3.1 and 7). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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


def group_code(village_code: str, number: int) -> str:
    """The code of a group: village + Znn, `610921104200Z02`."""
    return f"{village_code}Z{number:02d}"


def cell_code(group: str, number: int) -> str:
    """The code of a third-level cell: group + -nnn, `610921104200Z02-003`."""
    return f"{group}-{number:03d}"


def household_code(cell: str, number: int) -> str:
    """The code of a household: its first cell + -nnn; it stays when the home changes its cell."""
    return f"{cell}-{number:03d}"


# What a place below a parent is numbered like: its part of the code after the parent's, and the first number.
_DIGITS = {GridLevel.TOWN: (6, 3, 100), GridLevel.VILLAGE: (9, 3, 200)}
_CODE_LENGTH = 12
_MOST_GROUPS, _MOST_CELLS = 99, 999


def propose_code(level: GridLevel, parent_code: str, taken: Iterable[str]) -> str:
    """The next code below a parent by the rules of the statistical code; "" where there is none left."""
    used = set(taken)
    if level in _DIGITS:
        kept, digits, first = _DIGITS[level]
        stem, tail = parent_code[:kept], "0" * (_CODE_LENGTH - kept - digits)
        candidates = [f"{stem}{number:0{digits}d}{tail}" for number in range(first, 10**digits)]
    elif level is GridLevel.GROUP:
        candidates = [group_code(parent_code, number) for number in range(1, _MOST_GROUPS + 1)]
    else:
        candidates = [cell_code(parent_code, number) for number in range(1, _MOST_CELLS + 1)]
    highest = max((place for place, code in enumerate(candidates) if code in used), default=-1)
    free = [code for code in (*candidates[highest + 1 :], *candidates[: highest + 1]) if code not in used]
    return free[0] if free else ""


def check_code(level: GridLevel, code: str, parent_code: str | None) -> str:
    """The code in capitals; `Refused` when it is none of this level or not its parent's."""
    code = code.strip().upper()
    if level in (GridLevel.COUNTY, *_DIGITS):
        kept = {GridLevel.COUNTY: 0, GridLevel.TOWN: 6, GridLevel.VILLAGE: 9}[level]
        filled = {GridLevel.COUNTY: 6, GridLevel.TOWN: 9, GridLevel.VILLAGE: 12}[level]
        zeros = "0" * (_CODE_LENGTH - filled)
        fits = bool(re.fullmatch(rf"\d{{{filled}}}{zeros}", code)) and (parent_code or "")[:kept] == code[:kept]
        rule = N_("12 位数字，前面与上级编码相同")
    else:
        tail = r"Z\d{2}" if level is GridLevel.GROUP else r"-\d{3}"
        fits = bool(re.fullmatch(re.escape((parent_code or "").upper()) + tail, code))
        rule = N_("上级编码加 Z 和两位数字") if level is GridLevel.GROUP else N_("上级编码加短横和三位数字")
    if not fits:
        raise Refused(N_("编码不合规则：应是%(rule)s。", rule=rule), field="code")
    return code


NAMING_KEY = "naming"  # of the setting
LONGEST_WORD = 10


@dataclass(frozen=True)
class Naming:
    """What a village calls its levels (a county may say 大网格 and 小网格); "" keeps the usual word."""

    village: str = ""
    group: str = ""
    cell: str = ""

    def word(self, level: str) -> Text | str:
        """The word for a level here."""
        return str(getattr(self, level, "")) or GridLevel(level).label

    def to_json(self) -> dict[str, Any]:
        """The form kept as a setting."""
        return {"village": self.village, "group": self.group, "cell": self.cell}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        return cls(*(str(stored.get(name, ""))[:LONGEST_WORD] for name in ("village", "group", "cell")))
