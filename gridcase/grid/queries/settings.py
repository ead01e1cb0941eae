"""Settings of places: the nearest place above that set one decides."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from gridcase.core.db import db
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.grid.rules import NAMING_KEY, SIZES_KEY, Naming, SizeLimits

_SETTING = (  # made once: most pages ask for one
    select(PlaceSetting.value, PlaceSetting.version, PlaceSetting.place_id)
    .join(Grid, Grid.id == PlaceSetting.place_id)
    .where(PlaceSetting.place_id.in_(bindparam("place_ids", expanding=True)), PlaceSetting.key == bindparam("key"))
    .where(PlaceSetting.valid_from <= bindparam("day"))
    .order_by(func.length(Grid.path).desc(), PlaceSetting.version.desc())
    .limit(1)
)
# Its value alone, for a statement that reads something else too: bind `place_ids`, `key` and `day`.
SETTING_VALUE = _SETTING.with_only_columns(PlaceSetting.value).scalar_subquery()


def setting(path: str, key: str, *, on: date) -> tuple[dict[str, Any], int, int | None] | None:
    """The value in force for a place, its version and whose it is: that of the nearest place above that set it."""
    ids = [int(part) for part in path.split("/") if part]
    row = db.session.execute(_SETTING, {"place_ids": ids, "key": key, "day": on}).first()
    return (row.value, row.version, row.place_id) if row else None


def size_limits(path: str, *, on: date) -> SizeLimits:
    """The soft sizes of cells and circles in force for a place on a day; the defaults where nobody set them."""
    found = setting(path, SIZES_KEY, on=on)
    return SizeLimits.from_json(found[0]) if found else SizeLimits()


def size_limits_of(paths: list[str], *, on: date) -> dict[str, SizeLimits]:
    """The limits in force for each place on a day, in one statement: the nearest place above that set them."""
    newest: dict[int, tuple[int, Any]] = {}
    rows = db.session.execute(
        select(PlaceSetting.place_id, PlaceSetting.version, PlaceSetting.value).where(
            PlaceSetting.key == SIZES_KEY, PlaceSetting.valid_from <= on
        )
    )
    for row in rows:
        newest[row.place_id] = max(
            newest.get(row.place_id, (0, None)), (row.version, row.value), key=lambda one: one[0]
        )
    found = {}
    for path in paths:
        above = [int(part) for part in reversed(path.split("/")) if part]
        value = next((newest[place][1] for place in above if place in newest), None)
        found[path] = SizeLimits.from_json(value) if value is not None else SizeLimits()
    return found


def naming(path: str, *, on: date) -> Naming:
    """What the levels are called in a village on a day."""
    found = setting(path, NAMING_KEY, on=on)
    return Naming.from_json(found[0]) if found else Naming()
