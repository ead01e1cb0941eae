"""The groups of a table of figures: their names, their order, and how a link narrows to one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.affairs.rules import ActivityKind, Branch
from gridcase.cases.models import CaseClass
from gridcase.cases.rules import Channel, Level, Light
from gridcase.cases.rules.majors import MAJORS
from gridcase.core.db import db
from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.words import N_, Both, Text
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.rules import CareTier
from gridcase.measures.rules import NONE, PLACES, SEVERAL, By, Narrow
from gridcase.people.models import Unit
from gridcase.points.models import SchemeBoard
from gridcase.visits.rules import Purpose

Label = Text | Both | str
UNSORTED = "00"
_LEVELS = {
    By.COUNTY: GridLevel.COUNTY, By.TOWN: GridLevel.TOWN, By.VILLAGE: GridLevel.VILLAGE, By.GROUP: GridLevel.GROUP,
}  # fmt: skip
_MISSING = {
    By.VILLAGE: N_("未分到村"), By.GROUP: N_("未分到组"), By.UNIT: N_("无站所"), By.TOWN: N_("未分到镇"),
    By.COUNTY: N_("未分到县"),
}  # fmt: skip
_NARROWS: Mapping[By, str] = {
    By.UNIT: "unit_id", By.MAJOR: "major", By.CLASS: "class_code", By.CHANNEL: "channel", By.LEVEL: "level",
    By.TIER: "tier", By.PURPOSE: "purpose", By.KIND: "kind", By.BRANCH: "branch", By.BOARD: "board",
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """One part of a table: `key` is its id, code, path or period; the link to its rows narrows by the rest."""

    by: By
    key: Any
    label: Label
    narrow: Narrow
    period: Period | None = None


Named = tuple[dict[Any, Label], Sequence[Any]]  # labels in their order, and which belong to a whole table


def groups_of(
    viewer: Viewer,
    by: tuple[By, ...],
    keys: Collection[tuple[Any, ...]],
    *,
    period: Period,
    now: datetime,
    narrow: Narrow,
    whole: bool,
) -> dict[tuple[Any, ...], tuple[Group, ...]]:
    """The group of every key, in the order of a table."""
    if not by:
        return {(): ()}
    named = [_named(one, {key[n] for key in keys}, viewer, period, now, narrow) for n, one in enumerate(by)]
    found = set(keys) | ({(one,) for one in named[0][1]} if whole and len(by) == 1 else set())
    ranks = [{key: place for place, key in enumerate(labels)} for labels, _every in named]
    ordered = sorted(found, key=lambda key: [ranks[n][part] for n, part in enumerate(key)])
    return {
        key: tuple(_group(one, part, named[n][0][part]) for n, (one, part) in enumerate(zip(by, key, strict=True)))
        for key in ordered
    }


def _group(by: By, key: Any, label: Label) -> Group:
    if isinstance(key, Period):
        return Group(by, key, label, Narrow(), key)
    if by is By.VILLAGE:
        return Group(by, key, label, Narrow(village_id=key or 0))
    if by in PLACES:
        return Group(by, key, label, Narrow(outside=by.value) if key is None else Narrow(path=key))
    none = 0 if by is By.UNIT else NONE
    chosen: Any = {_NARROWS[by]: none if key is None else key}
    return Group(by, key, label, Narrow(**chosen))


def _named(by: By, keys: set[Any], viewer: Viewer, period: Period, now: datetime, narrow: Narrow) -> Named:
    if by.spell is not None:
        every = [part for part in period.parts(by.spell) if part.begins <= now]
        spells = sorted({*every, *keys}, key=lambda part: part.first)
        return {part: part.label for part in spells}, every
    labels, places = _places(by, viewer, narrow) if by in PLACES else (_NAMES.get(by, _fixed({}))(keys), ())
    unknown = {key for key in keys if key is not None and key not in labels}
    if unknown and by in PLACES:
        labels |= _past_places(by, unknown)
    for key in sorted(unknown, key=str):
        labels.setdefault(key, str(key))
    if None in keys:
        labels[None] = _MISSING.get(by, N_("无"))
    return labels, places


def narrowed_to(viewer: Viewer, narrow: Narrow) -> list[Label]:
    """In words what a link narrows to; a place out of the viewer's reach has no name here."""
    found: list[Label] = []
    for by, value in ((By.TOWN, narrow.path), (By.VILLAGE, narrow.village_id)):
        if value == 0:
            found.append(_MISSING[by])
        elif value is not None:
            found += db.session.scalars(
                select(Grid.name).where(_ident(by) == value, reach(viewer, Permission.SEE_DASHBOARD, path=Grid.path))
            )
    if narrow.outside is not None:
        found.append(_MISSING[By(narrow.outside)])
    for by, name in _NARROWS.items():
        value = getattr(narrow, name)
        if value in (0, NONE):
            found.append(_MISSING.get(by, N_("无")))
        elif value is not None:
            found += _NAMES[by](set(value.split(SEVERAL)) if isinstance(value, str) else {value}).values()
    return [*found, *(light.label for light in Light if light == narrow.light)]


def _ident(by: By) -> Any:
    return Grid.id if by is By.VILLAGE else Grid.path


def _places(by: By, viewer: Viewer, narrow: Narrow) -> Named:
    """Places of today by their codes. Those that the viewer's figures reach belong to a whole table; groups do not,
    a county has thousands of them."""
    wanted = [
        Grid.level == _LEVELS[by], Grid.valid_to.is_(None), reach(viewer, Permission.SEE_DASHBOARD, path=Grid.path)
    ]  # fmt: skip
    if narrow.path is not None and narrow.path != "/":
        wanted.append(under(Grid.path, narrow.path))
    if narrow.village_id is not None and by is By.VILLAGE:
        wanted.append(Grid.id == narrow.village_id)
    rows = db.session.execute(select(_ident(by), Grid.name).where(*wanted).order_by(Grid.code))
    names: dict[Any, Label] = {row[0]: row[1] for row in rows}
    listed = by is not By.GROUP and (narrow.village_id is None or by is By.VILLAGE)
    return names, list(names) if listed else ()


def _past_places(by: By, keys: set[Any]) -> dict[Any, Label]:
    """Those that are no more, or above the viewer's own."""
    rows = db.session.execute(select(_ident(by), Grid.name).where(_ident(by).in_(keys)).order_by(Grid.code, Grid.id))
    return {row[0]: row[1] for row in rows}


def _units(keys: set[Any]) -> dict[Any, Label]:
    wanted = {key for key in keys if key is not None}
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted)).order_by(Unit.name, Unit.id))
    return {row.id: row.name for row in rows}


def _classes(keys: set[Any]) -> dict[Any, Label]:
    query = select(CaseClass.code, CaseClass.zh, CaseClass.en).where(CaseClass.code.in_(keys)).order_by(CaseClass.code)
    return {row.code: Both(row.zh, row.en) for row in db.session.execute(query)}


def _boards(keys: set[Any]) -> dict[Any, Label]:
    """The boards of schemes by their codes; two schemes that name one differently are both named."""
    wanted = {key for key in keys if key is not None}
    query = select(SchemeBoard.code, SchemeBoard.name).distinct().where(SchemeBoard.code.in_(wanted))
    names: dict[Any, Label] = {}
    for code, name in db.session.execute(query.order_by(SchemeBoard.code, SchemeBoard.name)):
        names[code] = f"{names[code]}、{name}" if code in names else name
    return names


def _fixed(labels: Mapping[Any, Label]) -> Callable[[set[Any]], dict[Any, Label]]:
    """The labels of what has few values: only those that occur, in the order of the enumeration."""
    return lambda keys: {key: label for key, label in labels.items() if key in keys}


_NAMES: Mapping[By, Callable[[set[Any]], dict[Any, Label]]] = {
    By.UNIT: _units,
    By.CLASS: _classes,
    By.MAJOR: _fixed({**MAJORS, UNSORTED: N_("未分类")}),
    By.CHANNEL: _fixed({str(one): one.label for one in Channel}),
    By.LEVEL: _fixed({str(one): one.label for one in Level}),
    By.TIER: _fixed({str(one): one.label for one in CareTier}),
    By.PURPOSE: _fixed({str(one): one.label for one in Purpose}),
    By.KIND: _fixed({str(one): one.label for one in ActivityKind}),
    By.BRANCH: _fixed({str(one): one.label for one in Branch}),
    By.BOARD: _boards,
}
