"""What the map's script asks for: points, cells, places, homes, one card, one tile. Polled, so most answers are 304."""

from __future__ import annotations

import orjson
from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from gridcase.cases.rules.spots import WORLD, Box, Cells
from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.pmtiles import archive
from gridcase.dashboard import queries
from gridcase.dashboard.views.base import Shown, sayer, shown, town_map
from gridcase.users.session import leave_asleep
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language, translate
from gridcase.web.mapkit import ZOOM_MOST
from gridcase.web.respond import json_text, not_modified

FINEST_ZOOM = 22
DAY_SECONDS = 86_400


@town_map.get("/points.json")
@needs(Permission.SEE_MAP)
def points() -> ResponseReturnValue:
    """The points of the map; asked every minute, so a map left open does not keep its session alive."""
    meant, version = _polled("points")
    return not_modified(version) or json_text(queries.points_json(meant.ground), version=version)


@town_map.get("/clusters.json")
@needs(Permission.SEE_MAP)
def clusters() -> ResponseReturnValue:
    """A part of a map that holds too many for single points: counted by cell, or singly where few are left."""
    zoom = min(max(request.args.get("z", 0, type=int), 0), FINEST_ZOOM)
    cells = Cells.over(Box.read(request.args.get("box", "")) or WORLD, zoom)
    meant, version = _polled(f"cells {cells}")
    return not_modified(version) or json_text(queries.part_json(meant.ground, cells), version=version)


def _polled(part: str) -> tuple[Shown, str]:
    """What is meant, and the mark under which the reader may hold it already."""
    now = clock.now()
    meant = shown(now)
    if request.if_none_match:
        leave_asleep()
    return meant, f"{part} {queries.points_version(viewer(), meant.chosen, now=now)}"


@town_map.get("/places.json")
@needs(Permission.SEE_MAP)
def places() -> ResponseReturnValue:
    """The names that stand on the map: they never go through Folium."""
    names = queries.named(viewer(), shown(clock.now()).about.root)
    body = orjson.dumps({"id": [one.id for one in names], "name": [one.name for one in names]}).decode()
    return json_text(body, version=body)


@town_map.get("/homes.json")
@needs(Permission.SEE_MAP)
def homes() -> ResponseReturnValue:
    """The homes of the circles as places and numbers of circles, for those who may see the homes; else none."""
    now = clock.now()
    found = queries.circles(viewer(), shown(now).about.root, on=clock.town_day(now))
    body = {name: [row[at] for row in found] for at, name in enumerate(("p", "x", "y", "own"))}
    text = orjson.dumps(body).decode()
    return json_text(text, version=text)


@town_map.get("/cases/<int:case_id>.json")
@needs(Permission.SEE_MAP)
def card(case_id: int) -> ResponseReturnValue:
    """What a pin says when it is asked."""
    meant = shown(clock.now())
    line = queries.point_card(case_id, meant.ground)
    return jsonify(
        number=line.number,
        kind=in_language(zh=line.class_zh, en=line.class_en),
        place=line.place,
        state=translate(line.state.label),
        handler=line.handler,
        light=str(line.light),
        due=sayer(meant.ground.moment)(line),
        url=url_for("cases.show", case_id=line.id),
    )


@town_map.get("/tiles/<int:z>/<int:x>/<int:y>")
@needs(Permission.SEE_MAP)
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """One picture of the base map, where it is a file of ours; no content where there is none."""
    if z > ZOOM_MOST or max(x, y) >= 1 << z:
        raise Missing
    found = archive(current().map_file) if current().map_file else None
    picture = found.tile(z, x, y) if found else None
    answer = Response(picture or b"", status=200 if picture else 204, mimetype=found.head.kind if found else None)
    answer.headers["Cache-Control"] = f"private, max-age={DAY_SECONDS}"
    return answer
