"""The open cases of a part of the map, counted by cell, for any zoom: a cell is one range of an index."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, cast, column, func, literal, select

from gridcase.cases.models import Case, CaseClass, CaseMap
from gridcase.cases.rules import Light
from gridcase.cases.rules.spots import EAST, NORTH, Cells
from gridcase.core.db import db, dialect_name
from gridcase.dashboard.queries.ground import Ground
from gridcase.dashboard.queries.points import points_json

SINGLE_MOST = 400  # so many points of a part of the map are given one by one


def part_json(ground: Ground, cells: Cells) -> str:
    """A part of the map: single points like those of `points_json` where there are few, else one place a cell:
    `{"n": [..], "x": [..], "y": [..], "late": [..], "soon": [..], "id": [..], "c": [..]}`, how many,
    their middle in 100,000ths of a degree, how many late and soon due; of a single case its id and the number of its
    major class, else 0.
    """
    rows = _counted(ground, cells) if ground.rows is CaseMap else _grouped(ground, cells)
    if sum(row[0] for row in rows) <= SINGLE_MOST:
        return points_json(ground, _covered(ground, cells))
    majors = {row.id: int(row.major) for row in db.session.execute(select(CaseClass.id, CaseClass.major))}
    told: dict[str, list[int]] = {name: [] for name in ("n", "x", "y", "late", "soon", "id", "c")}
    for number, x, y, late, soon, case_id, class_id in rows:
        single = number == 1
        values = (number, round(x), round(y), late, soon, case_id if single else 0, majors[class_id] if single else 0)
        for numbers, value in zip(told.values(), values, strict=True):
            numbers.append(value)
    return orjson.dumps(told).decode()


def _figures(ground: Ground) -> tuple[Any, ...]:
    rows = ground.rows
    return (
        func.count(), func.avg(ground.x), func.avg(ground.y), ground.number(Light.RED), ground.number(Light.YELLOW),
        func.min(ground.key), func.min(rows.class_id),
    )  # fmt: skip


def _counted(ground: Ground, cells: Cells) -> list[Any]:
    """One look into the index a cell: no other case is read, and nothing is sorted."""
    each = _cells(cells)
    array = func.json_array if dialect_name() == "sqlite" else func.json_build_array
    figures = (
        ground.read(array(*_figures(ground)))
        .where(CaseMap.spot >= each.c.value, CaseMap.spot < each.c.value + literal(cells.size, BigInteger))
        .correlate(each)
        .scalar_subquery()
    )
    found = (_read(text) for text in db.session.scalars(select(figures).select_from(each)))
    return [row for row in found if row[0]]


def _read(found: Any) -> Any:
    return orjson.loads(found) if isinstance(found, str) else found


def _cells(cells: Cells) -> Any:
    """The cells as rows."""
    value = column("value", BigInteger)
    if dialect_name() == "sqlite":
        return func.json_each(orjson.dumps(list(cells)).decode()).table_valued(value, name="cell")
    return func.unnest(cast(list(cells), ARRAY(BigInteger))).table_valued(value, name="cell").render_derived()


def _grouped(ground: Ground, cells: Cells) -> list[Any]:
    """Past days have no rows of their own: the cases themselves are counted."""
    query = ground.read(*_figures(ground)).where(_covered(ground, cells))
    return list(db.session.execute(query.group_by(*_cell_of(ground, cells))))


def _cell_of(ground: Ground, cells: Cells) -> tuple[Any, Any]:
    step = literal(cells.step, Integer)
    return (ground.x + EAST).op(">>")(step), (ground.y + NORTH).op(">>")(step)


def _covered(ground: Ground, cells: Cells) -> ColumnElement[bool]:
    """Whether a case lies in one of these cells. Spots grow with both numbers, so they all lie between two of them."""
    columns, rows = cells.ranges()
    east, north = _cell_of(ground, cells)
    inside = ground.placed & east.between(columns[0], columns[-1]) & north.between(rows[0], rows[-1])
    if ground.rows is Case:
        return inside
    spots = list(cells)
    return inside & CaseMap.spot.between(spots[0], spots[-1] + cells.size - 1)
