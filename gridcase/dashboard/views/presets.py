"""The figures under the heads of the place's own way of working, and choosing them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.dashboard import queries
from gridcase.dashboard.forms import PresetForm
from gridcase.dashboard.rules.areas import has_areas
from gridcase.dashboard.rules.presets import presets as every
from gridcase.dashboard.service import presets as service
from gridcase.dashboard.views.base import bp
from gridcase.dashboard.views.figures import chips_of, link_of, period_of
from gridcase.measures import queries as measures
from gridcase.measures.rules import MEASURES, Narrow, Shape
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

heads = Blueprint("presets", __name__, url_prefix="/dashboard/preset")


@heads.get("/")
@needs(Permission.SEE_DASHBOARD)
def show() -> ResponseReturnValue:
    """The heads of the viewer's place with their numbers, each leading to its rows."""
    now = clock.now()
    preset = queries.whole_preset_of(viewer(), on=town_day(now))
    if preset is None:
        return redirect(url_for("dashboard.figures.show"))
    period, narrow = period_of(now), Narrow.read(request.args)
    return render_template(
        "dashboard/preset.html", preset=preset, period=period, narrow=narrow, MEASURES=MEASURES, Shape=Shape,
        told=queries.told(viewer(), preset, period=period, now=now, narrow=narrow), link=link_of,
        over=period.next.begins <= now, chips=chips_of(".presets.show", period, narrow, now),
        where=measures.narrowed_to(viewer(), narrow),
        keeps_areas=has_areas(preset) and viewer().may(Permission.MANAGE_COUNTY),
    )  # fmt: skip


@heads.route("/choose", methods=["GET", "POST"])
@needs(Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)
def choose() -> ResponseReturnValue:
    """Under which heads a town or county reads its figures."""
    now, form, places = clock.now(), PresetForm(), queries.keepable(viewer())
    none = ("", N_("不用，只看全部指标"))
    form.offer(
        [(place.id, place.name) for place in places], [none, *((one.code, one.label) for one in every().values())]
    )
    if form.validate_on_submit():
        place = queries.kept_place(viewer(), form.place.data)
        chosen = {"preset": form.preset.data or "", "on": town_day(now), "now": now}
        if submit(form, service.choose, place, actor=viewer(), **chosen):
            flash(_("已改好，看概况的人都会看到。"), "ok")
            return redirect(url_for("dashboard.figures.show"))
    areas = viewer().may(Permission.MANAGE_COUNTY)
    return render_template("dashboard/choose.html", form=form, keeps_areas=areas)


bp.register_blueprint(heads)
