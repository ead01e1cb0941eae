"""The points of the map as JSON text that the database builds, and the cheap mark that says whether they moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, Text, and_, case, cast, func, literal_column, select

from gridcase.audit.models import AuditRow
from gridcase.audit.service import chain_of
from gridcase.cases.models import Case, CaseClass, CasePoint
from gridcase.cases.queries import light_is, may_list, open_condition
from gridcase.cases.rules import Light, State
from gridcase.core.db import db, dialect_name
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.dashboard.rules import FRESH_SECONDS, LIGHTS, POINTS_MOST, Filters, Listed, month_start

TOWN_CHAIN = 2  # ids in the path of a town: "/1/4/"
SCALE = 100_000  # degrees to whole numbers; one step is about a metre


def light_code(now: datetime) -> ColumnElement[int]:
    """0, 1, 2: the place of the light in `LIGHTS`."""
    coded = [(light_is(light, now), LIGHTS.index(light)) for light in (Light.RED, Light.YELLOW)]
    return case(*coded, else_=LIGHTS.index(Light.GREEN))


def in_list(listed: Listed, now: datetime) -> ColumnElement[bool]:
    """What a list holds; the figures count by the same conditions."""
    if not listed.ended:
        still = open_condition()
        lights = {Listed.LATE: Light.RED, Listed.SOON: Light.YELLOW}
        return still & light_is(lights[listed], now) if listed in lights else still
    done = and_(Case.closed_at >= month_start(now), Case.closed_at <= now, Case.state == str(State.CLOSED))
    if listed is Listed.ON_TIME:
        return done & Case.closed_late.is_(False)
    return done & (Case.resolved_level == "grid") if listed is Listed.IN_GRID else done


def chosen(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """The reader's filters as conditions."""
    conditions = [in_list(filters.listed, now)]
    if filters.village_id is not None:
        conditions.append(Case.village_id == filters.village_id)
    if filters.major is not None:
        conditions.append(CaseClass.major == filters.major)
    if filters.light is not None and not filters.listed.ended:
        conditions.append(light_is(filters.light, now))
    return conditions


def points_version(viewer: Viewer, filters: Filters, *, now: datetime) -> str:
    """Changes whenever the points may have: with every write in the viewer's towns, and after five minutes anyway.

    Every write leaves an audit row in the chain of its town, so that the newest row of each chain, one step into an
    index, stands for all of them. A light that turns by itself is at most five minutes late.
    """
    held = viewer.grants_with(Permission.SEE_MAP)
    heads = db.session.execute(select(*(_newest(chain) for chain in _chains(held)))).one()
    scopes = _scope(held), _scope(viewer.grants_with(Permission.SEE_CASE))
    return repr((scopes, filters, tuple(heads), int(now.timestamp()) // FRESH_SECONDS))


def _newest(chain: str | None) -> Any:
    newest = select(func.max(AuditRow.id))
    return (newest if chain is None else newest.where(AuditRow.chain == chain)).scalar_subquery()


def _chains(grants: Iterable[Grant]) -> list[str | None]:
    """The audit chains of the towns these grants lie in; None, every chain, for a county or more."""
    chains = {chain_of(grant.path or "/") for grant in grants}
    if not chains or any(chain.count("/") <= TOWN_CHAIN for chain in chains):
        return [None]
    return [*sorted(chains)]


def _scope(grants: Iterable[Grant]) -> list[tuple[Any, ...]]:
    return [
        (grant.path, grant.section_id, grant.unit_id, grant.household_ids and sorted(grant.household_ids))
        for grant in grants
    ]


def open_points_json(viewer: Viewer, filters: Filters, *, now: datetime) -> str:
    """`{"id": [..], "x": [..], "y": [..], "c": [..], "l": [..], "u": n}` as text, the most pressing cases first.

    x and y are degrees times 100,000, c the number of the major class, l the place of the light in `LIGHTS`; u counts
    the open cases without a place, which only the table can show. At most `POINTS_MOST` points.
    """
    wanted = (may_list(viewer, Permission.SEE_MAP), *chosen(filters, now))
    lon, lat = lon_lat(CasePoint.geom)
    points = (
        select(
            Case.id.label("id"),
            cast(func.round(lon * SCALE), Integer).label("x"),
            cast(func.round(lat * SCALE), Integer).label("y"),
            cast(CaseClass.major, Integer).label("c"),
            light_code(now).label("l"),
        )
        .select_from(Case)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .join(CasePoint, CasePoint.case_id == Case.id)
        .where(*wanted)
        .order_by(Case.due_at.asc().nulls_last(), Case.id)
        .limit(POINTS_MOST)
        .subquery()
    )
    unplaced = (
        select(func.count())
        .select_from(Case)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .outerjoin(CasePoint, CasePoint.case_id == Case.id)
        .where(*wanted, CasePoint.case_id.is_(None))
        .scalar_subquery()
    )
    return str(db.session.execute(_columns(points, unplaced)).scalar_one())


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
