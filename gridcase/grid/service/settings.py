"""Writing settings of places: a change is a new version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.grid.rules import NAMING_KEY, SIZES_KEY, Naming, SizeLimits


def set_setting(
    *, actor: Viewer, place: Grid, key: str, value: dict[str, Any], valid_from: date, now: datetime
) -> PlaceSetting:
    """Give a place its own setting as a new version; older versions stay readable."""
    db.session.refresh(place, with_for_update=True)  # two at once are two versions
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


def set_sizes(*, actor: Viewer, place: Grid, limits: SizeLimits, on: date, now: datetime) -> PlaceSetting:
    """From a day on cells and circles of a place are measured by these limits."""
    return set_setting(
        actor=actor, place=place, key=SIZES_KEY, value=limits.checked().to_json(), valid_from=on, now=now
    )


def set_naming(*, actor: Viewer, place: Grid, naming: Naming, on: date, now: datetime) -> PlaceSetting:
    """From a day on the levels of a place are called so."""
    return set_setting(actor=actor, place=place, key=NAMING_KEY, value=naming.to_json(), valid_from=on, now=now)
