"""Who stands by a village, and the titles it was given."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people import queries, service
from gridcase.people.forms import DayForm, HonourForm, PartnerForm
from gridcase.people.models import Partner, VillageHonour
from gridcase.people.rules import HonourLevel, PartnerKind
from gridcase.people.views.base import bp, today
from gridcase.people.views.decisions import KEEP, READS
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import BaseForm, submit


@bp.get("/partners")
@needs(Permission.SEE_PLACE)
def partners() -> ResponseReturnValue:
    """Task forces and paired units, those of today or those before."""
    someone, asked = viewer(), request.args
    ended = asked.get("show") == "ended"
    return render_template(
        "people/partners.html", page=queries.partners(someone, on=today(), ended=ended, after=asked.get("after")),
        ended=ended, kinds=PartnerKind, keeps=someone.may(KEEP),
    )  # fmt: skip


def _places(someone: Viewer) -> dict[int, Grid]:
    places = (one for one in queries.keeping_places(someone) if one.level != GridLevel.COUNTY)
    return {one.id: one for one in sorted(places, key=lambda one: one.level != GridLevel.VILLAGE)}


@bp.route("/partners/new", methods=["GET", "POST"])
@needs(KEEP)
def new_partner() -> ResponseReturnValue:
    """Somebody stands by a place."""
    places = _places(viewer())
    form = PartnerForm(start=today())
    form.offer([(one.id, one.name) for one in places.values()])
    if form.validate_on_submit() and submit(form, _add_partner, form, places, actor=viewer(), now=clock.now()):
        flash(_("已登记“%(name)s”。", name=form.name.data))
        return redirect(url_for(".partners"))
    return render_template("people/partner_form.html", form=form)


def _add_partner(form: PartnerForm, places: dict[int, Grid], *, actor: Viewer, now: datetime) -> Partner:
    return service.add_partner(
        actor=actor, place=places[int(form.place.data)], kind=PartnerKind(form.kind.data), name=form.name.data,
        contact=form.contact.data or "", members=form.members.data, duty=form.duty.data or "", since=form.start.data,
        now=now,
    )  # fmt: skip


@bp.route("/partners/<int:partner_id>/end", methods=["GET", "POST"])
@needs(KEEP)
def end_partner(partner_id: int) -> ResponseReturnValue:
    """It stands by the place no longer."""
    found = queries.partner_for(partner_id, viewer=viewer())
    form = DayForm(start=today())
    if form.validate_on_submit() and submit(
        form, service.end_partner, found, actor=viewer(), on=form.start.data, now=clock.now()
    ):
        flash(_("“%(name)s”到%(day)s为止。", name=found.name, day=show_date(form.start.data)))
        return redirect(url_for(".partners"))
    return render_template("people/partner_end.html", form=form, one=found)


@bp.get("/honours")
@needs(*READS)
def honours() -> ResponseReturnValue:
    """The titles of the viewer's places, and how many bear each."""
    someone = viewer()
    page = queries.honours(someone, after=request.args.get("after"))
    return render_template(
        "people/honours.html", page=page, counts=queries.honour_counts(someone), levels=HonourLevel,
        keeps=someone.may(KEEP), may_keep=lambda path: queries.may_keep(someone, path),
    )  # fmt: skip


@bp.route("/honours/new", methods=["GET", "POST"])
@needs(KEEP)
def new_honour() -> ResponseReturnValue:
    """A place was given a title."""
    places = _places(viewer())
    form = HonourForm(year=today().year)
    form.offer([(one.id, one.name) for one in places.values()])
    if form.validate_on_submit() and submit(form, _add_honour, form, places, actor=viewer(), now=clock.now()):
        flash(_("已登记“%(name)s”。", name=form.name.data))
        return redirect(url_for(".honours"))
    return render_template("people/honour_form.html", form=form)


def _add_honour(form: HonourForm, places: dict[int, Grid], *, actor: Viewer, now: datetime) -> VillageHonour:
    return service.add_honour(
        actor=actor, place=places[int(form.place.data)], name=form.name.data, level=HonourLevel(form.level.data),
        year=form.year.data, giver=form.giver.data or "", now=now,
    )  # fmt: skip


@bp.post("/honours/<int:honour_id>/remove")
@needs(KEEP)
def remove_honour(honour_id: int) -> ResponseReturnValue:
    """Entered wrongly, or taken away."""
    found, form = queries.honour_for(honour_id, viewer=viewer()), BaseForm()
    name = found.name
    if form.validate_on_submit() and submit(form, service.remove_honour, found, actor=viewer(), now=clock.now()):
        flash(_("“%(name)s”已去掉。", name=name))
    return redirect(url_for(".honours"))
