"""Activities and who came to them as sources of figures: how many, never who."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import aliased, join

from gridcase.affairs.models import Activity, Participation
from gridcase.affairs.queries.activities import visible
from gridcase.affairs.rules import ActivityKind, ActivityState
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.measures.queries.tables import Ask, Beside, Clock, Counted, Line, Table, equals, within
from gridcase.measures.rules import By, Source

_PLACE = aliased(Grid)


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    return reach(viewer, Permission.SEE_DASHBOARD, path=Activity.path)


def _held(more: ColumnElement[bool] | None = None) -> Clock:
    def condition(ask: Ask) -> ColumnElement[bool]:
        held = and_(within(Activity.starts_at, ask), Activity.state == str(ActivityState.ENDED))
        return held if more is None else and_(held, more)

    return Clock(condition, Activity.starts_at, order=Activity.starts_at)


_BRANCH = func.nullif(Activity.branch, "")


def _line(row: Any, _ask: Ask) -> Line:
    cells = [row.title, ActivityKind(row.kind).label, row.place, row.starts_at]
    return Line(row.id, cells, ("affairs.show", {"activity_id": row.activity_id}))


def _table(source: Source, rows: Any, key: Any, clock: Clock, measures: dict[str, Counted]) -> Table:
    return Table(
        source=source, rows=join(rows, _PLACE, _PLACE.id == Activity.place_id), id=key, path=Activity.path,
        village_id=Activity.village_id, scope=_scope, sight=visible, needs=Permission.RUN_ACTIVITY,
        clocks={"held": clock}, measures=measures, columns={By.KIND: Activity.kind, By.BRANCH: _BRANCH},
        narrows={"kind": equals(Activity.kind), "branch": equals(_BRANCH)},
        heads=(N_("活动"), N_("种类"), N_("地点"), N_("时间")),
        wanted=(
            key.label("id"), Activity.id.label("activity_id"), Activity.title, Activity.kind, Activity.starts_at,
            _PLACE.name.label("place"),
        ),
        joined=lambda query: query, line=_line,
    )  # fmt: skip


ACTIVITIES = _table(Source.ACTIVITIES, Activity, Activity.id, _held(), {"activities.held": Counted("held")})
HELPERS = _table(
    Source.HELPERS,
    join(Participation, Activity, Activity.id == Participation.activity_id),
    Participation.id,
    _held(Participation.came != ""),
    {
        "helpers.came": Counted("held"),
        "helpers.hours": Counted("held", amount=Activity.hours, beside=Beside(N_("工时"), Activity.hours)),
    },
)
