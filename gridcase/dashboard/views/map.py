"""The town map with the same cases as a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.dashboard import queries
from gridcase.dashboard.rules import MAJORS, POINTS_MOST, Filters, Listed
from gridcase.dashboard.views.base import bp, choices, light_words, sayer
from gridcase.users.session import leave_asleep
from gridcase.web import mapkit
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language, translate
from gridcase.web.frame import NavItem
from gridcase.web.respond import json_text, not_modified
from gridcase.web.security import nonce

town_map = Blueprint("map", __name__, url_prefix="/map")

NAV = (NavItem("m", N_("地图"), "dashboard.map.show", "map", frozenset({Permission.SEE_MAP}), 30, phone=True),)
MAP = "town"  # the page's script finds the map as `map_town`
KEPT_MOST = 32
_kept: dict[str, mapkit.MapParts] = {}


@town_map.get("/")
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    """The map of what is open, and the same as a table."""
    filters, now = _open_filters(), clock.now()
    root = queries.root_of(viewer(), filters.village_id)
    drawing = queries.drawing_of(viewer(), root)
    return render_template(
        "dashboard/map.html",
        filters=filters,
        root=root,
        drawing=drawing,
        parts=_base(root, drawing),
        page=queries.listed(viewer(), filters, now=now, after=request.args.get("after")),
        mode="list" if request.args.get("show") == "list" else "map",
        say=sayer(now),
        words=_words(),
        **choices(Permission.SEE_MAP),
    )


@town_map.get("/points.json")
@needs(Permission.SEE_MAP)
def points() -> ResponseReturnValue:
    """The points of the map; asked every minute, so a map left open does not keep its session alive."""
    filters, now = _open_filters(), clock.now()
    if request.if_none_match:
        leave_asleep()
    if filters.village_id is not None:
        queries.root_of(viewer(), filters.village_id)  # a village of others is as good as none
    version = queries.points_version(viewer(), filters, now=now)
    known = not_modified(version)
    return known or json_text(queries.open_points_json(viewer(), filters, now=now), version=version)


@town_map.get("/places.json")
@needs(Permission.SEE_MAP)
def places() -> ResponseReturnValue:
    """The names that stand on the map: they never go through Folium."""
    names = queries.names_on_map(viewer(), queries.root_of(viewer(), _open_filters().village_id))
    body = orjson.dumps({"id": [key for key, _name in names], "name": [name for _key, name in names]}).decode()
    return json_text(body, version=body)


@town_map.get("/cases/<int:case_id>.json")
@needs(Permission.SEE_MAP)
def card(case_id: int) -> ResponseReturnValue:
    """What a pin says when it is asked."""
    now = clock.now()
    line = queries.point_card(case_id, viewer(), now=now)
    return jsonify(
        number=line.number,
        kind=in_language(zh=line.class_zh, en=line.class_en),
        place=line.place,
        state=translate(line.state.label),
        light=str(line.light),
        due=sayer(now)(line),
        url=url_for("cases.show", case_id=line.id),
    )


def _open_filters() -> Filters:
    return replace(Filters.read(request.args), listed=Listed.OPEN)


def _base(root: queries.Root, drawing: queries.Drawing) -> mapkit.MapParts:
    """The drawn outlines, kept until a shape changes: drawing takes longer than everything else on the page."""
    parts = _kept.get(drawing.version)
    if parts is None:
        shapes = queries.outlines(viewer(), root)
        layers = [mapkit.Layer(str(level), drawn) for level, drawn in shapes.items()]
        parts = mapkit.render(mapkit.base_map(layers, name=MAP, centre=root.centre))
        if len(_kept) >= KEPT_MOST:
            _kept.clear()
        _kept[drawing.version] = parts
    return parts.with_nonce(nonce())


def _words() -> dict[str, Any]:
    """What the page's script says, in the reader's language."""
    return {
        "most": POINTS_MOST,
        "lights": light_words(),
        "majors": {int(code): [translate(major.label), translate(major.sign)] for code, major in MAJORS.items()},
        "pin": _("%(class)s，%(light)s"),
        "cluster": _("%(count)s 件，其中超期 %(late)s 件。放大查看"),
        "cluster_calm": _("%(count)s 件，没有超期。放大查看"),
        "count": _("地图上 %(count)s 件。"),
        "updated": _("%(time)s 更新"),
        "none": _("没有符合条件的未办结事件。"),
        "capped": _("最多显示 %(count)s 件最紧急的，请按村或类别筛选。"),
        "unplaced": _("另有 %(count)s 件没有位置，请看列表。"),
        "failed": _("没有取到最新的事件，一分钟后再试。"),
        "signed_out": _("登录已失效，请刷新页面重新登录。"),
        "gone": _("这件事已经不在地图上了，可能刚刚办结。"),
        "zoom_in": _("放大"),
        "zoom_out": _("缩小"),
        "map": _("未办结事件地图，方向键移动，加减号缩放"),
    }


bp.register_blueprint(town_map)
