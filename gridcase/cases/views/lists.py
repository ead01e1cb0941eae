"""The work list."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries
from gridcase.cases.queries import Filters, Tab
from gridcase.cases.rules import Light, State, light_of, move_named
from gridcase.cases.rules.majors import MAJORS
from gridcase.cases.rules.said import time_left
from gridcase.cases.views.base import bp, class_name
from gridcase.cases.views.bulk import BULK
from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.worktime import LimitUnit
from gridcase.web.access import needs, viewer


@bp.get("/")
@needs(Permission.SEE_CASE)
def index() -> ResponseReturnValue:
    """What waits for me first; tabs and filters stand in the link."""
    someone, now = viewer(), clock.now()
    tabs = queries.tabs_for(someone)
    filters = filters_asked(someone)
    page = queries.work_list(someone, filters, now=now, after=request.args.get("after"))
    return render_template(
        "cases/list.html", page=page, times=_times(page.rows, now), filters=filters, tabs=tabs, Tab=Tab,
        counts=queries.tab_counts(someone, [tab for tab in tabs if tab is not Tab.ALL], now=now),
        cap=queries.COUNT_CAP, villages=queries.villages_seen(someone), majors=MAJORS, State=State, Light=Light,
        class_name=class_name, bulk=[move_named(name) for name in BULK if someone.may(move_named(name).needs)],
        kept={key: value for key, value in request.args.items() if key != "after" and value},
    )  # fmt: skip


def filters_asked(someone: Viewer) -> Filters:
    """Read the link; what makes no sense does not narrow."""
    asked, tabs = request.args, queries.tabs_for(someone)
    words = asked.get("q", "")[:60]
    return Filters(
        tab=next((tab for tab in tabs if tab == asked.get("tab")), Tab.ALL if words.strip() else _first(someone)),
        state=asked.get("state", "") if asked.get("state") in list(State) else "",
        village_id=asked.get("village", type=int),
        major=asked.get("major", "") if asked.get("major") in MAJORS else "",
        light=asked.get("light", "") if asked.get("light") in list(Light) else "",
        words=words,
    )


def _first(someone: Viewer) -> Tab:
    """What the list opens with: what waits for this viewer, where anything can."""
    own = (Permission.ACCEPT_CASE, Permission.DISPATCH_CASE, Permission.HANDLE_CASE, Permission.ANSWER_CASE)
    return Tab.MINE if any(someone.may(permission) for permission in own) else Tab.VILLAGE


def _times(rows: Any, now: Any) -> dict[int, tuple[Light, Any]]:
    """The light and the words of time of each row."""
    calendar = work_calendar()
    return {
        row.id: (
            light_of(due_at=row.due_at, soon_at=row.soon_at, closed=row.closed_at is not None, now=now),
            time_left(due_at=row.due_at, now=now, unit=LimitUnit(row.limit_unit), calendar=calendar)
            if row.closed_at is None
            else None,
        )
        for row in rows
    }
