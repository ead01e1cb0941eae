"""The ground of the map: today's open cases from their own narrow rows, those of a past day from the cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from gridcase.cases.models import Case, CaseClass, CaseMap, CasePoint
from gridcase.cases.queries import light_is, open_at
from gridcase.cases.rules import Light
from gridcase.cases.rules.spots import SCALE
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.dashboard.queries.places import About
from gridcase.dashboard.rules import LIGHTS, Age, Selection

Rows = type[Case] | type[CaseMap]


@dataclass(frozen=True)
class Ground:
    """Open cases to read from: the rows, their key and place, and what narrows them."""

    rows: Rows
    key: InstrumentedAttribute[int]
    x: ColumnElement[int]
    y: ColumnElement[int]
    placed: ColumnElement[bool]
    wanted: ColumnElement[bool]
    moment: datetime

    def read(self, *columns: Any) -> Any:
        """SELECT these columns of the cases that are meant."""
        query = select(*columns).select_from(self.rows)
        if self.rows is Case:
            query = query.outerjoin(CasePoint, CasePoint.case_id == Case.id)
        return query.where(self.wanted)

    def light(self) -> ColumnElement[int]:
        """0, 1, 2: the place of the light in `LIGHTS`."""
        return light_of(self.rows, self.moment)

    def number(self, light: Light) -> ColumnElement[int]:
        """How many have this light."""
        return cast(func.coalesce(func.sum(case((light_is(light, self.moment, self.rows), 1), else_=0)), 0), Integer)


def ground(viewer: Viewer, chosen: Selection, about: About, *, now: datetime) -> Ground:
    """Where to read what the viewer chose. Nothing here says that he may: that is in the conditions it carries."""
    moment = chosen.moment(now)
    if chosen.day is None:
        wanted = and_(within(viewer, CaseMap), *narrowed(chosen, about, CaseMap, moment))
        placed = CaseMap.spot.is_not(None)
        return Ground(CaseMap, CaseMap.case_id, CaseMap.x, CaseMap.y, placed, wanted, moment)  # type: ignore[arg-type]
    lon, lat = lon_lat(CasePoint.geom)
    x, y = (cast(func.round(degrees * SCALE), Integer) for degrees in (lon, lat))
    wanted = and_(within(viewer, Case), open_at(moment), *narrowed(chosen, about, Case, moment))
    return Ground(Case, Case.id, x, y, CasePoint.case_id.is_not(None), wanted, moment)


def within(viewer: Viewer, rows: Rows) -> ColumnElement[bool]:
    """What may stand on this viewer's map: in reach of the map and of the case itself, never of a restricted class.

    Both marks are asked: that of the case (it stays when a class is opened later) and that of the class.
    """
    ways = [
        reach(viewer, permission, path=rows.path, section_id=rows.section_id, household_id=rows.household_id)
        for permission in (Permission.SEE_MAP, Permission.SEE_CASE)
    ]
    secret = rows.class_id.in_(select(CaseClass.id).where(CaseClass.restricted.is_(True)))
    return and_(*ways, ~secret, Case.restricted.is_(False)) if rows is Case else and_(*ways, ~secret)


def narrowed(chosen: Selection, about: About, rows: Rows, moment: datetime) -> list[ColumnElement[bool]]:
    """The reader's choice as conditions."""
    conditions = []
    if about.inside is not None:
        conditions.append(under(rows.path, about.inside))
    if chosen.major is not None:
        kind = CaseClass.code == chosen.class_code if chosen.class_code else CaseClass.major == chosen.major
        conditions.append(rows.class_id.in_(select(CaseClass.id).where(kind)))
    if chosen.channel is not None:
        conditions.append(rows.channel == str(chosen.channel))
    if chosen.unit_id is not None:
        conditions.append(rows.handler_unit_id == chosen.unit_id)
    if chosen.age is not None:
        since = chosen.age.since(moment)
        conditions.append(rows.registered_at >= since if chosen.age is Age.NEW else rows.registered_at < since)
    if chosen.light is not None:
        conditions.append(light_is(chosen.light, moment, rows))
    return conditions


def light_of(rows: Rows, moment: datetime) -> ColumnElement[int]:
    """0, 1, 2: the place of the light in `LIGHTS`."""
    coded = [(light_is(light, moment, rows), LIGHTS.index(light)) for light in (Light.RED, Light.YELLOW)]
    return case(*coded, else_=LIGHTS.index(Light.GREEN))
