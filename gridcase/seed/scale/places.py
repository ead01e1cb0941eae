"""Places for measuring: squares in rows, each village cut into groups (strips) and cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gridcase.core.outlines import Point
from gridcase.grid.models import Grid, GridOutline
from gridcase.grid.rules import GridLevel, cell_code, group_code
from gridcase.seed.scale import writing

TOWNS, VILLAGES, GROUPS, HOMES_A_CELL = 10, 10, 4, 25  # villages a town, groups a village
ORIGIN: Point = (112.0, 28.0)  # an invented corner of the earth, WGS 84
SIDE = 0.04  # degrees of a village's square
COLUMNS = "id code level kind name parent_id path county_id town_id village_id lon lat valid_from"


@dataclass
class Cell:
    """Where homes stand: a square from its south-west corner."""

    id: int
    code: str
    path: str
    name: str
    corner: Point
    side: Point


@dataclass
class Home:
    """A home and its head."""

    id: int
    person_id: int
    cell: Cell
    at: Point


@dataclass
class Village:
    """A village with what its cases need."""

    id: int
    code: str
    path: str
    name: str
    cells: list[Cell] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    head_post: int = 0
    liaison_posts: list[int] = field(default_factory=list)


@dataclass
class Town:
    """A town with its duty desk and its one station."""

    id: int
    code: str
    path: str
    county_id: int
    villages: list[Village] = field(default_factory=list)
    desk_post: int = 0
    station: int = 0


class _Sheet:
    """The rows of grids and outlines on their way into the database."""

    def __init__(self, ids: Iterator[int], since: date) -> None:
        self.ids, self.since = ids, since
        self.rows: list[tuple[Any, ...]] = []
        self.outlines: list[tuple[Any, ...]] = []

    def add(self, level: GridLevel, code: str, name: str, parent: str, corner: Point, side: Point | None) -> str:
        """One place below the path `parent`; returns its own path."""
        path = f"{parent}{next(self.ids)}/"
        ids = [int(part) for part in path.split("/") if part]
        county, town, village = (*ids, None, None, None)[:3]
        above = ids[-2] if len(ids) > 1 else None
        self.rows.append(
            (ids[-1], code, level, "general", name, above, path, county, town, village, *corner, self.since)
        )
        if side is not None:
            (x, y), (dx, dy) = corner, side
            ring = ((x, y), (x + dx, y), (x + dx, y + dy), (x, y + dy), (x, y))
            self.outlines.append((ids[-1], writing.area_text(ring), "synthetic", True))
        return path


def write(households: int, *, since: date) -> list[Town]:
    """One county with its towns, villages, groups and as many cells as the homes need."""
    cells = max(1, households // (TOWNS * VILLAGES * GROUPS * HOMES_A_CELL))
    count = 1 + TOWNS * (1 + VILLAGES * (1 + GROUPS * (1 + cells)))
    sheet = _Sheet(writing.reserve(Grid, count), since)
    county = sheet.add(GridLevel.COUNTY, "990000000000", "试算县", "/", ORIGIN, None)
    towns = [_town(sheet, county, n, cells) for n in range(TOWNS)]
    writing.write(Grid, COLUMNS, sheet.rows)
    writing.write(GridOutline, "grid_id geom source synthetic", sheet.outlines)
    return towns


def _town(sheet: _Sheet, county: str, n: int, cells: int) -> Town:
    code = f"990000{100 + n}000"
    path = sheet.add(
        GridLevel.TOWN, code, f"试算{n + 1}镇", county, (ORIGIN[0], ORIGIN[1] + n * SIDE), (VILLAGES * SIDE, SIDE)
    )
    town = Town(_id(path), code, path, _id(county))
    for v in range(VILLAGES):
        corner = (ORIGIN[0] + v * SIDE, ORIGIN[1] + n * SIDE)
        village_code = f"{code[:9]}{200 + v}"
        name = f"{n + 1}镇{v + 1}村"
        own = sheet.add(GridLevel.VILLAGE, village_code, name, path, corner, (SIDE, SIDE))
        village = Village(_id(own), village_code, own, name)
        for g in range(GROUPS):
            village.cells += _group(sheet, village, corner, g, cells)
        town.villages.append(village)
    return town


def _group(sheet: _Sheet, village: Village, corner: Point, g: int, cells: int) -> Iterator[Cell]:
    code, side = group_code(village.code, g + 1), (SIDE / cells, SIDE / GROUPS)
    south = corner[1] + g * side[1]
    path = sheet.add(GridLevel.GROUP, code, f"{g + 1}组", village.path, (corner[0], south), (SIDE, side[1]))
    for c in range(cells):
        at = (corner[0] + c * side[0], south)
        own_code = cell_code(code, c + 1)
        name = f"{g + 1}组第{c + 1}网格"
        own = sheet.add(GridLevel.CELL, own_code, name, path, at, side)
        yield Cell(_id(own), own_code, own, name, at, side)


def _id(path: str) -> int:
    return int(path.rstrip("/").rsplit("/", 1)[1])
