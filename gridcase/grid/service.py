"""Writing places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import Ring, multipolygon
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import queries
from gridcase.grid.models import Grid, GridOutline, PlaceSetting, Section
from gridcase.grid.rules import GridKind, GridLevel


def add_grid(
    *,
    actor: Viewer,
    level: GridLevel,
    code: str,
    name: str,
    parent: Grid | None,
    now: datetime,
    valid_from: date,
    lon: float | None = None,
    lat: float | None = None,
    kind: GridKind = GridKind.GENERAL,
) -> Grid:
    """Add a place below its parent; the tree is county, town, village, group, cell, without gaps."""
    _check_level(level, parent)
    if queries.by_code(code) is not None:
        raise Refused(N_("编码 %(code)s 已经有了，请换一个。", code=code), field="code")
    grid = Grid(
        code=code, name=name, level=level, kind=kind, parent_id=parent.id if parent else None, path=f"?{code}",
        lon=lon, lat=lat, valid_from=valid_from,
    )  # fmt: skip
    db.session.add(grid)
    db.session.flush()
    grid.path = f"{parent.path if parent else '/'}{grid.id}/"
    grid.county_id = grid.id if level is GridLevel.COUNTY else parent.county_id if parent else None
    grid.town_id = grid.id if level is GridLevel.TOWN else parent.town_id if parent else None
    grid.village_id = grid.id if level is GridLevel.VILLAGE else parent.village_id if parent else None
    audit.record(
        actor=actor, action="grid.add", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"code": code, "level": level},
    )  # fmt: skip
    db.session.flush()
    return grid


def _check_level(level: GridLevel, parent: Grid | None) -> None:
    order = list(GridLevel)
    wanted = order.index(level) - 1
    if (wanted < 0) != (parent is None) or (parent is not None and parent.level != order[wanted]):
        raise Refused(N_("“%(level)s”不能放在这里，请先选上一级。", level=level.label), field="parent")


def draw_outline(
    *, actor: Viewer, grid: Grid, rings: Sequence[Ring], source: str, synthetic: bool, now: datetime
) -> GridOutline:
    """Give a place its outline (WGS 84 degrees, outer rings)."""
    outline = db.session.get(GridOutline, grid.id) or GridOutline(grid_id=grid.id)
    outline.geom, outline.source, outline.synthetic = multipolygon(rings), source, synthetic
    db.session.add(outline)
    audit.record(
        actor=actor, action="grid.outline", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"source": source, "synthetic": synthetic},
    )  # fmt: skip
    db.session.flush()
    return outline


def add_section(*, actor: Viewer, village: Grid, code: str, name: str, now: datetime) -> Section:
    """Add a section (片) to a village."""
    section = Section(village_id=village.id, place_path=village.path, code=code, name=name)
    db.session.add(section)
    db.session.flush()
    audit.record(
        actor=actor, action="grid.section", subject_kind="section", subject_id=section.id, place_path=village.path,
        now=now, detail={"code": code},
    )  # fmt: skip
    return section


def set_setting(
    *, actor: Viewer, place: Grid, key: str, value: dict[str, Any], valid_from: date, now: datetime
) -> PlaceSetting:
    """Give a place its own setting as a new version; older versions stay readable."""
    last: int | None = db.session.scalar(
        select(func.max(PlaceSetting.version)).where(PlaceSetting.place_id == place.id, PlaceSetting.key == key)
    )
    row = PlaceSetting(place_id=place.id, key=key, version=(last or 0) + 1, value=value, valid_from=valid_from)
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="setting.change", subject_kind="grid", subject_id=place.id, place_path=place.path, now=now,
        detail={"key": key, "version": row.version},
    )  # fmt: skip
    return row
