"""What a draft would have changed last quarter; which parts a village opens; which example a county recommends."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.points import queries, service
from gridcase.points.forms.schemes import SOURCES, ModulesForm, RecommendForm
from gridcase.points.rules import PRESETS, Module, weighed
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import labelled, options, submit


@bp.get("/scheme/<int:version_id>/what-if")
@needs(Permission.SET_SCHEME)
def scheme_trial(version_id: int) -> ResponseReturnValue:
    """Last quarter counted again by a draft."""
    version = queries.draft_to_set(version_id, viewer=viewer())
    scheme, trial = queries.read(version), queries.try_out(version, today=today())
    return render_template(
        "points/scheme_trial.html", scheme=scheme, village=queries.village(version.village_id), trial=trial,
        weighed=weighed(trial.by_board, scheme, queries.scheme_of(version.village_id, on=today())),
    )  # fmt: skip


@bp.route("/modules", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def modules() -> ResponseReturnValue:
    """Which parts a village opens, and from when."""
    village = queries.village_to_set(request.args.get("village", type=int), viewer=viewer())
    opened = queries.modules_on(village.path, on=today())
    form = ModulesForm(data={"modules": [module.value for module in Module if module in opened], "on": today()})
    form.modules.choices = labelled(Module)
    if form.validate_on_submit() and submit(
        form, service.set_modules, place=village, modules={Module(one) for one in form.modules.data or ()},
        on=form.on.data, actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存，到那一天起生效。关掉的页面会收起来，已有的记录都还在。"), "ok")
        return redirect(url_for(".modules", village=village.id))
    return render_template(
        "points/modules.html", form=form, village=village,
        villages=queries.scheme_villages(viewer(), setting_only=True), opened=opened,
    )  # fmt: skip


@bp.route("/recommend", methods=["GET", "POST"])
@needs(Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)
def recommend() -> ResponseReturnValue:
    """From which example the villages of a county or town start their drafts, unless they choose another."""
    places = queries.places_above(viewer())
    place = village_of(places)
    form = RecommendForm(data={"preset": queries.recommended(place.path, on=today())})
    form.preset.choices = options((key, SOURCES[key]) for key in PRESETS)
    if form.validate_on_submit() and submit(
        form, service.recommend, place=place, preset=form.preset.data, on=today(), actor=viewer(), now=clock.now()
    ):
        flash(_("已保存。村里起草时先选中这一套，仍可以换。"), "ok")
        return redirect(url_for(".recommend", village=place.id))
    return render_template("points/recommend.html", form=form, place=place, above=places, presets=queries.presets())
