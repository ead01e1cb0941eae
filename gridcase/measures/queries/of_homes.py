"""Homes and the visits made to them as sources of figures. The tier only for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import aliased, join

from gridcase.core.clock import town_day
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.measures.queries.tables import Ask, Clock, Counted, Line, Table, equals, within
from gridcase.measures.rules import By, Source
from gridcase.visits.models import Visit
from gridcase.visits.queries.past import visible as visible_visits
from gridcase.visits.rules import Purpose, VisitMode, VisitState

_PLACE, _VILLAGE = aliased(Grid), aliased(Grid)
_WHERE = _VILLAGE.name + " " + _PLACE.name
_HEADS = (N_("户编号"), N_("户主"), N_("地点"))


def home_of(row: Any) -> list[Any]:
    """A home in a list: the head's name masked."""
    return [row.code, mask_name(row.head_name), row.place]


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    return households.visible(viewer, Permission.SEE_DASHBOARD)


def _today(condition: Callable[[Any], ColumnElement[bool]]) -> Callable[[Ask], ColumnElement[bool]]:
    return lambda ask: condition(town_day(ask.now))


def _visited(ask: Ask) -> ColumnElement[bool]:
    made = (Visit.household_id == Household.id, within(Visit.visited_at, ask))
    return select(Visit.id).where(*made).correlate(Household).exists()


def _tiered(viewer: Viewer) -> ColumnElement[bool]:
    return households.visible(viewer, Permission.SEE_TIER)


def _dates(viewer: Viewer) -> tuple[Any, Any]:
    """When a home was visited and is due: together they tell its tier, so only to those who may see that."""
    return (
        case((_tiered(viewer), Household.last_visit_at)).label("last_visit_at"),
        case((_tiered(viewer), Household.next_visit_on)).label("next_visit_on"),
    )


def _with_village(query: Any) -> Any:
    return query.join(_VILLAGE, _VILLAGE.id == Household.village_id)


HOMES = Table(
    source=Source.HOMES,
    rows=join(Household, _PLACE, _PLACE.id == Household.grid_id),
    id=Household.id,
    path=Household.path,
    village_id=Household.village_id,
    scope=_scope,
    sight=households.visible,
    needs=Permission.SEE_HOUSEHOLD,
    private={By.TIER: (Permission.SEE_TIER, _tiered)},
    clocks={
        "today": Clock(
            lambda _ask: households.standing(), order=households.due_day(), upward=True,
            guarded=(Permission.SEE_TIER, Household.code),
        )
    },
    measures={
        "homes.all": Counted("today"),
        "homes.on_time": Counted("today", _today(lambda day: ~households.due(day))),
        "homes.waiting": Counted("today", _today(households.due)),
        "homes.with_liaison": Counted("today", _today(households.has_liaison)),
        "homes.no_liaison": Counted("today", _today(lambda day: ~households.has_liaison(day))),
        "homes.visited": Counted("today", _visited),
    },
    columns={By.TIER: Household.tier},
    narrows={"tier": equals(Household.tier)},
    heads=(*_HEADS, N_("上次走访"), N_("应走访")),
    wanted=(
        Household.id, Household.code, Household.head_name, _WHERE.label("place"),
    ),
    guarded=_dates,
    joined=_with_village,
    line=lambda row, _ask: Line(
        row.id, [*home_of(row), row.last_visit_at, row.next_visit_on], ("dossier.show", {"household_id": row.id})
    ),
)  # fmt: skip

# That somebody is looked after for what he did is said beside no home: it counts as a visit of care.
_PURPOSE = case((Visit.purpose == str(Purpose.GUIDANCE), str(Purpose.CARE)), else_=Visit.purpose)


def _counts(viewer: Viewer) -> ColumnElement[bool]:
    return reach(
        viewer, Permission.SEE_DASHBOARD, path=Visit.path, section_id=Visit.section_id, household_id=Visit.household_id
    )  # fmt: skip


def _visit(row: Any, _ask: Ask) -> Line:
    mode, purpose = VisitMode(row.mode).label, Purpose(row.purpose).beside_a_home.label
    return Line(row.id, [*home_of(row), row.visited_at, mode, purpose], ("dossier.show", {"household_id": row.home_id}))


VISITS = Table(
    source=Source.VISITS,
    rows=join(join(Visit, Household, Household.id == Visit.household_id), _PLACE, _PLACE.id == Household.grid_id),
    id=Visit.id,
    path=Visit.path,
    village_id=Visit.village_id,
    scope=_counts,
    sight=lambda viewer: and_(visible_visits(viewer), households.visible(viewer)),
    needs=Permission.SEE_VISIT,
    clocks={"made": Clock(lambda ask: within(Visit.visited_at, ask), Visit.visited_at, order=Visit.visited_at)},
    measures={
        "visits.made": Counted("made"),
        "visits.met": Counted("made", lambda _ask: Visit.state != str(VisitState.NOT_MET)),
        "visits.at_home": Counted("made", lambda _ask: Visit.mode == str(VisitMode.HOME)),
    },
    columns={By.PURPOSE: _PURPOSE},
    narrows={"purpose": equals(_PURPOSE)},
    heads=(*_HEADS, N_("走访时间"), N_("方式"), N_("走访目的")),
    wanted=(
        Visit.id, Visit.visited_at, Visit.mode, Visit.purpose, Household.id.label("home_id"), Household.code,
        Household.head_name, _WHERE.label("place"),
    ),
    joined=_with_village,
    line=_visit,
)  # fmt: skip
