"""The day of somebody who visits: which homes are due, which demands are open, whom he has not met yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules import Light, State, light_of
from gridcase.cases.rules.said import time_left
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.geo import lon_lat
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import Text
from gridcase.core.worktime import LimitUnit
from gridcase.households.models import Household, HouseholdPoint
from gridcase.households.queries import due, due_day, standing, visible
from gridcase.households.rules import CareTier
from gridcase.people.models import FirstVisit
from gridcase.visits.models import Visit
from gridcase.visits.queries import past
from gridcase.visits.rules import Purpose, Tick, VisitMode, VisitState

COMING_DAYS, COMING_MOST, DEMANDS_MOST, CIRCLE_MOST = 14, 12, 60, 400
# A home in need of close support comes before one that only has waited longer.
_urgency = case({CareTier.CONNECTED: 0, CareTier.CONCERNED: 1}, value=Household.tier, else_=2)
_due_on = due_day()


def _circle(viewer: Viewer) -> set[int]:
    return {home for grant in viewer.grants_with(Permission.LOG_VISIT) for home in grant.household_ids or ()}


def _not_met(viewer: Viewer) -> ColumnElement[bool]:
    """Homes of the own circle whom this very person has not met yet: neither ticked on the first round of visits nor
    visited at the door by this account. A home that only lies in a place one leads is nobody's first visit."""
    circle = _circle(viewer)
    if not circle or viewer.user_id is None:
        return false()
    ticked = exists().where(
        FirstVisit.household_id == Household.id,
        FirstVisit.post_id.in_(viewer.post_ids()),
        FirstVisit.person_id == viewer.person_id,
        FirstVisit.met_on.is_not(None),
    )
    seen = exists().where(
        Visit.household_id == Household.id,
        Visit.user_id == viewer.user_id,
        Visit.mode == VisitMode.HOME,
        Visit.met > 0,
    )
    return Household.id.in_(circle) & ~ticked & ~seen


def _homes(viewer: Viewer) -> Select[Any]:
    lon, lat = lon_lat(HouseholdPoint.geom)
    return (
        select(
            Household.id, Household.code, Household.head_name, Household.address,
            case((visible(viewer, Permission.SEE_TIER), Household.tier)).label("tier"),
            Household.absent, Household.last_visit_at, Household.next_visit_on,
            _urgency.label("urgency"), _due_on.label("due_on"), _not_met(viewer).label("first_visit"),
            lon.label("lon"), lat.label("lat"),
        )
        .outerjoin(HouseholdPoint, HouseholdPoint.household_id == Household.id)
        .where(visible(viewer, Permission.LOG_VISIT), standing())
    )  # fmt: skip


def due_homes(viewer: Viewer, *, on: date, after: str | None = None, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """The homes whose visit is due, the most urgent first: by tier, then by how long they have waited."""
    query = _homes(viewer).where(due(on))
    last = read_mark(after, int, date.fromisoformat, int)
    if last:
        rank, day, household_id = last
        query = query.where(
            or_(
                _urgency > rank,
                and_(_urgency == rank, _due_on > day),
                and_(_urgency == rank, _due_on == day, Household.id > household_id),
            )
        )
    rows = db.session.execute(query.order_by(_urgency, _due_on, Household.id).limit(size + 1)).all()
    return cut(rows, lambda row: [row.urgency, row.due_on, row.id], size=size)


def due_count(viewer: Viewer, *, on: date) -> int:
    """How many homes wait for a visit."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Household).where(visible(viewer, Permission.LOG_VISIT), due(on))
        )
        or 0
    )


def coming_homes(viewer: Viewer, *, on: date) -> Sequence[Any]:
    """The homes to be visited in the next two weeks, soonest first."""
    return db.session.execute(
        _homes(viewer)
        .where(Household.next_visit_on > on, Household.next_visit_on <= on + timedelta(days=COMING_DAYS))
        .order_by(Household.next_visit_on, _urgency, Household.id)
        .limit(COMING_MOST)
    ).all()


def not_met(viewer: Viewer) -> Sequence[Any]:
    """The homes of the own circle whom this very person has not met yet, by code."""
    return db.session.execute(_homes(viewer).where(_not_met(viewer)).order_by(Household.code).limit(CIRCLE_MOST)).all()


def is_first(viewer: Viewer, household_id: int) -> bool:
    """Whether this very person stands before a home of the own circle for the first time."""
    return bool(db.session.scalar(select(_not_met(viewer)).select_from(Household).where(Household.id == household_id)))


def own_circle(viewer: Viewer) -> Sequence[Any]:
    """The homes of the own circle, by code."""
    circle = _circle(viewer)
    return db.session.execute(
        select(Household.id, Household.head_name, Household.address)
        .where(Household.id.in_(circle), standing())
        .order_by(Household.code)
    ).all()


def visits_this_month(viewer: Viewer, *, on: date) -> int:
    """How many visits of this account in the month of a day have arrived: for itself, nobody compares them."""
    month = Period.of(PeriodKind.MONTH, on)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Visit)
            .where(
                Visit.user_id == viewer.user_id,
                Visit.post_id.in_(viewer.post_ids()),
                Visit.visited_at >= month.begins,
                Visit.visited_at < month.ends,
            )
        )
        or 0
    )


# --- open demands


@dataclass(frozen=True)
class Demand:
    """An open case of a home, with its state, its light and what is left of its time."""

    id: int
    number: str
    title: str
    home: int
    head_name: str  # as it was written: pages mask it
    state: State
    light: Light
    left: Text


def open_demands(viewer: Viewer, *, now: datetime, most: int = DEMANDS_MOST) -> list[Demand]:
    """Open cases of the homes the viewer visits, the next due first. Restricted ones stand beside no home."""
    rows = db.session.execute(
        select(
            Case.id, Case.number, Case.title, Case.household_id, Case.state, Case.due_at, Case.soon_at,
            cases.unit_of_limit(), Household.head_name,
        )
        .join(CaseClass, CaseClass.id == Case.class_id)
        .join(Household, Household.id == Case.household_id)
        .where(
            visible(viewer, Permission.LOG_VISIT),
            cases.visible(viewer),
            cases.open_condition(),
            Case.restricted.is_(False),
        )
        .order_by(Case.due_at.is_(None), Case.due_at, Case.id)
        .limit(most)
    ).all()  # fmt: skip
    return [_said(row, now) for row in rows]


def _said(row: Any, now: datetime) -> Demand:
    left = time_left(due_at=row.due_at, now=now, unit=LimitUnit(row.limit_unit), calendar=work_calendar())
    light = light_of(due_at=row.due_at, soon_at=row.soon_at, closed=False, now=now)
    return Demand(row.id, row.number, row.title, row.household_id, row.head_name, State(row.state), light, left)


# --- the working set of a day


@dataclass(frozen=True)
class Last:
    """What of the newest visit of a home may be said again: not what was seen that day, nor what it was for."""

    mode: VisitMode
    met: int
    state: VisitState
    ticks: tuple[Tick, ...]
    purpose: Purpose


@dataclass(frozen=True)
class CircleHome:
    """One home of the day. `tier` is None where the viewer may not see it; `lon` and `lat` where nobody has set it."""

    id: int
    code: str
    name: str  # of the head, masked
    address: str
    tier: CareTier | None
    absent: bool
    last_on: date | None
    due_on: date | None  # None: never visited, due at once
    first_visit: bool
    lon: float | None
    lat: float | None
    last: Last | None


@dataclass(frozen=True)
class CircleDay:
    """What somebody who visits takes along for a day: no phone number, no full name, nothing restricted."""

    homes: tuple[CircleHome, ...]
    demands: tuple[Demand, ...]
    due: int
    visits_month: int


def circle_day(viewer: Viewer, *, on: date, now: datetime, most: int = CIRCLE_MOST) -> CircleDay:
    """The homes somebody visits with their last visit, the most urgent first, and the demands open there.

    `most` bounds the homes (a village head's are many). Four statements whatever the size.
    """
    rows = db.session.execute(_homes(viewer).order_by(_urgency, _due_on, Household.id).limit(most)).all()
    lasts = _lasts(viewer, [row.id for row in rows])
    demands = tuple(open_demands(viewer, now=now))
    homes = tuple(_home(row, lasts.get(row.id)) for row in rows)
    return CircleDay(homes, demands, due_count(viewer, on=on), visits_this_month(viewer, on=on))


def _lasts(viewer: Viewer, home_ids: Sequence[int]) -> dict[int, Last]:
    """The newest visit of each home that the viewer may see; one that met nobody says nothing of it."""
    newer = aliased(Visit)
    later = exists().where(
        newer.met > 0,
        newer.household_id == Visit.household_id,
        or_(
            newer.visited_at > Visit.visited_at,
            and_(newer.visited_at == Visit.visited_at, newer.id > Visit.id),
        ),
    )
    rows = db.session.scalars(
        select(Visit).where(Visit.household_id.in_(home_ids), Visit.met > 0, past.visible(viewer), ~later)
    )
    return {row.household_id: last_of(row) for row in rows}


def last_of(visit: Visit) -> Last:
    """A visit as the next one may begin; what was ticked then must be looked at anew."""
    return Last(
        VisitMode(visit.mode), visit.met, VisitState(visit.state), (), Purpose.CARE
    )  # fmt: skip


def _home(row: Any, last: Last | None) -> CircleHome:
    return CircleHome(
        row.id, row.code, mask_name(row.head_name), row.address, CareTier(row.tier) if row.tier else None, row.absent,
        town_day(row.last_visit_at) if row.last_visit_at else None, row.next_visit_on, bool(row.first_visit),
        row.lon, row.lat, last,
    )  # fmt: skip
