"""Where things are on the map, in whole numbers: places of 100,000ths of a degree, and the cells they lie in. Pure.

A spot interleaves the bits of a place's two numbers. All places of a cell of 2**step by 2**step then lie in one range
of spots, whatever the step, so that an index counts a cell without looking at its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SCALE = 100_000  # degrees to whole numbers; one is about a metre
EAST, NORTH = 180 * SCALE, 90 * SCALE  # so that no number is below zero
CELLS_MOST = 300  # in one answer
COARSEST, FINEST = 25, 4  # steps: a third of the world, 16 metres
ZOOM_STEP = 23  # a cell of 2 ** (ZOOM_STEP - zoom) is about 60 pixels wide at that zoom of a web map
_SPREAD = ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333),
           (1, 0x5555555555555555))  # fmt: skip


def spot_of(x: int, y: int) -> int:
    """The spot of a place, given in 100,000ths of a degree east and north."""
    return _spread(x + EAST) | _spread(y + NORTH) << 1


def _spread(value: int) -> int:
    for shift, mask in _SPREAD:
        value = (value | value << shift) & mask
    return value


@dataclass(frozen=True)
class Box:
    """A part of the map in 100,000ths of a degree, its edges included."""

    west: int
    south: int
    east: int
    north: int

    @classmethod
    def read(cls, text: str) -> Box | None:
        """The box of a link, "112.1,28.4,112.9,28.8" in degrees; None for what is none."""
        try:
            west, south, east, north = (round(float(part) * SCALE) for part in text[:120].split(","))
        except (ValueError, OverflowError):
            return None
        west, east = (min(max(x, -EAST), EAST) for x in (west, east))
        south, north = (min(max(y, -NORTH), NORTH) for y in (south, north))
        return cls(west, south, east, north) if west <= east and south <= north else None

    def __str__(self) -> str:
        return ",".join(f"{value / SCALE:.5f}" for value in (self.west, self.south, self.east, self.north))


WORLD = Box(-EAST, -NORTH, EAST, NORTH)


@dataclass(frozen=True)
class Cells:
    """The cells that cover a box at one step: at most `CELLS_MOST`, however large the box."""

    box: Box
    step: int

    @classmethod
    def over(cls, box: Box, zoom: int) -> Cells:
        """Those a web map at this zoom wants, coarser where they were too many."""
        step = min(max(ZOOM_STEP - zoom, FINEST), COARSEST)
        while step < COARSEST and len(cls(box, step)) > CELLS_MOST:
            step += 1
        return cls(box, step)

    def __len__(self) -> int:
        columns, rows = self.ranges()
        return len(columns) * len(rows)

    def __iter__(self) -> Iterator[int]:
        """The first spot of each."""
        columns, rows = self.ranges()
        for row in rows:
            for column in columns:
                yield spot_of((column << self.step) - EAST, (row << self.step) - NORTH)

    @property
    def size(self) -> int:
        """How many spots a cell has."""
        return 1 << 2 * self.step

    def ranges(self) -> tuple[range, range]:
        """Their columns from west to east and rows from south to north."""
        box, step = self.box, self.step
        columns = range((box.west + EAST) >> step, ((box.east + EAST) >> step) + 1)
        rows = range((box.south + NORTH) >> step, ((box.north + NORTH) >> step) + 1)
        return columns, rows
