"""Which parts of points are closed to somebody: what every village he stands in has switched off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid.models import PlaceSetting
from gridcase.points.rules import MODULES_KEY, Module, modules_from

VILLAGE_DEPTH = 3  # county, town, village
USES_POINTS = frozenset({
    Permission.SEE_POINTS, Permission.REVIEW_POINTS, Permission.REDEEM_POINTS, Permission.KEEP_SHOP,
    Permission.SET_SCHEME, Permission.MANAGE_MERCHANTS,
})  # fmt: skip


def closed_to(viewer: Viewer, *, on: date) -> frozenset[Module]:
    """The modules whose pages the viewer need not see in the navigation; who stands above a village sees them all."""
    paths = {
        tuple(part for part in (grant.path or "").split("/") if part)
        for grant in viewer.grants
        if grant.permissions & USES_POINTS
    }
    if not paths or any(len(path) < VILLAGE_DEPTH for path in paths):
        return frozenset()
    villages = {path[:VILLAGE_DEPTH] for path in paths}
    settings = _newest({int(part) for path in villages for part in path}, on)
    opened = frozenset().union(*(modules_from(_nearest(path, settings)) for path in villages))
    return frozenset(Module) - opened


_SET = (  # made once: every page in a village asks
    select(PlaceSetting.place_id, PlaceSetting.value)
    .where(PlaceSetting.place_id.in_(bindparam("place_ids", expanding=True)), PlaceSetting.key == MODULES_KEY)
    .where(PlaceSetting.valid_from <= bindparam("day"))
    .order_by(PlaceSetting.version)
)


def _newest(place_ids: Iterable[int], on: date) -> Mapping[int, dict[str, Any]]:
    rows = db.session.execute(_SET, {"place_ids": sorted(place_ids), "day": on})
    return {row.place_id: row.value for row in rows}


def _nearest(path: tuple[str, ...], settings: Mapping[int, dict[str, Any]]) -> dict[str, Any] | None:
    return next((settings[int(part)] for part in reversed(path) if int(part) in settings), None)
