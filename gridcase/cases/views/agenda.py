"""The agendas of the councils: what lies before them, and what they made of it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gridcase.cases import queries
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.cases.views.base import bp
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission
from gridcase.people import queries as people
from gridcase.web.access import needs, viewer


@bp.get("/agenda")
@needs(Permission.SEE_CASE)
def agenda() -> ResponseReturnValue:
    """The cases before the councils of the viewer's villages, or before one of them (`council`)."""
    someone, asked = viewer(), request.args
    body_id, done = asked.get("council", type=int), asked.get("done") == "1"
    body = people.organisation_for(body_id, viewer=someone) if body_id is not None else None
    return render_template(
        "cases/agenda.html", body=body, done=done, today=town_day(clock.now()), AgendaOutcome=AgendaOutcome,
        page=queries.agendas(someone, done=done, body_id=body_id, after=asked.get("after")),
    )  # fmt: skip
