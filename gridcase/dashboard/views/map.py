"""The town map with the same cases as a list beside it, and the same on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import Light
from gridcase.cases.rules.states import Channel
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.config import current
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.dashboard import queries
from gridcase.dashboard.rules import (
    MAJORS,
    POINTS_MOST,
    Age,
    Look,
    first_day,
    shades,
    step_of,
)
from gridcase.dashboard.rules.picture import MARKS, MARKS_MOST, Picture, picture
from gridcase.dashboard.views.base import Shown, bp, choices, light_words, sayer, shown, town_map
from gridcase.web import mapkit
from gridcase.web.access import needs, viewer
from gridcase.web.basemap import BaseMap, allow_pictures, base_map
from gridcase.web.filters import in_language, show_date, translate
from gridcase.web.frame import NavItem
from gridcase.web.security import nonce

NAV = (NavItem("m", N_("地图"), "dashboard.map.show", "map", frozenset({Permission.SEE_MAP}), 30, phone=True),)
MAP = "town"  # the page's script finds the map as `map_town`
KEPT_MOST = 32
PAPER_MOST = 500  # cases on paper
_kept: dict[str, mapkit.MapParts] = {}


@town_map.get("/")
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    """The map of what is open, and the same as a table."""
    now, look = clock.now(), Look.read(request.args)
    meant = shown(now)
    root = meant.about.root
    drawing = queries.drawing_of(viewer(), root)
    under = base_map(current(), own=f"{request.script_root}/map/tiles/{{z}}/{{x}}/{{y}}")
    allow_pictures(under if look.base else None)
    return render_template(
        "dashboard/map.html",
        look=look,
        drawing=drawing,
        parts=_base(root, drawing),
        many=queries.are_many(meant.ground),
        page=queries.open_listed(meant.ground, after=request.args.get("after")),
        under=under,
        homes=queries.shows_homes(viewer(), root),
        words=_words(under if look.base else None),
        days=(town_day(now) - first_day(now)).days,
        first=first_day(now),
        last=town_day(now),
        MAJORS=MAJORS,
        **_said(meant, now),
        **_choices(meant),
    )


@town_map.get("/print")
@needs(Permission.SEE_MAP)
def paper() -> ResponseReturnValue:
    """What is shown, on paper: the numbers of every place and the cases themselves."""
    now = clock.now()
    meant = shown(now)
    said = _said(meant, now)
    return render_template(
        "dashboard/map_print.html",
        page=queries.open_listed(meant.ground, most=PAPER_MOST),
        now=now,
        picture=_picture(meant, said),
        marks=MARKS,
        **said,
    )


def _picture(meant: Shown, said: dict[str, Any]) -> Picture | None:
    """The drawing: outlines, their fill, and a mark a case where they are not too many."""
    shapes = queries.outlines(viewer(), meant.about.root)
    flat = [(str(level), key, orjson.loads(text)) for level, drawn in shapes.items() for key, text in drawn]
    steps = {area.id: step for area, step in said["areas"] if area.id}
    points: dict[str, list[int]] = {"x": [], "y": [], "l": []}
    if said["total"] <= MARKS_MOST:
        points = orjson.loads(queries.points_json(meant.ground))
    return picture(flat, steps, zip(points["x"], points["y"], points["l"], strict=True))


def _said(meant: Shown, now: datetime) -> dict[str, Any]:
    """What the map and its paper say alike."""
    found = queries.areas(meant.ground, queries.named(viewer(), meant.about.root))
    steps = shades([area.open for area in found if area.id])
    return {
        "chosen": meant.chosen,
        "root": meant.about.root,
        "areas": [(area, step_of(area.open, steps) if area.id else 0) for area in found],
        "steps": steps,
        "total": sum(area.open for area in found),
        "late": sum(area.late for area in found),
        "chips": _chips(meant),
        "say": sayer(meant.chosen.moment(now)),
    }


def _chips(meant: Shown) -> list[tuple[str, str]]:
    """What is chosen, in words, each with the link that takes it back."""
    chosen, light = meant.chosen, dict(zip((Light.GREEN, Light.YELLOW, Light.RED), light_words(), strict=True))
    words = {
        "village_id": meant.about.root.name if chosen.village_id else "",
        "place_id": meant.about.place,
        "major": translate(MAJORS[chosen.major].label) if chosen.major else "",
        "class_code": _class_words(chosen.class_code),
        "channel": translate(chosen.channel.label) if chosen.channel else "",
        "light": light[chosen.light] if chosen.light else "",
        "age": _("登记%(age)s", age=translate(chosen.age.label)) if chosen.age else "",
        "unit_id": queries.unit_called(chosen.unit_id, meant.about.root) if chosen.unit_id else "",
        "day": _("%(day)s结束时", day=show_date(chosen.day)) if chosen.day else "",
    }
    look = Look.read(request.args).link()
    return [(said, _address({**look, **chosen.without(name).link()})) for name, said in words.items() if said]


def _address(values: dict[str, Any]) -> str:
    return url_for("dashboard.map.show", **values)


def _class_words(code: str | None) -> str:
    found = queries.class_called(code) if code else None
    return in_language(zh=found.zh, en=found.en) if found else ""


def _choices(meant: Shown) -> dict[str, Any]:
    """What the filters offer: parts of a village once it is chosen, classes once their major class is."""
    chosen, root = meant.chosen, meant.about.root
    village = chosen.village_id or meant.village_id
    return {
        **choices(Permission.SEE_MAP),
        "parts_of_village": queries.parts_of(viewer(), village) if village else [],
        "classes": queries.classes_of(chosen.major, root) if chosen.major else [],
        "channels": Channel,
        "ages": Age,
        "units": queries.units_about(root),
        "without_day": replace(chosen, day=None),
    }


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


def _words(under: BaseMap | None) -> dict[str, Any]:
    """What the page's script says, in the reader's language, and the base map it draws."""
    return {
        "most": POINTS_MOST,
        "base": under and {"tiles": under.tiles, "servers": under.servers or "abc", "zoom": under.zoom},
        "lights": light_words(),
        "majors": {int(code): [translate(major.label), translate(major.sign)] for code, major in MAJORS.items()},
        "pin": _("%(class)s，%(light)s"),
        "cluster": _("%(count)s 件，其中超期 %(late)s 件。放大查看"),
        "cluster_calm": _("%(count)s 件，没有超期。放大查看"),
        "count": _("地图上 %(count)s 件。"),
        "part": _("图中这一片 %(count)s 件。放大看单件。"),
        "came": _("新到 %(count)s 件。"),
        "updated": _("%(time)s 更新"),
        "none": _("没有符合条件的未办结事件。"),
        "none_here": _("图中这一片没有符合条件的事件。"),
        "unplaced": _("另有 %(count)s 件没有位置，请看列表。"),
        "homes": _("%(homes)s 户，%(circles)s 个联户小组。"),
        "failed": _("没有取到最新的事件，一分钟后再试。"),
        "signed_out": _("登录已失效，请刷新页面重新登录。"),
        "gone": _("这件事已经不在地图上了，可能刚刚办结。"),
        "zoom_in": _("放大"),
        "zoom_out": _("缩小"),
        "whole": _("看全图"),
        "map": _("未办结事件地图，方向键移动，加减号缩放"),
        "today": _("此刻"),
        "day": _("%(day)s结束时，%(ago)s 天前"),
    }


bp.register_blueprint(town_map)
