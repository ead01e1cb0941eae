"""The supervisors' spot checks: drawn by a seed that everybody can read, with what was found."""

from __future__ import annotations

import secrets
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Forbidden, Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.points import queries, service
from gridcase.points.forms.conduct import DrawForm, SpotsForm
from gridcase.points.models import SpotDraw
from gridcase.points.rules import CASE_RULES
from gridcase.points.rules.conduct import SPOT_SIZE, Finding, month_of
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

NAV = (
    NavItem(
        "spots", N_("抽查"), "points.spots", "search", frozenset({Permission.OBJECT_POINTS}), 43, group="points",
        group_label=N_("积分"), pages=frozenset({"points.spots", "points.draw_spots", "points.spot"}), work=False,
    ),
)  # fmt: skip


@bp.get("/spots")
@needs(Permission.OBJECT_POINTS)
def spots() -> ResponseReturnValue:
    """The months that were drawn; who supervises may draw this month or the one before."""
    village = village_of(queries.boards(viewer()))
    this = month_of(today())
    before = month_of(date.fromordinal(this.toordinal() - 1))
    draws = queries.spots.draws(viewer(), village_id=village.id)
    open_months = [month for month in (before, this) if month not in {one.month for one in draws}]
    watches = queries.spots.supervised(viewer(), village)
    return render_template(
        "points/spots.html", village=village, draws=draws, months=open_months if watches else [], form=DrawForm(),
        watches=watches,
    )  # fmt: skip


@bp.post("/spots/<month>")
@needs(Permission.OBJECT_POINTS)
def draw_spots(month: str) -> ResponseReturnValue:
    """Draw the entries of a month."""
    village = village_of(queries.boards(viewer()))
    _must_watch(village)
    form = DrawForm()
    if form.validate_on_submit():
        made = submit(
            form, service.draw_spots, village=village, month=_month(month), seed=secrets.token_hex(4), actor=viewer(),
            now=clock.now(),
        )  # fmt: skip
        if made and made is not True:
            return redirect(url_for(".spot", village_id=village.id, month=month))
        flash(" ".join(form.form_errors), "error")
    return redirect(url_for(".spots", village=village.id))


@bp.route("/spots/<int:village_id>/<month>", methods=["GET", "POST"])
@needs(Permission.OBJECT_POINTS)
def spot(village_id: int, month: str) -> ResponseReturnValue:
    """The drawn entries of a month, and what was found of each."""
    draw, village = _draw(village_id, _month(month))
    rows = queries.spots.spots_of(draw)
    watches = queries.spots.supervised(viewer(), village)
    form = SpotsForm(note=draw.note)
    if form.validate_on_submit():
        _must_watch(village)
        found = {row.transfer_id: _found(row.transfer_id) for row in rows}
        if submit(
            form, service.note_spots, draw, found=found, note=form.note.data or "", actor=viewer(), now=clock.now()
        ):
            flash(_("抽查结果已记下，全村看得到。"), "ok")
            return redirect(url_for(".spot", village_id=village.id, month=month))
    return render_template(
        "points/spot.html", draw=draw, village=village, rows=rows, form=form, watches=watches, findings=Finding,
        rules=CASE_RULES, size=SPOT_SIZE,
    )  # fmt: skip


def _found(transfer_id: int) -> tuple[Finding | None, str]:
    said = request.form.get(f"result-{transfer_id}", "")
    return (Finding(said) if said in set(Finding) else None), request.form.get(f"note-{transfer_id}", "")


def _month(words: str) -> date:
    try:
        return month_of(date.fromisoformat(f"{words}-01"))
    except ValueError:
        raise Missing from None


def _draw(village_id: int, month: date) -> tuple[SpotDraw, Grid]:
    village = next((one for one in queries.boards(viewer()) if one.id == village_id), None)
    draws = queries.spots.draws(viewer(), village_id=village_id) if village else []
    draw = next((one for one in draws if one.month == month), None)
    if village is None or draw is None:
        raise Missing
    return draw, village


def _must_watch(village: Grid) -> None:
    if not queries.spots.supervised(viewer(), village):
        raise Forbidden
