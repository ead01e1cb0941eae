"""The list of mediations: what is to be looked after, what runs, what has ended."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission
from gridcase.mediation import queries
from gridcase.mediation.queries import Tab
from gridcase.mediation.rules import Result
from gridcase.mediation.views.base import bp
from gridcase.web.access import needs, viewer


@bp.get("/")
@needs(Permission.SEE_CASE)
def index() -> ResponseReturnValue:
    """Looks that are due first; where there are none, what runs."""
    someone, today = viewer(), town_day(clock.now())
    waiting = queries.looks_waiting(someone, on=today)
    asked = request.args.get("tab")
    tab = next((one for one in Tab if one == asked), Tab.LOOKS if waiting else Tab.RUNNING)
    page = queries.listed(someone, tab, after=request.args.get("after"))
    return render_template(
        "mediation/list.html", page=page, tab=tab, Tab=Tab, waiting=waiting, today=today, Result=Result
    )
