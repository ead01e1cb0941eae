"""Writing places: adding, changing, closing; the lines they serve and what they have to work with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, update

from gridcase.audit import service as audit
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.core.words import N_, Text
from gridcase.grid import queries
from gridcase.grid.models import Grid, GridLine, GridResource
from gridcase.grid.rules import MOST_OF_ONE, GridKind, GridLevel, Line, ResourceKind, check_code
from gridcase.grid.rules.shapes import CHINA

EDITED = ("name", "external_code", "kind", "lon", "lat")


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
        code=code, name=name, initials=initials(name)[:40], level=level, kind=kind,
        parent_id=parent.id if parent else None, path=f"?{code}",
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


def add_place(
    *,
    actor: Viewer,
    parent: Grid,
    code: str,
    name: str,
    kind: GridKind,
    external_code: str | None,
    lon: float | None,
    lat: float | None,
    valid_from: date,
    now: datetime,
) -> Grid:
    """Add a place right below another; its code must be one of the parent's. `Refused` says which field is wrong."""
    level = level_below(parent)
    if parent.valid_to is not None:
        raise Refused(N_("上级已经撤销，不能再加下级。"), field="name")
    if valid_from < parent.valid_from:
        raise Refused(N_("不能早于上级的起始日 %(day)s。", day=parent.valid_from), field="valid_from")
    _check_centre(lon, lat)
    _check_name(name, parent.id, None)
    grid = add_grid(
        actor=actor, level=level, code=check_code(level, code, parent.code), name=name, parent=parent, now=now,
        valid_from=valid_from, lon=lon, lat=lat, kind=kind,
    )  # fmt: skip
    grid.external_code = external_code
    return grid


def level_below(parent: Grid) -> GridLevel:
    """The level right below a place; `Refused` below a cell."""
    order = list(GridLevel)
    if parent.level == GridLevel.CELL:
        raise Refused(N_("三级网格下面不能再加下级。"), field="name")
    return order[order.index(GridLevel(parent.level)) + 1]


def _check_centre(lon: float | None, lat: float | None) -> None:
    if (lon is None) != (lat is None):
        raise Refused(N_("经度和纬度要一起填。"), field="lat" if lat is None else "lon")
    if lon is not None and lat is not None and not CHINA.holds((lon, lat)):
        raise Refused(N_("中心点不在中国范围内，请检查经纬度次序。"), field="lon")


def _check_name(name: str, parent_id: int | None, own_id: int | None) -> None:
    twin = db.session.scalar(
        select(Grid.code).where(
            Grid.parent_id == parent_id, Grid.name == name, Grid.valid_to.is_(None), Grid.id != (own_id or 0)
        )
    )
    if twin is not None:
        raise Refused(N_("上级里已有同名的网格（%(code)s），请换个名称。", code=twin), field="name")


def edit_grid(
    grid: Grid,
    *,
    actor: Viewer,
    name: str,
    external_code: str | None,
    kind: GridKind,
    lon: float | None,
    lat: float | None,
    seen: str | None,
    now: datetime,
) -> None:
    """Change what a place is called and where its centre is; who opened the page before a change must look again."""
    db.session.refresh(grid, with_for_update=True)
    check_seen(grid, EDITED, seen)
    _check_centre(lon, lat)
    if name != grid.name:
        _check_name(name, grid.parent_id, grid.id)
    values = {"name": name, "external_code": external_code, "kind": kind.value, "lon": lon, "lat": lat}
    changes = change(grid, values)
    if not changes:
        return
    grid.initials = initials(name)[:40]
    audit.record(
        actor=actor, action="grid.edit", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"changes": changes},
    )  # fmt: skip


def close_grid(grid: Grid, *, actor: Viewer, on: date, held: Sequence[Text], now: datetime) -> None:
    """End a place on a day (the first it no longer stands). `held` says what still hangs on it: then it is refused."""
    db.session.refresh(grid, with_for_update=True)
    if grid.valid_to is not None:
        raise Refused(N_("这个网格已经撤销。"))
    if on <= grid.valid_from:
        raise Refused(N_("撤销日期要晚于起始日 %(day)s。", day=grid.valid_from), field="on")
    if on > town_day(now):
        raise Refused(N_("撤销日期不能晚于今天：到那天再办。"), field="on")
    below = db.session.scalar(
        select(func.count()).select_from(Grid).where(Grid.parent_id == grid.id, Grid.valid_to.is_(None))
    )
    reasons = [*([N_("%(count)s 个下级网格", count=below)] if below else []), *held]
    if reasons:
        first, *others = reasons
        text = N_("还不能撤销：这里还有%(what)s。请先调整。", what=first)
        if others:
            text = N_("还不能撤销：这里还有%(what)s等。请先调整。", what=first)
        raise Refused(text)
    grid.valid_to = on
    db.session.execute(
        update(GridLine).where(GridLine.grid_id == grid.id, GridLine.valid_to.is_(None)).values(valid_to=on)
    )
    audit.record(
        actor=actor, action="grid.close", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"on": on.isoformat()},
    )  # fmt: skip


def set_lines(grid: Grid, *, actor: Viewer, lines: Collection[Line], on: date, now: datetime) -> None:
    """From a day on a place serves these lines of work; what it served before stays readable."""
    had = set(queries.lines_of(grid.id, on=on))
    wanted = {line.value for line in lines}
    if had == wanted:
        return
    db.session.execute(
        delete(GridLine).where(GridLine.grid_id == grid.id, GridLine.line.in_(had - wanted), GridLine.valid_from == on)
    )  # set and taken back on one day
    db.session.execute(
        update(GridLine)
        .where(GridLine.grid_id == grid.id, GridLine.line.in_(had - wanted), GridLine.valid_to.is_(None))
        .values(valid_to=on)
    )
    for line in sorted(wanted - had):
        db.session.add(GridLine(grid_id=grid.id, line=line, valid_from=on))
    audit.record(
        actor=actor, action="grid.lines", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"added": sorted(wanted - had), "removed": sorted(had - wanted)},
    )  # fmt: skip
    db.session.flush()


def add_resource(
    grid: Grid,
    *,
    actor: Viewer,
    kind: ResourceKind,
    name: str,
    quantity: int,
    contact_post_id: int | None,
    note: str,
    on: date,
    now: datetime,
) -> GridResource:
    """Write down a facility, team or piece of equipment of a place."""
    if not 1 <= quantity <= MOST_OF_ONE:
        raise Refused(N_("数量要在 1 到 %(most)s 之间。", most=MOST_OF_ONE), field="quantity")
    resource = GridResource(
        grid_id=grid.id, kind=kind, name=name, quantity=quantity, contact_post_id=contact_post_id, note=note,
        valid_from=on,
    )  # fmt: skip
    db.session.add(resource)
    db.session.flush()
    audit.record(
        actor=actor, action="grid.resource", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"resource": resource.id, "kind": kind, "quantity": quantity},
    )  # fmt: skip
    return resource


def end_resource(resource: GridResource, *, grid: Grid, actor: Viewer, on: date, now: datetime) -> None:
    """A resource is not there any more from a day on."""
    if resource.valid_to is not None:
        raise Refused(N_("这项资源已经停用。"))
    resource.valid_to = on
    audit.record(
        actor=actor, action="grid.resource_end", subject_kind="grid", subject_id=grid.id, place_path=grid.path,
        now=now, detail={"resource": resource.id, "kind": resource.kind},
    )  # fmt: skip
