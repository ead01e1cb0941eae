"""Settings of places: the nearest place above that set one decides."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from gridcase.core.db import db
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.grid.rules import NAMING_KEY, SIZES_KEY, Naming, SizeLimits


def setting(path: str, key: str, *, on: date) -> tuple[dict[str, Any], int, int | None] | None:
    """The value in force for a place, its version and whose it is: that of the nearest place above that set it."""
    ids = [int(part) for part in path.split("/") if part]
    row = db.session.execute(
        select(PlaceSetting.value, PlaceSetting.version, PlaceSetting.place_id)
        .join(Grid, Grid.id == PlaceSetting.place_id)
        .where(PlaceSetting.place_id.in_(ids), PlaceSetting.key == key, PlaceSetting.valid_from <= on)
        .order_by(func.length(Grid.path).desc(), PlaceSetting.version.desc())
        .limit(1)
    ).first()
    return (row.value, row.version, row.place_id) if row else None


def size_limits(path: str, *, on: date) -> SizeLimits:
    """The soft sizes of cells and circles in force for a place on a day; the defaults where nobody set them."""
    found = setting(path, SIZES_KEY, on=on)
    return SizeLimits.from_json(found[0]) if found else SizeLimits()


def naming(path: str, *, on: date) -> Naming:
    """What the levels are called in a village on a day."""
    found = setting(path, NAMING_KEY, on=on)
    return Naming.from_json(found[0]) if found else Naming()
