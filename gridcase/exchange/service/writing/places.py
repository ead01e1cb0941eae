"""Writing places level by level, sections, units."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, insert, literal, null, select
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.exchange.models import ImportRow
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.writing.base import Batch, day, real, text, update_rows, values_of, whole
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Unit


def write_places(batch: Batch) -> None:
    """New places from the top of the tree down, each below its parent; then what differs."""
    batch.give_ids(Grid)
    for level in GridLevel:
        _level(batch, level)
    days = ("valid_from", "valid_to")
    columns = ("name", "kind", "external_code", "lon", "lat", *days)
    rows = batch.data(RowState.CHANGED, RowState.ENDED)
    update_rows(Grid, [(row_id, values_of(data, columns, days)) for row_id, data in rows])


def _level(batch: Batch, level: GridLevel) -> None:
    parent: Any = aliased(Grid)
    own = ImportRow.target_id
    above = level is not GridLevel.COUNTY
    path = (parent.path if above else literal("/")) + cast(own, String) + literal("/")
    columns: dict[str, Any] = {
        "id": own, "code": text("code"), "external_code": text("external_code"), "level": literal(str(level)),
        "kind": text("kind"), "name": text("name"), "parent_id": parent.id if above else null(), "path": path,
        "county_id": own if level is GridLevel.COUNTY else parent.county_id,
        "town_id": _anchor(level, GridLevel.TOWN, parent.town_id), "village_id":
        _anchor(level, GridLevel.VILLAGE, parent.village_id), "lon": real("lon"), "lat": real("lat"),
        "valid_from": day("valid_from"), "valid_to": day("valid_to"),
    }  # fmt: skip
    rows = select(*columns.values()).where(batch.rows(RowState.NEW), text("level") == str(level))
    if above:
        rows = rows.join(parent, parent.code == text("parent"))
    db.session.execute(insert(Grid).from_select(list(columns), rows.order_by(own), include_defaults=False))


def _anchor(level: GridLevel, wanted: GridLevel, inherited: Any) -> Any:
    """The id of the town or village a place lies in: its own at that level, none above it."""
    order = list(GridLevel)
    if level is wanted:
        return ImportRow.target_id
    return inherited if order.index(level) > order.index(wanted) else null()


def write_sections(batch: Batch) -> None:
    """New sections, new names."""
    batch.insert(
        Section, RowState.NEW, village_id=whole("village_id"), place_path=text("place_path"), code=text("code"),
        name=text("name"),
    )  # fmt: skip
    update_rows(Section, [(row_id, values_of(data, ("name",))) for row_id, data in batch.data(RowState.CHANGED)])


def write_units(batch: Batch) -> None:
    """New units, new names and kinds."""
    batch.insert(
        Unit, RowState.NEW, code=text("code"), name=text("name"), kind=text("kind"), place_id=whole("place_id"),
        place_path=text("place_path"),
    )  # fmt: skip
    update_rows(Unit, [(row_id, values_of(data, ("name", "kind"))) for row_id, data in batch.data(RowState.CHANGED)])
