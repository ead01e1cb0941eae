"""While typing at the intake: cases that may be the same matter, and classes the words sound like. A person decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from gridcase.cases import queries
from gridcase.cases.queries import Entry, Likely
from gridcase.cases.rules.alike import Told
from gridcase.cases.views import finding
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate

FEWEST = 4  # characters before anything can be said


@bp.post("/new/<code>/alike.json")
@needs(Permission.REGISTER_CASE)
def alike(code: str) -> ResponseReturnValue:
    """What the page shows beside the form while somebody types; nothing is written, nothing is kept."""
    entry = queries.entry_in_use(code, path=queries.home_of(viewer()))
    same = likely(request.form, entry, someone=viewer(), now=clock.now())
    return jsonify(
        same=[
            {
                "number": one.number, "title": one.title, "state": translate(one.state.label), "open": one.open,
                "url": url_for("cases.show", case_id=one.id), "why": [translate(reason) for reason in one.reasons],
            }
            for one in same
        ],
        classes=[
            {
                "code": one.case_class.code, "name": class_name(one.case_class), "words": list(one.words),
                "url": url_for("cases.register", code=one.case_class.code),
            }
            for one in sounds_like(request.form, entry)
        ],
    )  # fmt: skip


def likely(values: Mapping[str, str], entry: Entry, *, someone: Viewer, now: datetime) -> list[Likely]:
    """Cases that may be the same matter as what stands in a form; a restricted matter is compared with nothing."""
    told = Told(values.get("title", ""), values.get("text", ""))
    place = None if entry.terms.restricted or len(told.title) < FEWEST else _place(values, someone)
    if place is None:
        return []
    typed = queries.Typed(told, place, finding.spot(values.get("lon"), values.get("lat")), values.get("address", ""))
    return queries.likely_same(someone, typed, now=now)


def sounds_like(values: Mapping[str, str], entry: Entry) -> list[queries.SuggestedClass]:
    """Other classes the words sound like, where the chosen one is not among the likely ones."""
    title, text = values.get("title", ""), values.get("text", "")
    if entry.terms.restricted or len(title) < FEWEST:
        return []
    found = queries.suggest_classes(title, text, path=queries.home_of(viewer()))
    return [] if any(one.entry.code == entry.code for one in found) else found


def _place(values: Mapping[str, str], someone: Viewer) -> Grid | None:
    """The home's place, the place chosen, else where the viewer works."""
    household = finding.chosen(values.get("household"), someone=someone)
    chosen = values.get("grid", "")
    if household is not None:
        wanted = household.grid_id
    elif chosen.isdecimal() and len(chosen) < 10:
        wanted = int(chosen)
    else:
        roots = [root for root in queries.register_roots(someone) if root != "/"]
        wanted = int(roots[0].strip("/").rsplit("/", 1)[-1]) if roots else 0
    return grids.by_ids([wanted]).get(wanted)
