"""The codes as the village keeps them: made, printed, revoked; and a query code for a case taken in by word."""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries as cases
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.resident import queries, service
from gridcase.resident.forms import SheetForm
from gridcase.resident.models import DoorSheet
from gridcase.resident.rules import shown
from gridcase.resident.views.base import bp, key
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, options, submit

INDENT = {GridLevel.GROUP: "　", GridLevel.CELL: "　　"}


@bp.route("/doors", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def sheets() -> ResponseReturnValue:
    """The codes of a village, and a form for a new one."""
    someone = viewer()
    villages = grids.villages_of(someone, permission=Permission.MANAGE_POSTS)
    asked = request.args.get("village", type=int)
    village = next((one for one in villages if one.id == asked), villages[0] if villages else None)
    places = queries.places_in(village) if village else []
    form = SheetForm()
    form.grid.choices = options((one.id, INDENT.get(GridLevel(one.level), "") + one.name) for one in places)
    if village is not None and form.validate_on_submit():
        place = next(one for one in places if one.id == form.grid.data)
        made = submit(form, service.make_sheet, place, actor=someone, now=clock.now(), note=form.note.data)
        if isinstance(made, DoorSheet):
            return redirect(url_for(".poster", sheet_id=made.id))
    found = queries.sheets_of(village, viewer=someone) if village else []
    return render_template("resident/sheets.html", villages=villages, village=village, form=form, sheets=found)


@bp.get("/doors/<int:sheet_id>")
@needs(Permission.MANAGE_POSTS)
def poster(sheet_id: int) -> ResponseReturnValue:
    """One code as a sheet for the wall."""
    sheet = queries.get_sheet(sheet_id, viewer=viewer())
    link = url_for(".demand", token=sheet.token, _external=True)
    return render_template(
        "resident/poster.html", sheet=sheet, place=queries.place_words(sheet.grid), link=link,
        look_up=url_for(".look_up", _external=True), image=_code(link),
    )  # fmt: skip


@bp.post("/doors/<int:sheet_id>/revoke")
@needs(Permission.MANAGE_POSTS)
def revoke(sheet_id: int) -> ResponseReturnValue:
    """The printed code leads nowhere from now on."""
    sheet = queries.get_sheet(sheet_id, viewer=viewer())
    form = BaseForm()
    if form.validate_on_submit():
        submit(form, service.revoke_sheet, sheet, actor=viewer(), now=clock.now())
        flash(_("这个码已作废，扫了会打不开；请把墙上的揭下来。"))
    return redirect(url_for(".sheets", village=_village_of(sheet.grid)))


@bp.route("/doors/case/<int:case_id>", methods=["GET", "POST"])
@needs(Permission.SEE_REPORTER)
def slip(case_id: int) -> ResponseReturnValue:
    """A slip with a query code for the villager who reported by word."""
    someone = viewer()
    case = cases.get_case(case_id, viewer=someone)
    if Permission.SEE_REPORTER not in cases.permissions_over(case, someone):
        raise Missing
    form, code = BaseForm(), None
    if form.validate_on_submit():
        made = submit(form, service.code_for, case, actor=someone, now=clock.now(), key=key())
        code = shown(made) if isinstance(made, str) else None
    link = url_for(".look_up", _external=True)
    return render_template(
        "resident/slip.html", case=case, code=code, form=form, link=link, image=_code(link),
        had=queries.has_code(case.id), place=queries.place_of(case),
    )  # fmt: skip


def _village_of(grid: Grid) -> int | None:
    return grid.village_id or grid.id


def _code(link: str) -> str:
    return segno.make_qr(link, error="m").svg_data_uri(border=2)
