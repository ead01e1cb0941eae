"""The points of the map as JSON text that the database builds, and the cheap mark that says whether they moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, Text, cast, func, literal_column, select

from gridcase.cases.models import CaseClass
from gridcase.core.db import db, dialect_name
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.dashboard.queries.ground import Ground
from gridcase.dashboard.queries.written import last_written
from gridcase.dashboard.rules import FRESH_SECONDS, POINTS_MOST, Selection


def points_version(viewer: Viewer, chosen: Selection, *, now: datetime) -> str:
    """Changes whenever the points may have: with every write in the viewer's towns, and after five minutes anyway, so
    that a light that turns by itself is at most that late."""
    held = viewer.grants_with(Permission.SEE_MAP)
    scopes = _scope(held), _scope(viewer.grants_with(Permission.SEE_CASE))
    return repr((scopes, chosen, last_written(held), int(now.timestamp()) // FRESH_SECONDS))


def _scope(grants: Iterable[Grant]) -> list[tuple[Any, ...]]:
    return [
        (grant.path, grant.section_id, grant.unit_id, grant.household_ids and sorted(grant.household_ids))
        for grant in grants
    ]


def points_json(ground: Ground, *only: ColumnElement[bool]) -> str:
    """`{"id": [..], "x": [..], "y": [..], "c": [..], "l": [..], "u": n}` as text, the most pressing cases first.

    x and y are degrees times 100,000, c the number of the major class, l the place of the light in `LIGHTS`; u counts
    the open cases without a place, which only the table can show. At most `POINTS_MOST` points.
    """
    rows = ground.rows
    points = (
        ground.read(
            ground.key.label("id"), ground.x.label("x"), ground.y.label("y"), cast(CaseClass.major, Integer).label("c"),
            ground.light().label("l"),
        )
        .join(CaseClass, CaseClass.id == rows.class_id)
        .where(ground.placed, *only)
        .order_by(rows.due_at.asc().nulls_last(), ground.key)
        .limit(POINTS_MOST)
        .subquery()
    )  # fmt: skip
    unplaced = ground.read(func.count()).where(~ground.placed).scalar_subquery()
    return str(db.session.execute(_columns(points, unplaced)).scalar_one())


def are_many(ground: Ground) -> bool:
    """Whether there are more points than are drawn one by one."""
    some = ground.read(ground.key).where(ground.placed).limit(POINTS_MOST + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) > POINTS_MOST


def _columns(points: Subquery, unplaced: Any) -> Any:
    """One JSON object of arrays, compact on both databases."""
    sqlite = dialect_name() == "sqlite"
    array, whole = (func.json_group_array, func.json_object) if sqlite else (_array, func.json_build_object)
    parts = (part for column in points.c for part in (_key(column.name), array(column)))
    return select(cast(whole(*parts, _key("u"), unplaced), Text)).select_from(points)


def _key(name: str) -> ColumnElement[str]:
    return literal_column(f"'{name}'")  # PostgreSQL does not guess the type of a parameter here


def _array(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.array_to_json(func.array_agg(column)), func.json_build_array())
