"""The supervisors' spot checks: drawn by a seed that everybody can read, with what was found."""

from __future__ import annotations

import secrets
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Forbidden
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
        "spots", N_("抽查"), "points.spots", "search", frozenset({Permission.SEE_POINTS}), 43, group="points",
        module="points",
        group_label=N_("积分"), pages=frozenset({"points.spots", "points.spot", "points.note_spots"}), work=False,
    ),
)  # fmt: skip


@bp.get("/spots")
@needs(Permission.SEE_POINTS)
def spots() -> ResponseReturnValue:
    """The months that were drawn; who supervises may draw the one before this."""
    villages = queries.boards(viewer())
    if not villages:
        return render_template("points/none.html")
    village = village_of(villages)
    before = month_of(date.fromordinal(month_of(today()).toordinal() - 1))
    draws = queries.spots.draws(viewer(), village_id=village.id)
    open_months = [month for month in (before,) if month not in {one.month for one in draws}]
    watches = queries.spots.supervised(viewer(), village)
    return render_template(
        "points/spots.html", village=village, draws=draws, months=open_months if watches else [], form=DrawForm(),
        watches=watches,
    )  # fmt: skip


@bp.post("/spots/draw")
@needs(Permission.OBJECT_POINTS)
def draw_spots() -> ResponseReturnValue:
    """Draw the entries of a month."""
    village = village_of(queries.boards(viewer()))
    _must_watch(village)
    form = DrawForm()
    if form.validate_on_submit() and (month := _month(form.month.data or "")) is not None:
        made = submit(
            form, service.draw_spots, village=village, month=month, seed=secrets.token_hex(4),
            actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if made and made is not True:
            return redirect(url_for(".spot", draw_id=made.id))
        flash(" ".join(form.form_errors), "error")
    return redirect(url_for(".spots", village=village.id))


@bp.get("/spots/<int:draw_id>")
@needs(Permission.SEE_POINTS)
def spot(draw_id: int) -> ResponseReturnValue:
    """The drawn entries of a month, and what was found of each."""
    draw, village = queries.spots.get_draw(draw_id, viewer=viewer())
    return _page(draw, village, SpotsForm(note=draw.note))


@bp.post("/spots/<int:draw_id>/found")
@needs(Permission.OBJECT_POINTS)
def note_spots(draw_id: int) -> ResponseReturnValue:
    """Write down what was found; only who supervises may."""
    draw, village = queries.spots.get_draw(draw_id, viewer=viewer())
    _must_watch(village)
    form = SpotsForm()
    if form.validate_on_submit():
        found = {row.transfer_id: _found(row.transfer_id) for row in queries.spots.spots_of(draw, viewer=viewer())}
        if submit(
            form, service.note_spots, draw, found=found, note=form.note.data or "", actor=viewer(), now=clock.now()
        ):
            flash(_("抽查结果已记下，全村看得到。"), "ok")
            return redirect(url_for(".spot", draw_id=draw.id))
    return _page(draw, village, form)


def _page(draw: SpotDraw, village: Grid, form: SpotsForm) -> ResponseReturnValue:
    return render_template(
        "points/spot.html", draw=draw, village=village, rows=queries.spots.spots_of(draw, viewer=viewer()),
        taken=queries.spots.taken_of(draw, viewer=viewer()), form=form, said=request.form,
        watches=queries.spots.supervised(viewer(), village), findings=Finding, rules=CASE_RULES, size=SPOT_SIZE,
    )  # fmt: skip


def _found(transfer_id: int) -> tuple[Finding | None, str]:
    said = request.form.get(f"result-{transfer_id}", "")
    return (Finding(said) if said in set(Finding) else None), request.form.get(f"note-{transfer_id}", "")


def _month(words: str) -> date | None:
    try:
        return month_of(date.fromisoformat(f"{words}-01"))
    except ValueError:
        return None


def _must_watch(village: Grid) -> None:
    if not queries.spots.supervised(viewer(), village):
        raise Forbidden
