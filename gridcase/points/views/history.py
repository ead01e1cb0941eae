"""The report of points, and the totals of the time before."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text
from gridcase.points import queries, service
from gridcase.points.forms.periods import ConfirmForm, TotalForm
from gridcase.points.rules.periods import PeriodKind, period_of
from gridcase.points.views.base import bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import options, submit


def _spans(day: date) -> dict[str, tuple[Text, date | None]]:
    """What may be asked for: words and first day."""
    return {
        "all": (N_("全部"), None),
        "year": (N_("今年"), date(day.year, 1, 1)),
        "quarter": (N_("本季度"), period_of(PeriodKind.QUARTER, day).starts_on),
        "month": (N_("本月"), date(day.year, day.month, 1)),
    }


@bp.get("/report")
@needs(Permission.SEE_DASHBOARD)
def report() -> ResponseReturnValue:
    """Issued, exchanged, goods and homes, by village and span."""
    spans = _spans(today())
    asked = request.args.get("span", "all")
    span = asked if asked in spans else "all"
    found = queries.report(viewer=viewer(), starts_on=spans[span][1], ends_on=None)
    return render_template("points/report.html", report=found, spans=spans, span=span, today=today())


@bp.route("/history", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def history() -> ResponseReturnValue:
    """Enter what a town or village gave before it used this system."""
    places, form = queries.history_places(viewer()), TotalForm()
    form.place.choices = options((place.id, place.name) for place in places)
    if form.validate_on_submit():
        place = next(place for place in places if place.id == form.place.data)
        if submit(
            form, service.enter_total, place, until=form.until.data, points=form.points.data,
            redeemed=form.redeemed.data, goods_fen=int(form.goods_yuan.data * 100), people=form.people.data,
            note=form.note.data or "", actor=viewer(), now=clock.now(),
        ):  # fmt: skip
            flash(_("已录入，计入积分报表。"), "ok")
            return redirect(url_for(".history"))
    return render_template(
        "points/history.html", form=form, totals=queries.history_totals(viewer=viewer()), confirm=ConfirmForm()
    )


@bp.post("/history/<int:total_id>/drop")
@needs(Permission.SET_SCHEME)
def drop_total(total_id: int) -> ResponseReturnValue:
    """Take a total out of the report."""
    row, form = queries.history_total(total_id, viewer=viewer()), ConfirmForm()
    if form.validate_on_submit():
        with transaction():
            service.drop_total(row, actor=viewer(), now=clock.now())
        flash(_("已作废，不再计入报表。"), "ok")
    return redirect(url_for(".history"))
