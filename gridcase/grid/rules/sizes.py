"""Soft sizes of cells and circles: a setting of a county, town or village (domain.md 3.1), never blocked on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from gridcase.core.errors import Refused
from gridcase.core.words import N_

SIZES_KEY = "sizes"  # of the setting; see `PlaceSetting`
_LARGEST_CELL, _MOST_PERSONS, _LARGEST_CIRCLE = 500, 2000, 60


@dataclass(frozen=True)
class SizeLimits:
    """Soft limits of a place, reported and never blocked: homes and persons of a third-level cell, homes of a
    liaison's circle (aimed at, reported below `circle_few` and above `circle_many`), and whether a leader who belongs
    to none of the three lines (三线人员) is reported."""

    households: tuple[int, int] = (20, 30)
    persons: tuple[int, int] = (70, 120)
    circle_target: int = 15
    circle_few: int = 8
    circle_many: int = 20
    three_lines: bool = False

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
            "circle_few": self.circle_few, "circle_many": self.circle_many, "three_lines": self.three_lines,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote; what an older version did not know has its default."""
        usual = cls()
        return cls(
            _span(stored.get("households"), usual.households),
            _span(stored.get("persons"), usual.persons),
            int(stored.get("circle_target", usual.circle_target)),
            int(stored.get("circle_few", usual.circle_few)),
            int(stored.get("circle_many", usual.circle_many)),
            bool(stored.get("three_lines", usual.three_lines)),
        )


def _span(stored: Sequence[Any] | None, usual: tuple[int, int]) -> tuple[int, int]:
    return (int(stored[0]), int(stored[1])) if stored else usual


def _check_span(span: tuple[int, int], most: int, field: str) -> None:
    if not 1 <= span[0] <= span[1] <= most:
        raise Refused(N_("上限不能小于下限，也不能大于 %(most)s。", most=most), field=field)
