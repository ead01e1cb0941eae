"""What the coverage report says of a village, and which of it is outside the soft limits. Pure; nothing is ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class Listed(Labelled):
    """The lists behind the numbers."""

    HOMES = "homes", N_("住户")
    SECTIONS = "sections", N_("片")
    LIAISONS = "liaisons", N_("联户代表")
    CELLS = "cells", N_("三级网格")
    NO_LIAISON = "no_liaison", N_("没有有效联户代表的户")
    CIRCLE_FEW = "circle_few", N_("户数偏少的联户圈")
    CIRCLE_MANY = "circle_many", N_("户数偏多的联户圈")
    CELL_HOMES = "cell_homes", N_("户数不在范围内的网格")
    CELL_PERSONS = "cell_persons", N_("人数不在范围内的网格")
    NO_FULLTIME = "no_fulltime", N_("没有专职网格员的村")
    NO_LINE = "no_line", N_("不在三线的网格长")
    NOT_VISITED = "not_visited", N_("超过间隔没有走访的户")


# What asks for somebody's attention; the others only say how many there are.
SIZES = (Listed.HOMES, Listed.SECTIONS, Listed.LIAISONS, Listed.CELLS)
FINDINGS = tuple(one for one in Listed if one not in SIZES)


@dataclass(frozen=True)
class Numbers:
    """The numbers of a village, or of all; `persons` are those living in `homes`."""

    homes: int = 0
    persons: int = 0
    sections: int = 0
    liaisons: int = 0
    cells: int = 0
    no_liaison: int = 0
    circle_few: int = 0
    circle_many: int = 0
    cell_homes: int = 0
    cell_persons: int = 0
    no_fulltime: int = 0
    no_line: int = 0
    not_visited: int = 0

    @property
    def per_liaison(self) -> str:
        """Homes for each liaison with two decimals; a dash where there is nobody."""
        return f"{self.homes / self.liaisons:.2f}" if self.liaisons else "–"

    def of(self, listed: Listed) -> int:
        """The number of rows of a list."""
        number: int = getattr(self, listed.value)
        return number


def total(numbers: Iterable[Numbers]) -> Numbers:
    """All villages together."""
    every = list(numbers)
    return Numbers(**{one.name: sum(getattr(each, one.name) for each in every) for one in fields(Numbers)})
