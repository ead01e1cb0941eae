"""The areas of a county's work: the list, one of them, and the presses that move, remove or restore."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.dashboard import queries
from gridcase.dashboard.forms import AreaForm, AreasForm
from gridcase.dashboard.rules import areas as rules
from gridcase.dashboard.service import areas as service
from gridcase.dashboard.views.base import bp
from gridcase.grid.models import Grid
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit

page = Blueprint("areas", __name__, url_prefix="/dashboard/areas")


@page.get("/")
@needs(Permission.MANAGE_COUNTY)
def show() -> ResponseReturnValue:
    """The areas in their order, what counts in each, and what counts in none."""
    return _page(AreasForm(formdata=None))


def _page(form: AreasForm) -> str:
    counties = queries.counties(viewer())
    county = _county(counties)
    areas, version = queries.areas_of(county.path, on=town_day(clock.now()))
    return render_template(
        "dashboard/areas.html", areas=areas, version=version, county=county, counties=counties, form=form,
        MAJORS=rules.MAJORS, KINDS=rules.KINDS, left_out=rules.left_out(areas), own=areas != rules.example(),
        room=len(areas) < rules.AREAS_MOST,
    )  # fmt: skip


@page.route("/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_COUNTY)
def edit() -> ResponseReturnValue:
    """One area, or a new one: its names and what counts in it."""
    county, key = _county(queries.counties(viewer())), request.args.get("area", type=int)
    areas, version = queries.areas_of(county.path, on=town_day(clock.now()))
    area = next((one for one in areas if one.key == key), None)
    if key is not None and area is None:
        raise Missing
    form = AreaForm(data=_shown(area) | {"version": version})
    form.offer(_choices(rules.MAJORS, areas, area, "majors"), _choices(rules.KINDS, areas, area, "kinds"))
    if form.validate_on_submit():
        what = service.Typed(form.zh.data or "", form.en.data or "", form.majors.data or (), form.kinds.data or ())
        if submit(
            form, service.save, county, actor=viewer(), version=form.version.data, key=key, what=what, now=clock.now()
        ):
            flash(_("已保存，概况里的数按新的归类算。"), "ok")
            return redirect(url_for(".show", place=county.id))
    return render_template("dashboard/area.html", form=form, area=area, county=county)


def _shown(area: rules.Area | None) -> dict[str, Any]:
    if area is None:
        return {}
    return {"zh": area.name.zh, "en": area.name.en, "majors": list(area.majors), "kinds": list(area.kinds)}


def _choices(labels: Any, areas: tuple[rules.Area, ...], area: rules.Area | None, of: str) -> list[tuple[str, Any]]:
    """What can be placed; behind what is in another area, which."""
    there = {code: one.name for one in areas if one != area for code in getattr(one, of)}
    return [
        (code, N_("%(what)s（现在归“%(area)s”）", what=label, area=there[code]) if code in there else label)
        for code, label in labels.items()
    ]


@page.post("/change")
@needs(Permission.MANAGE_COUNTY)
def change() -> ResponseReturnValue:
    """Move, remove, restore; a refusal stands on the page."""
    form, county = AreasForm(), _county(queries.counties(viewer()))
    before, _version = queries.areas_of(county.path, on=town_day(clock.now()))
    if form.validate_on_submit() and _done(form, county):
        flash(_said(form, before), "ok")
        return redirect(url_for(".show", place=county.id))
    return _page(form)


def _said(form: AreasForm, before: tuple[rules.Area, ...]) -> str:
    """What was done to which area, by the name it had."""
    name = next((translate(one.name) for one in before if one.key == form.area.data), "")
    if form.act.data == "reset":
        return _("各个方面已改回示例。")
    if form.act.data == "remove":
        return _("已去掉“%(area)s”，它的事件和活动不归任何方面了。", area=name)
    return _("已移动“%(area)s”。", area=name)


def _done(form: AreasForm, county: Grid) -> Any:
    given: dict[str, Any] = {"actor": viewer(), "version": form.version.data, "now": clock.now()}
    if form.act.data == "reset":
        return submit(form, service.reset, county, **given)
    given["key"] = form.area.data or 0
    if form.act.data == "remove":
        return submit(form, service.remove, county, **given)
    return submit(form, service.move, county, up=form.act.data == "up", **given)


def _county(counties: list[Grid]) -> Grid:
    """That of the link, else the first of the viewer's; `Missing` where there is none of his."""
    asked = request.args.get("place", type=int)
    found = next((one for one in counties if asked in (None, one.id)), None)
    if found is None:
        raise Missing
    return found


bp.register_blueprint(page)
