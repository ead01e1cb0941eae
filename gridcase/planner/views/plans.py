"""Proposals of cells and circles: the villages, asking, one proposal with its map, the village's answer."""

from __future__ import annotations

from typing import Any

import orjson
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel, SizeLimits
from gridcase.planner.forms.plans import AskForm, ConfirmForm, RefuseForm, RulesForm
from gridcase.planner.models.proposals import Plan
from gridcase.planner.queries import proposals as queries
from gridcase.planner.queries import today
from gridcase.planner.rules.feasible import Why
from gridcase.planner.rules.states import OPEN, SECONDS, UNDER_WAY, PlanState, Wishes
from gridcase.planner.rules.work import Kind, Reason
from gridcase.planner.service import proposals as service
from gridcase.planner.views.base import bp
from gridcase.web import mapkit
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import labelled, options, submit
from gridcase.web.frame import NavItem
from gridcase.web.respond import json_text
from gridcase.web.security import nonce

PAGES = ("plans", "village", "plan_rules", "plan", "confirm_plan", "refuse_plan")
NAV = (
    NavItem(
        "plans", N_("规划"), "planner.plans", "grid", frozenset({Permission.PLAN_GRID}), 47, group="registers",
        pages=frozenset({f"planner.{name}" for name in PAGES}),
    ),
)  # fmt: skip
MAP = "plan"  # the page's script finds the map as `map_plan`


@bp.get("/")
@needs(Permission.PLAN_GRID)
def plans() -> ResponseReturnValue:
    """The viewer's villages and where their proposals stand."""
    page = queries.villages(viewer(), after=request.args.get("after"))
    newest = queries.newest([row.id for row in page.rows])
    return render_template("planner/plans.html", page=page, newest=newest, Kind=Kind, PlanState=PlanState)


@bp.route("/villages/<int:village_id>", methods=["GET", "POST"])
@needs(Permission.PLAN_GRID)
def village(village_id: int) -> ResponseReturnValue:
    """The proposals of a village; asking for one."""
    place = queries.get_place(village_id, viewer=viewer(), level=GridLevel.VILLAGE)
    form = _ask_form(place)
    if form.validate_on_submit():
        asked = queries.get_place(form.place.data, viewer=viewer())
        made = submit(
            form, service.ask, actor=viewer(), place=asked, kind=Kind(form.kind.data), seconds=form.seconds.data,
            now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Plan):
            return redirect(url_for(".plan", plan_id=made.id))
    on = clock.town_day(clock.now())
    return render_template(
        "planner/plan_village.html", place=place, form=form, plans=queries.plans_of(place.id, viewer=viewer()),
        limits=grids.size_limits(place.path, on=on), wishes=today.wishes_of(place.path, on=on), Kind=Kind,
        PlanState=PlanState,
    )  # fmt: skip


@bp.route("/villages/<int:village_id>/rules", methods=["GET", "POST"])
@needs(Permission.PLAN_GRID)
def plan_rules(village_id: int) -> ResponseReturnValue:
    """What the proposals of a village weigh."""
    place = queries.get_place(village_id, viewer=viewer(), level=GridLevel.VILLAGE)
    now = clock.now()
    form = RulesForm(obj=today.wishes_of(place.path, on=clock.town_day(now)))
    if form.validate_on_submit():
        wishes = Wishes.from_json(form.data)
        if submit(form, service.set_wishes, actor=viewer(), place=place, wishes=wishes, now=now):
            flash(_("已保存，下一份建议按新的规则算。"), "ok")
            return redirect(url_for(".village", village_id=place.id))
    return render_template("planner/plan_rules.html", place=place, form=form)


def _ask_form(place: Grid) -> AskForm:
    form = AskForm(seconds=SECONDS[1], place=place.id, kind=request.args.get("kind") or Kind.CELLS)
    form.kind.choices = labelled(Kind)
    groups = [(group.id, group.name) for group in queries.groups_of(place)]
    form.place.choices = options([(place.id, N_("全村")), *groups])
    form.seconds.choices = options((seconds, N_("%(count)s 秒", count=seconds)) for seconds in SECONDS)
    return form


@bp.get("/plans/<int:plan_id>")
@needs(Permission.PLAN_GRID)
def plan(plan_id: int) -> ResponseReturnValue:
    """One proposal: figures, map before and after, the homes that would move, what cannot be kept."""
    found = queries.get_plan(plan_id, viewer=viewer())
    place, state = grids.by_ids([found.place_id, found.village_id]), PlanState(found.state)
    if state in UNDER_WAY or state is PlanState.FAILED:
        return render_template(
            "planner/plan_wait.html", plan=found, place=place, state=state, kind=Kind(found.kind),
            unheard=queries.is_unheard(found, now=clock.now()),
        )  # fmt: skip
    on = clock.town_day(clock.now())
    page = queries.moves(found, after=request.args.get("after"))
    return render_template(
        "planner/plan.html", plan=found, place=place, state=state, kind=Kind(found.kind), page=page,
        targets=queries.targets(found), before=queries.names_before(found, [row.from_id for row in page.rows], on=on),
        empty=queries.left_empty(found, on=on), parts=_base(found), words=_words(), Reason=Reason, Why=Why,
        limits=SizeLimits.from_json(found.settings["limits"]), wishes=found.settings["wishes"],
        groups=grids.names_of([one["group"] for one in found.figures.get("groups", ())]),
        outdated=state in OPEN and not today.still_true(found, on=on),
    )  # fmt: skip


@bp.get("/plans/<int:plan_id>/points.json")
@needs(Permission.PLAN_GRID)
def plan_points(plan_id: int) -> ResponseReturnValue:
    """The homes on the map, by number of their cell or circle before and after; no names."""
    found = queries.get_plan(plan_id, viewer=viewer())
    body = orjson.dumps(queries.points(found)).decode()
    return json_text(body, version=body)


@bp.post("/plans/<int:plan_id>/show")
@needs(Permission.PLAN_GRID)
def show_plan(plan_id: int) -> ResponseReturnValue:
    """Put a draft before the village."""
    found = queries.get_plan(plan_id, viewer=viewer())
    with transaction():
        service.show(found, actor=viewer(), now=clock.now())
    flash(_("已提交村里，等会议讨论后确认。"), "ok")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.route("/plans/<int:plan_id>/confirm", methods=["GET", "POST"])
@needs(Permission.CONFIRM_PLAN)
def confirm_plan(plan_id: int) -> ResponseReturnValue:
    """The village has agreed: from a day on the cells or circles are the new ones."""
    found = queries.get_plan(plan_id, viewer=viewer(), permission=Permission.CONFIRM_PLAN)
    form = ConfirmForm(start=clock.town_day(clock.now()))
    if form.validate_on_submit():
        changed = submit(
            form, service.confirm, found, actor=viewer(), record=form.record.data, start=form.start.data,
            now=clock.now(),
        )  # fmt: skip
        if changed is not None:
            flash(
                _("已确认，%(count)s 户从 %(day)s 起调整。", count=int(changed), day=show_date(form.start.data)), "ok"
            )
            return redirect(url_for(".plan", plan_id=plan_id))
    return render_template("planner/plan_confirm.html", plan=found, form=form, kind=Kind(found.kind))


@bp.route("/plans/<int:plan_id>/refuse", methods=["GET", "POST"])
@needs(Permission.CONFIRM_PLAN)
def refuse_plan(plan_id: int) -> ResponseReturnValue:
    """The village does not want it."""
    found = queries.get_plan(plan_id, viewer=viewer(), permission=Permission.CONFIRM_PLAN)
    form = RefuseForm()
    if form.validate_on_submit() and submit(
        form, service.refuse, found, actor=viewer(), why=form.why.data, now=clock.now()
    ):
        flash(_("已记下，这份建议不采用。"), "ok")
        return redirect(url_for(".plan", plan_id=plan_id))
    return render_template("planner/plan_refuse.html", plan=found, form=form, kind=Kind(found.kind))


def _base(found: Plan) -> mapkit.MapParts:
    """The outlines of today; the homes come by the page's own fetch."""
    shapes: dict[str, list[tuple[int, str]]] = {}
    for grid, text in grids.outline_geojson(found.place_path, (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL)):
        shapes.setdefault(grid.level, []).append((grid.id, text))
    layers = [mapkit.Layer(level, drawn) for level, drawn in shapes.items()]
    village_grid = grids.by_ids([found.village_id])[found.village_id]
    centre = (village_grid.lat, village_grid.lon) if village_grid.lat and village_grid.lon else None
    return mapkit.render(mapkit.base_map(layers, name=MAP, centre=centre)).with_nonce(nonce())


def _words() -> dict[str, Any]:
    """What the page's script says, in the reader's language."""
    return {
        "map": _("住户分布图，方向键移动，加减号缩放"),
        "zoom_in": _("放大"),
        "zoom_out": _("缩小"),
        "before": _("现在"),
        "after": _("建议"),
        "count": _("%(count)s 户有位置，其中 %(moved)s 户要调整。"),
        "none": _("这些户都没有登记位置，地图上没有可显示的。"),
        "failed": _("没有取到住户位置，请刷新页面再试。"),
    }
