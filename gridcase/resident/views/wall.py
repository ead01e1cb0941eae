"""Behind the code on the wall: say what is the matter, and get a number and a query code."""

from __future__ import annotations

import secrets

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from gridcase.calendar.queries import work_calendar
from gridcase.core import clock
from gridcase.people.queries import service_points
from gridcase.people.rules import PointKind, door_of
from gridcase.people.rules.service_points import lines_of
from gridcase.reception.rules import HOTLINE
from gridcase.resident import queries, service
from gridcase.resident.forms import DemandForm
from gridcase.resident.rules import shown
from gridcase.resident.views.base import bp, from_where, keep_open, key
from gridcase.web.access import public
from gridcase.web.formkit import submit

FRESH = "fresh_code"


@bp.route("/v/<token>", methods=["GET", "POST"])
@public("a villager needs no account to say what is the matter; how often is counted")
def demand(token: str) -> ResponseReturnValue:
    """The form behind a place's code."""
    sheet, now = queries.sheet_at(token), clock.now()
    form = DemandForm(once=secrets.token_urlsafe(16))
    english = str(get_locale()) == "en"
    form.offer([(row.code, row.en if english else row.zh) for row in queries.kinds(sheet.grid)])
    if form.validate_on_submit():
        made = submit(
            form, service.demand, sheet, now=now, text=form.text.data, kind=form.kind.data or "", once=form.once.data,
            address_digest=from_where(now), key=key(), where=form.where.data, name=form.name.data,
            phone=form.phone.data,
        )  # fmt: skip
        if isinstance(made, tuple):
            case, code = made
            keep_open(case, now)
            session[FRESH] = shown(code)
            return redirect(url_for(".own"))
    return render_template("resident/demand.html", form=form, sheet=sheet, place=queries.place_words(sheet.grid))


@bp.get("/v/<token>/services")
@public("a villager needs no account to find where he is served and when")
def services(token: str) -> ResponseReturnValue:
    """The service points near a place's code."""
    return _points(token, legal=False)


@bp.get("/v/<token>/legal")
@public("a villager needs no account to find where the law is explained")
def legal(token: str) -> ResponseReturnValue:
    """Of these the points of public legal service: the address that stood before the others."""
    return _points(token, legal=True)


def _points(token: str, *, legal: bool) -> ResponseReturnValue:
    sheet, now, calendar = queries.sheet_at(token), clock.now(), work_calendar()
    kinds = {PointKind.LEGAL} if legal else set(PointKind)
    own, others = service_points.around(sheet.grid.path, kinds)
    return render_template(
        "resident/services.html", sheet=sheet, place=queries.place_words(sheet.grid), own=own, others=others,
        legal=legal, hotline=HOTLINE, lines_of=lines_of,
        door=lambda p: door_of(p.opening, on_holidays=p.on_holidays, at=now, calendar=calendar),
    )  # fmt: skip
