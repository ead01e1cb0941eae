"""The numbers under the heads of a preset: the same measures, told apart once for all of their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.dashboard.queries.office import kept
from gridcase.dashboard.rules.areas import AREAS_KEY, Area, has_areas, read, with_areas
from gridcase.dashboard.rules.presets import PRESET_KEY, Part, Preset, presets
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.measures import queries as measures
from gridcase.measures.queries import Number, Row
from gridcase.measures.rules import MEASURES, SEVERAL, By, Narrow, Shape

KEEPERS = (Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)
LEVELS = (GridLevel.COUNTY, GridLevel.TOWN)


@dataclass(frozen=True)
class Told:
    """One number of a preset, and the row whose link leads to what it counts."""

    part: Part
    number: Number
    count: int
    whole: int | None
    row: Row


def preset_of(viewer: Viewer, *, on: date) -> Preset | None:
    """The preset of the place of the viewer's post, set there or above."""
    path = _path(viewer)
    found = grids.setting(path, PRESET_KEY, on=on) if path else None
    return presets().get(str(found[0].get("preset"))) if found else None


def whole_preset_of(viewer: Viewer, *, on: date) -> Preset | None:
    """The same with the areas as the county has them, where areas are one of its heads."""
    preset, path = preset_of(viewer, on=on), _path(viewer)
    return with_areas(preset, areas_of(path, on=on)[0]) if preset and path and has_areas(preset) else preset


def _path(viewer: Viewer) -> str | None:
    return next((grant.path for grant in viewer.grants_with(Permission.SEE_DASHBOARD) if grant.path), None)


def areas_of(path: str, *, on: date) -> tuple[tuple[Area, ...], int]:
    """The areas in force for a place, and the version of their list; 0 where the example stands."""
    found = grids.setting(path, AREAS_KEY, on=on)
    return (read(found[0]), found[1]) if found else (read(None), 0)


def told(viewer: Viewer, preset: Preset, *, period: Period, now: datetime, narrow: Narrow) -> list[list[Told]]:
    """The numbers of each head, in their order."""
    asked = ("preset", preset, str(period), tuple(narrow.link().items()))
    return kept(viewer, asked, now=now, make=lambda: _told(viewer, preset, period, now, narrow))


def _told(viewer: Viewer, preset: Preset, period: Period, now: datetime, narrow: Narrow) -> list[list[Told]]:
    keys: dict[By | None, set[str]] = defaultdict(set)
    for head in preset.heads:
        for part in head.parts:
            keys[part.by].add(part.key)
    found = {
        by: measures.values(viewer, sorted(wanted), period=period, now=now, narrow=narrow, by=(by,) if by else ())
        for by, wanted in keys.items()
    }
    return [[_one(part, found[part.by].rows, found[part.by].total) for part in head.parts] for head in preset.heads]


def _one(part: Part, rows: Sequence[Row], total: Row) -> Told:
    """The rows of a table that belong to one part, together."""
    measure, wanted = MEASURES[part.key], set(part.chosen.split(SEVERAL))
    mine = [row for row in rows if part.by is None or str(row.group[0].key) in wanted]
    count = sum(row.counts[part.key] for row in mine)
    whole = sum(row.counts[measure.of] for row in mine) if measure.of else None
    number: Number = measure.of_counts(count, whole or 0)
    if measure.shape is Shape.SUM:
        number = sum(row.numbers[part.key] or 0 for row in mine)
    narrowed = Row((), {part.key: number}, {part.key: count}, total.period, total.narrow.joined(part.narrow))
    return Told(part, number, count, whole, narrowed)


def keepable(viewer: Viewer) -> list[Grid]:
    """The places whose preset the viewer chooses: his towns, or his county."""
    mine = or_(*(reach(viewer, one, path=Grid.path) for one in KEEPERS))
    wanted = (Grid.level.in_(LEVELS), Grid.valid_to.is_(None), mine)
    return list(db.session.scalars(select(Grid).where(*wanted).order_by(Grid.code)))


def counties(viewer: Viewer) -> list[Grid]:
    """The counties whose areas the viewer keeps."""
    mine = reach(viewer, Permission.MANAGE_COUNTY, path=Grid.path)
    wanted = (Grid.level == GridLevel.COUNTY, Grid.valid_to.is_(None), mine)
    return list(db.session.scalars(select(Grid).where(*wanted).order_by(Grid.code)))


def kept_place(viewer: Viewer, place_id: int) -> Grid:
    """One of them, else `Missing`."""
    found = next((place for place in keepable(viewer) if place.id == place_id), None)
    if found is None:
        raise Missing
    return found
