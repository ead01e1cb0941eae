"""The page behind the box at the top."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.grid.rules import GridLevel
from gridcase.search import queries
from gridcase.web.access import needs, viewer

bp = Blueprint("search", __name__)


@bp.get("/search")
@needs(Permission.SEE_WORK)
def index() -> ResponseReturnValue:
    """What was found, by group; the words stand in the link, so that a search can be kept."""
    typed = request.args.get("q", "")[: queries.LONGEST]
    found = queries.find(viewer(), typed, now=clock.now(), after=request.args.get("after"))
    return render_template(
        "search/index.html", typed=typed, found=found, more=bool(request.args.get("after")), State=State,
        GridLevel=GridLevel,
    )  # fmt: skip
