"""Who holds which of the three lines, and where a full-time worker is missing."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.people import queries
from gridcase.people.rules import ThreeLine
from gridcase.people.views.base import bp, today
from gridcase.web.access import needs, viewer


@bp.get("/lines")
@needs(Permission.SEE_PLACE)
def lines() -> ResponseReturnValue:
    """The three lines of a village, leaders without one, full-time and part-time workers."""
    someone, day = viewer(), today()
    villages = grids.villages_of(someone)
    asked = request.args.get("village", type=int)
    village = next((one for one in villages if one.id == asked), villages[0] if villages else None)
    return render_template(
        "people/lines.html", villages=villages, village=village, lines=ThreeLine,
        held=queries.line_holders(village.path, viewer=someone, on=day) if village else {},
        workers=queries.workers(village.path, viewer=someone, on=day) if village else {},
        leaders=queries.leaders_without_line(village.path, on=day) if village else [],
    )  # fmt: skip
