"""The page behind the box at the top."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.masking import mask_name
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


@bp.get("/search/suggest.json")
@needs(Permission.SEE_WORK)
def suggest() -> ResponseReturnValue:
    """What the box at the top shows while somebody types; nothing is kept."""
    found = queries.close_to(viewer(), request.args.get("q", ""), now=clock.now())
    lines = [(row.title, row.number, url_for("cases.show", case_id=row.id)) for row in found.cases]
    lines += [
        (_("%(name)s户", name=mask_name(row.head_name)), row.code, url_for("dossier.show", household_id=row.id))
        for row in found.homes
    ]
    lines += [(row.name, row.above or row.code, url_for("dossier.grid", grid_id=row.id)) for row in found.places]
    return jsonify(found=[{"words": words, "under": under, "url": url} for words, under, url in lines])
