"""Who was there: the code on paper and the page behind it, the sheet of names, ticks by hand."""

from __future__ import annotations

from datetime import datetime

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.activities import SheetForm, SignInForm
from gridcase.affairs.models import Activity
from gridcase.affairs.queries import activities as queries
from gridcase.affairs.queries import signing as lists
from gridcase.affairs.service import signing as service
from gridcase.affairs.views.base import RUNS, bp, from_where, say_refusals, today
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.masking import mask_name
from gridcase.grid import queries as grids
from gridcase.households.models import Household
from gridcase.web.access import needs, public, viewer
from gridcase.web.formkit import BaseForm, submit

MOST_BYTES = 2 * 1024 * 1024


@bp.get("/affairs/<int:activity_id>/code")
@needs(RUNS)
def code(activity_id: int) -> ResponseReturnValue:
    """The code as a sheet of paper to lay on the table."""
    one = queries.get_own(activity_id, viewer=viewer())
    link = url_for(".sign_in", token=one.token, _external=True)
    image = segno.make_qr(link, error="m").svg_data_uri(border=2)
    place = grids.names_of([one.place_id]).get(one.place_id, "")
    return render_template("affairs/code.html", one=one, link=link, image=image, place=place)


@bp.route("/a/<token>", methods=["GET", "POST"])
@public("a villager signs in at an activity by the code on the table; how often is counted")
def sign_in(token: str) -> ResponseReturnValue:
    """Behind the code on the table: the home's digits and the name."""
    one, now, form, done = queries.at_token(token), clock.now(), SignInForm(), ""
    if form.validate_on_submit():
        done, refusal = _sign_in(one, form, now)
        if refusal is not None:
            form.refuse(refusal)
        else:
            form = SignInForm(formdata=None)
    return render_template("affairs/sign_in.html", one=one, form=form, done=mask_name(done) if done else "")


def _sign_in(one: Activity, form: SignInForm, now: datetime) -> tuple[str, Refused | None]:
    address, key = from_where(now)
    with transaction():  # wrong tries are counted, so they are kept
        return service.sign_in(
            one, digits=form.digits.data or "", name=form.name.data or "", now=now,
            address_digest=service.address_digest(address, key=key, now=now),
        )  # fmt: skip


@bp.route("/affairs/<int:activity_id>/sheet", methods=["GET", "POST"])
@needs(RUNS)
def sheet(activity_id: int) -> ResponseReturnValue:
    """The names of the sign-in sheet: who is found is noted, who may be several is asked for."""
    someone, now = viewer(), clock.now()
    one, form, matched = queries.get_own(activity_id, viewer=someone), SheetForm(), None
    if form.validate_on_submit():
        matched = _laid_out(one, form, now)
        if matched is not None and (form.matched.data == "1" or not (matched.asked or matched.unknown)):
            text, picks = form.text.data or "", _picks()
            new = submit(form, service.take_sheet, one, text, actor=someone, picks=picks, now=now)
            if new is not None:
                flash(_("记下 %(new)s 人到场。", new=0 if new is True else int(new)), "ok")
                return redirect(url_for(".show", activity_id=activity_id))
    return render_template("affairs/sheet.html", one=one, form=form, matched=matched)


def _laid_out(one: Activity, form: SheetForm, now: datetime) -> service.Matched | None:
    """The sheet laid beside the register; what cannot be read is said at its field."""
    try:
        if form.table.data and form.table.data.filename:
            form.text.data = service.text_of(form.table.data.read(MOST_BYTES))
        return service.match_sheet(one, form.text.data or "", actor=viewer(), now=now)
    except Refused as refusal:
        form.refuse(refusal)
        return None


def _picks() -> dict[int, int]:
    """Line of the sheet -> the person meant."""
    found = {}
    for name, value in request.form.items():
        line = name.removeprefix("pick-")
        if name.startswith("pick-") and line.isascii() and line.isdigit() and value.isascii() and value.isdigit():
            found[int(line[:6])] = int(value[:9])
    return found


@bp.post("/affairs/<int:activity_id>/tick")
@needs(RUNS)
def tick(activity_id: int) -> ResponseReturnValue:
    """Those of the list who are here."""
    one, form = queries.get_own(activity_id, viewer=viewer()), BaseForm()
    ids = [int(value[:9]) for value in request.form.getlist("ids") if value.isascii() and value.isdigit()]
    if form.validate_on_submit():
        new = submit(form, service.tick, one, ids, actor=viewer(), now=clock.now())
        if new is not None:
            flash(_("记下 %(new)s 人到场。", new=int(new)), "ok")
    say_refusals(form)
    return redirect(url_for(".show", activity_id=activity_id))


@bp.post("/affairs/lines/<int:line_id>/untick")
@needs(RUNS)
def untick(line_id: int) -> ResponseReturnValue:
    """Ticked by mistake."""
    form = BaseForm()
    line, one = queries.line_of(line_id, viewer=viewer())
    if form.validate_on_submit() and submit(form, service.untick, one, line, actor=viewer(), now=clock.now()):
        flash(_("已取消签到。"), "ok")
    say_refusals(form)
    return redirect(url_for(".show", activity_id=one.id))


@bp.route("/affairs/<int:activity_id>/add", methods=["GET", "POST"])
@needs(RUNS)
def add(activity_id: int) -> ResponseReturnValue:
    """Somebody who is here and not on the list."""
    someone, form = viewer(), BaseForm()
    one = queries.get_own(activity_id, viewer=someone)
    home, person_id = _who()
    if home is not None and form.validate_on_submit():
        new = submit(form, service.add_present, one, home, actor=someone, person_id=person_id, now=clock.now())
        if new is not None:
            flash(_("记下到场：%(name)s。", name=mask_name(home.head_name)), "ok")
            return redirect(url_for(".add", activity_id=activity_id))
        say_refusals(form)
    words = request.args.get("q", "").strip()[:20]
    homes = lists.found_homes(one, words, viewer=someone)
    grown = lists.grown_of([home.id for home in homes], on=today())
    return render_template("affairs/add.html", one=one, words=words, homes=homes, grown=grown, form=form)


def _who() -> tuple[Household | None, int | None]:
    """The home whose button was pressed, and the person; (None, None) where none was."""
    home_id, _dash, person = request.form.get("who", "").partition("-")
    home = db.session.get(Household, int(home_id[:9])) if home_id.isascii() and home_id.isdigit() else None
    return home, int(person[:9]) if person.isascii() and person.isdigit() else None
