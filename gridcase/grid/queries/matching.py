"""Which shape of a file belongs to which place, and what speaks against taking it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gridcase.core.errors import Refused
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid, OutlineDraft
from gridcase.grid.queries.outlines import (
    Polygons,
    candidates,
    county_box,
    nearest_outline_above,
    outline_of,
)
from gridcase.grid.rules import Datum, GridLevel, polygons_to_wgs84
from gridcase.grid.rules.shapes import FAR_M, area_m2, check_outline, far_off_m

_CODE_LIKE, _NAME_LIKE = ("code", "编码", "代码", "dm", "id"), ("name", "名称", "mc")


@dataclass(frozen=True)
class Matched:
    """One shape of a file. `problem` says why it cannot be taken over, `warning` what to look at first."""

    number: int
    label: str
    grid: Grid | None
    polygons: Polygons
    area_m2: float
    problem: Text | None
    warning: Text | None
    replaces: bool


@dataclass(frozen=True)
class Preview:
    """What a file would change. `better` is the datum that would fit where this one does not."""

    rows: Sequence[Matched]
    column: str
    better: Datum | None

    @property
    def ready(self) -> int:
        """How many shapes can be taken over."""
        return sum(row.grid is not None and row.problem is None for row in self.rows)


def columns_in(draft: OutlineDraft) -> list[str]:
    """The columns of a file that was read."""
    return list(dict.fromkeys(name for one in draft.content["features"] for name in one["columns"]))


def datum_of(draft: OutlineDraft, chosen: str | None) -> Datum | None:
    """What the file says its datum is, else what was chosen; None: to be asked."""
    said = draft.content.get("datum") or chosen
    return Datum(said) if said in list(Datum) else None


def _raw(feature: dict[str, object]) -> Polygons:
    polygons: Polygons = feature["polygons"]  # type: ignore[assignment]
    return [[[(x, y) for x, y in ring] for ring in polygon] for polygon in polygons]


def preview(draft: OutlineDraft, place: Grid, *, datum: Datum | None, column: str, on: date) -> Preview:
    """Match the shapes by a column (the one that fits best where none is named) and look at each."""
    features = draft.content["features"]
    places = candidates(place, on=on)
    column = column if column in columns_in(draft) else best_column(draft, places)
    keys, ground = keys_of(places), _Ground(place)
    rows = []
    for number, feature in enumerate(features, start=1):
        value = feature["columns"].get(column, "")
        grid = keys.get(value.strip().upper()) if value else None
        if grid is None and len(features) == 1 and not column:
            grid = place  # one shape without a word: it can only be the place itself
        polygons = polygons_to_wgs84(_raw(feature), datum or Datum.WGS84)
        rows.append(_looked_at(number, value, grid, polygons, ground))
    return Preview(rows, column, _better(features, rows, datum, ground))


class _Ground:
    """What shapes are measured against, each outline read once."""

    def __init__(self, place: Grid) -> None:
        self.box = county_box(place)
        self._above: dict[int | None, Polygons | None] = {}

    def off_m(self, grid: Grid, polygons: Polygons) -> float:
        if grid.parent_id not in self._above:
            found = nearest_outline_above(grid)
            self._above[grid.parent_id] = found.polygons if found else None
        centre = (grid.lon, grid.lat) if grid.lon is not None and grid.lat is not None else None
        return far_off_m(polygons, centre=centre, parent=self._above[grid.parent_id])


def keys_of(places: Sequence[Grid]) -> dict[str, Grid | None]:
    """Places by code, external code and name; None where two share one."""
    keys: dict[str, Grid | None] = {}
    for grid in places:
        for key in {grid.code, grid.external_code or "", grid.name} - {""}:
            plain = key.strip().upper()
            keys[plain] = None if plain in keys and keys[plain] is not grid else grid
    return keys


def best_column(draft: OutlineDraft, places: Sequence[Grid]) -> str:
    """The column whose values name most places; "" where none names any."""
    keys, best, most = keys_of(places), "", 0
    for column in sorted(columns_in(draft), key=_promise):
        values = [feature["columns"].get(column, "").strip().upper() for feature in draft.content["features"]]
        hits = len({value for value in values if keys.get(value) is not None})
        if hits > most:
            best, most = column, hits
    return best


def _promise(column: str) -> int:
    small = column.lower()
    return 0 if any(word in small for word in _CODE_LIKE) else 1 if any(word in small for word in _NAME_LIKE) else 2


def _looked_at(number: int, label: str, grid: Grid | None, polygons: Polygons, ground: _Ground) -> Matched:
    problem: Text | None = None
    warning: Text | None = None
    if grid is None:
        problem = N_("没有对应的网格")
    else:
        try:
            check_outline(polygons, level=GridLevel(grid.level), box=ground.box)
        except Refused as refusal:
            problem = refusal.text
        else:
            off = ground.off_m(grid, polygons)
            if off > FAR_M:
                warning = N_("偏离上级或中心点 %(m)s 米，可能选错了坐标系", m=round(off))
    replaces = grid is not None and outline_of(grid.id) is not None
    return Matched(number, label, grid, polygons, area_m2(polygons), problem, warning, replaces)


def _better(
    features: Sequence[dict[str, object]], rows: Sequence[Matched], datum: Datum | None, ground: _Ground
) -> Datum | None:
    """Where shapes lie far off: the other datum that would put the first of them where it belongs."""
    far = next((row for row in rows if row.warning is not None and row.grid is not None), None)
    if far is None or far.grid is None:
        return None
    for other in (Datum.GCJ02, Datum.WGS84):
        if other is datum:
            continue
        if ground.off_m(far.grid, polygons_to_wgs84(_raw(features[far.number - 1]), other)) <= FAR_M:
            return other
    return None
