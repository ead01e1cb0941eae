"""Where the demo lives: five places with real codes, drawn down to groups and cells (outlines are synthetic)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from gridcase.core import outlines
from gridcase.core.outlines import Point, Ring
from gridcase.core.permissions import Viewer
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel, cell_code, group_code
from gridcase.seed.reference import read_csv

OUJIANGCHA, TONGANYI, SHUANGRU, ZHILONG, YIMA = (
    "430903104000", "621122105000", "610921104000", "441721100000", "621021101000",
)  # fmt: skip
HOME_VILLAGE = "430903104221"  # where the demo accounts live
SMALL = frozenset({HOME_VILLAGE, "610921104200"})
SOURCE = "synthetic"
THIN, THIN_HOME, LEAST_HOMES = 20, 4, 36

# Published figures: 12,310 households, 73 sections, 823 liaisons (Oujiangcha); 6 groups, 12 cells, 772 households and
# 3,036 persons (Tong'anyi village). All others are plausible sizes.
TOWN_HOMES, TOWN_SECTIONS, TOWN_LIAISONS = 12_310, 73, 823
HOMES_A_CIRCLE, PERSONS_A_HOME = 15, 3.5


@dataclass(frozen=True)
class Size:
    """How large a village is made; `cells` are those of each group, 0 where groups are the last level."""

    homes: int
    persons: int
    groups: int
    cells: int
    sections: int
    liaisons: int


@dataclass(frozen=True)
class Spot:
    """The last level of a village: a cell, or a group without cells; homes stand inside its ring."""

    grid: Grid
    ring: Ring


@dataclass(frozen=True)
class VillagePlan:
    """A village of places.csv with its size."""

    code: str
    name: str
    town_code: str
    at: Point
    size: Size


def chance(*key: object) -> Random:
    """Chance that repeats: the same key, the same numbers."""
    return Random("/".join(map(str, key)))  # noqa: S311 - a demo, no secret


def plans(*, small: bool) -> list[VillagePlan]:
    """Every village of the demo, by code; `small` keeps two of them at the same size."""
    rows = [row for row in read_csv("places.csv") if row["level"] == "village"]
    sizes = {**_oujiangcha([row["code"] for row in rows if row["parent_code"] == OUJIANGCHA])}
    made = [
        VillagePlan(
            row["code"], row["name"], row["parent_code"], _at(row), sizes.get(row["code"]) or _elsewhere(row["code"])
        )
        for row in rows
    ]
    return sorted((plan for plan in made if not small or plan.code in SMALL), key=lambda plan: plan.code)


def thinned(plan: VillagePlan) -> VillagePlan:
    """The same village with about every 20th home; the one of the demo accounts keeps a quarter: it has more posts."""
    size = plan.size
    homes = max(LEAST_HOMES, size.homes // (THIN_HOME if plan.code == HOME_VILLAGE else THIN))
    few = Size(
        homes=homes, persons=round(size.persons * homes / size.homes), groups=min(size.groups, 2), cells=size.cells,
        sections=min(size.sections, 1), liaisons=max(2, round(homes / HOMES_A_CIRCLE)),
    )  # fmt: skip
    return replace(plan, size=few)


def _at(row: dict[str, str]) -> Point:
    return float(row["lon"]), float(row["lat"])


def _oujiangcha(codes: Sequence[str]) -> dict[str, Size]:
    """The town's figures shared out over its 19 villages."""
    rng = chance("oujiangcha")
    homes = share(TOWN_HOMES, [rng.uniform(0.75, 1.3) for _ in codes])
    liaisons = share(TOWN_LIAISONS, homes)
    sections = share(TOWN_SECTIONS, homes)
    return {
        code: Size(
            homes=n, persons=round(n * rng.uniform(3.35, 3.65)), groups=max(8, round(n / 62)),
            cells=2 if code == HOME_VILLAGE else 0, sections=sections[i], liaisons=liaisons[i],
        )
        for i, (code, n) in enumerate(zip(codes, homes, strict=True))
    }  # fmt: skip


def _elsewhere(code: str) -> Size:
    if code.startswith(TONGANYI[:9]):
        return Size(homes=772, persons=3036, groups=6, cells=2, sections=0, liaisons=51)
    rng = chance(code)
    if code.startswith(SHUANGRU[:9]):  # three levels, cells of 20 to 30 homes
        groups, cells = rng.randint(5, 7), rng.randint(3, 4)
        homes = round(groups * cells * rng.uniform(23.5, 26.5))
    else:
        groups, cells = rng.randint(3, 5), 0
        homes = groups * rng.randint(24, 32)
    persons = round(homes * rng.uniform(3.3, 3.9))
    return Size(homes, persons, groups, cells, sections=0, liaisons=round(homes / HOMES_A_CIRCLE))


def share(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    whole = [int(part) for part in exact]
    by_rest = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_rest[: total - sum(whole)]:
        whole[i] += 1
    return whole


@dataclass(frozen=True)
class Upper:
    """Counties, towns and villages by code, and the rings of towns and villages."""

    grids: dict[str, Grid]
    rings: dict[str, Ring]


def add_upper(*, plans: Sequence[VillagePlan], actor: Viewer, since: date, now: datetime) -> Upper:
    """Counties, towns and villages, with the outlines of towns and villages."""
    rows = {row["code"]: row for row in read_csv("places.csv")}
    towns = sorted({plan.town_code for plan in plans})
    codes = [*sorted({rows[code]["parent_code"] for code in towns}), *towns, *(plan.code for plan in plans)]
    made: dict[str, Grid] = {}
    for code in codes:
        row = rows[code]
        lon, lat = _at(row)
        made[code] = grids.add_grid(
            actor=actor, level=GridLevel(row["level"]), code=code, name=row["name"], lon=lon, lat=lat,
            parent=made.get(row["parent_code"]), valid_from=since, now=now,
        )  # fmt: skip
    rings: dict[str, Ring] = {}
    for code in towns:
        own = [row for row in rows.values() if row["parent_code"] == code]
        rings |= _town_outlines(code, _at(rows[code]), own)
    for code in (*towns, *(plan.code for plan in plans)):
        _draw(made[code], rings[code], actor=actor, now=now)
    return Upper(made, rings)


def _town_outlines(code: str, centre: Point, villages: Sequence[dict[str, str]]) -> dict[str, Ring]:
    """A town round its villages, shared among them; a town of which one village is known stays mostly empty."""
    rng = chance(code)
    points = [_at(row) for row in villages]
    whole = outlines.outline_around([centre, *points], 2600, rng=rng)
    if len(villages) == 1:
        return {code: whole, villages[0]["code"]: outlines.outline(points[0], 1500, rng=rng)}
    parts = outlines.split(whole, len(points), rng=rng, sites=points)
    return {code: whole} | {row["code"]: part for row, part in zip(villages, parts, strict=True)}


def add_lower(village: Grid, whole: Ring, size: Size, *, actor: Viewer, now: datetime) -> list[Spot]:
    """Groups and cells of a village, from west to east; returns the last level."""
    rng = chance(village.code)
    names = [row["text"] for row in read_csv("names.csv") if row["kind"] == "group"]
    spots: list[Spot] = []
    for n, ring in enumerate(outlines.split(whole, size.groups, rng=rng), start=1):
        group = _add(
            village, GridLevel.GROUP, group_code(village.code, n), _group_name(names, n), ring, actor=actor, now=now
        )
        if not size.cells:
            spots.append(Spot(group, ring))
            continue
        for k, part in enumerate(outlines.split(ring, size.cells, rng=rng), start=1):
            cell = _add(
                group, GridLevel.CELL, cell_code(group.code, k), f"{group.name}第{k}网格", part, actor=actor, now=now
            )
            spots.append(Spot(cell, part))
    return spots


def _group_name(names: Sequence[str], n: int) -> str:
    return names[n - 1] if n <= len(names) else f"{n}组"


def _add(parent: Grid, level: GridLevel, code: str, name: str, ring: Ring, *, actor: Viewer, now: datetime) -> Grid:
    lon, lat = outlines.centre_of(ring)
    grid = grids.add_grid(
        actor=actor, level=level, code=code, name=name, parent=parent, lon=lon, lat=lat,
        valid_from=parent.valid_from, now=now,
    )  # fmt: skip
    _draw(grid, ring, actor=actor, now=now)
    return grid


def _draw(grid: Grid, ring: Ring, *, actor: Viewer, now: datetime) -> None:
    grids.draw_outline(actor=actor, grid=grid, rings=[ring], source=SOURCE, synthetic=True, now=now)
