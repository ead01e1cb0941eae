"""Changing the areas of a county: added, renamed, filled, moved, removed, restored. Each is a new version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Both
from gridcase.dashboard.queries import areas_of, counties
from gridcase.dashboard.rules.areas import (
    AREAS_KEY,
    AREAS_MOST,
    ENGLISH_MOST,
    KINDS,
    MAJORS,
    NAME_MOST,
    Area,
    as_setting,
    moved,
    placed,
)
from gridcase.grid import service as grids
from gridcase.grid.models import Grid


@dataclass(frozen=True)
class Typed:
    """An area as it was typed."""

    zh: str
    en: str
    majors: Sequence[str]
    kinds: Sequence[str]


def save(county: Grid, *, actor: Viewer, version: int, key: int | None, what: Typed, now: datetime) -> None:
    """Add an area (`key` None) or change one; what it takes leaves the area it was in."""
    areas = _read(county, actor, version, now)
    if key is not None and key not in {one.key for one in areas}:
        raise Missing
    name = Both(clean_line(what.zh)[:NAME_MOST], clean_line(what.en)[:ENGLISH_MOST])
    if not name.zh:
        raise Refused(N_("请写这个方面叫什么。"), field="zh")
    if any(one.name.zh == name.zh and one.key != key for one in areas):
        raise Refused(N_("已经有叫这个名字的方面了。"), field="zh")
    if key is None and len(areas) >= AREAS_MOST:
        raise Refused(N_("最多 %(most)s 个方面。", most=AREAS_MOST))
    area = Area(
        max((one.key for one in areas), default=0) + 1 if key is None else key, Both(name.zh, name.en or name.zh),
        tuple(one for one in MAJORS if one in what.majors),
        tuple(one for one in KINDS if one in what.kinds),
    )  # fmt: skip
    _write(county, placed(areas, area), actor, now)


def move(county: Grid, *, actor: Viewer, version: int, key: int, up: bool, now: datetime) -> None:
    """One step up or down."""
    areas = _read(county, actor, version, now)
    if key not in {one.key for one in areas}:
        raise Missing
    _write(county, moved(areas, key, up=up), actor, now)


def remove(county: Grid, *, actor: Viewer, version: int, key: int, now: datetime) -> None:
    """Its classes and kinds count in no area until another takes them."""
    areas = _read(county, actor, version, now)
    rest = [one for one in areas if one.key != key]
    if len(rest) == len(areas):
        raise Missing
    if not rest:
        raise Refused(N_("至少留一个方面；要全部重来，用“恢复示例”。"))
    _write(county, rest, actor, now)


def reset(county: Grid, *, actor: Viewer, version: int, now: datetime) -> None:
    """Back to the example; the own lists stay readable as older versions."""
    _read(county, actor, version, now)
    _write(county, (), actor, now)


def _read(county: Grid, actor: Viewer, version: int, now: datetime) -> tuple[Area, ...]:
    """The list as it is, of the county of the actor's post; refused where it is not the one that was shown."""
    if county.id not in {one.id for one in counties(actor)}:
        raise Missing
    db.session.refresh(county, with_for_update=True)
    areas, newest = areas_of(county.path, on=town_day(now))
    if newest != version:
        raise Refused(N_("别人刚改过各个方面，请看一下再改。"))
    return areas


def _write(county: Grid, areas: Iterable[Area], actor: Viewer, now: datetime) -> None:
    grids.set_setting(
        actor=actor, place=county, key=AREAS_KEY, value=as_setting(areas), valid_from=town_day(now), now=now
    )
