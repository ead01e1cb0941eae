"""Organisations of a place: the tree, one with its seats, who joins and who leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.people import queries, service
from gridcase.people.forms import DayForm, OrganisationForm, SeatForm
from gridcase.people.models import Organisation
from gridcase.people.queries.bodies import MOST_BODIES
from gridcase.people.rules import COUNCILS, FOUR_COUNCILS, GIVES_OPINIONS, BodyKind, Capacity
from gridcase.people.views.base import ONE_DAY, bp, offer, picked, today
from gridcase.people.views.units import may_manage
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit


@bp.get("/organisations")
@needs(Permission.SEE_PLACE)
def organisations() -> ResponseReturnValue:
    """The tree of bodies of a place."""
    someone, asked, day = viewer(), request.args, today()
    villages = grids.villages_of(someone)
    village = next((one for one in villages if one.id == asked.get("village", type=int)), None)
    kind, words = asked.get("kind", ""), asked.get("q", "").strip()[:40]
    bodies = queries.organisations(
        someone, on=day, place=village.path if village else "", words=words,
        kind=kind if kind in list(BodyKind) else "", most=MOST_BODIES,
    )  # fmt: skip
    return render_template(
        "people/organisations.html", bodies=bodies[:MOST_BODIES], more=len(bodies) > MOST_BODIES, kinds=BodyKind,
        kind=kind, words=words, villages=villages,
        village=village, kept={key: value for key, value in asked.items() if value},
    )  # fmt: skip


@bp.get("/organisations/<int:body_id>")
@needs(Permission.SEE_PLACE)
def organisation(body_id: int) -> ResponseReturnValue:
    """One body: who sits in it, who did, what hangs under it."""
    found, day = queries.organisation_for(body_id, viewer=viewer()), today()
    parent = queries.parent_of(found)
    return render_template(
        "people/organisation.html", body=found, kind=BodyKind(found.kind), parent=parent, kinds=BodyKind,
        seats=queries.seats_of(found.id, on=day), past=queries.seats_of(found.id, on=None), today=day,
        lower=queries.bodies_under(found.id, on=day), may_manage=may_manage(found.place_path),
        place_names=[grid.name for grid in grids.ancestors(found.place_path)],
        deeds=audit.history_of("organisation", found.id), leave=DayForm(start=day), capacities=Capacity,
        on_agendas=found.kind in FOUR_COUNCILS and viewer().may(Permission.SEE_CASE), **_council(found, day),
    )  # fmt: skip


def _council(found: Organisation, day: date) -> dict[str, Any]:
    """What a council's page says besides: what it lacks, and the opinions it gave."""
    if found.kind not in GIVES_OPINIONS:
        return {"gives_opinions": False}
    keeps = queries.may_keep(viewer(), found.place_path)
    return {
        "gives_opinions": True, "may_opine": keeps, "opinions": queries.opinions_of(found.id),
        "missing": queries.missing_of(found, on=day) if found.kind in COUNCILS else [],
    }  # fmt: skip


@bp.route("/organisations/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def new_organisation() -> ResponseReturnValue:
    """Set up a body: first the place, then the rest."""
    someone, places = viewer(), queries.places_for(viewer())
    asked = request.args.get("at", type=int)
    if asked is None or asked not in dict(places):
        return render_template("people/choose_place.html", offered=places, target="people.new_organisation")
    at = queries.place_for(asked, viewer=someone)
    form = OrganisationForm(start=today(), kind=request.args.get("kind", ""))
    form.offer([(body.id, body.name) for body in queries.bodies_at(at.path, on=today())])
    if form.validate_on_submit():
        made = submit(form, _add, form, at, actor=someone, now=clock.now())
        if isinstance(made, Organisation):
            flash(_("已设立“%(name)s”，可以登记成员。", name=made.name))
            return redirect(url_for(".organisation", body_id=made.id))
    return render_template("people/organisation_form.html", form=form, body=None, at=at)


def _add(form: OrganisationForm, place: Any, *, actor: Viewer, now: datetime) -> Organisation:
    return service.add_organisation(
        actor=actor, kind=BodyKind(form.kind.data), name=form.name.data, place=place, parent=_parent(form),
        since=form.start.data, now=now,
    )  # fmt: skip


def _parent(form: OrganisationForm) -> Organisation | None:
    return queries.get_organisation(int(form.parent.data)) if form.parent.data else None


@bp.route("/organisations/<int:body_id>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def edit_organisation(body_id: int) -> ResponseReturnValue:
    """Rename a body or hang it elsewhere."""
    found = queries.organisation_for(body_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = OrganisationForm(
        kind=found.kind, name=found.name, parent=str(found.parent_id or ""), start=found.valid_from,
        seen=fingerprint(found, service.BODY_EDITED),
    )  # fmt: skip
    del form.start
    form.offer([(body.id, body.name) for body in queries.bodies_at(found.place_path, on=today())])
    if form.validate_on_submit() and submit(form, _edit, found, form, actor=viewer(), now=clock.now()):
        flash(_("已保存。"))
        return redirect(url_for(".organisation", body_id=body_id))
    return render_template("people/organisation_form.html", form=form, body=found, at=None)


def _edit(found: Organisation, form: OrganisationForm, *, actor: Viewer, now: datetime) -> Organisation:
    return service.edit_organisation(
        found, actor=actor, kind=BodyKind(form.kind.data), name=form.name.data, parent=_parent(form),
        seen=form.seen.data, now=now,
    )  # fmt: skip


@bp.route("/organisations/<int:body_id>/close", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def close_organisation(body_id: int) -> ResponseReturnValue:
    """The body ends, and its seats with it."""
    found = queries.organisation_for(body_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = DayForm(start=today())
    if form.validate_on_submit() and submit(
        form, service.close_organisation, found, actor=viewer(), on=form.start.data, now=clock.now()
    ):
        flash(_("“%(name)s”从%(day)s起撤销。", name=found.name, day=show_date(form.start.data)))
        return redirect(url_for(".organisation", body_id=body_id))
    return render_template("people/close_organisation.html", form=form, body=found)


@bp.route("/organisations/<int:body_id>/seats", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def add_seat(body_id: int) -> ResponseReturnValue:
    """Somebody joins, or changes the seat."""
    found = queries.organisation_for(body_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    words = request.args.get("q", "").strip()[:60]
    form = SeatForm(start=today())
    form.offer_capacities(found.kind)
    offer(form, words=words, path=found.place_path)
    if words and form.validate_on_submit() and submit(form, _seat, found, form, words, actor=viewer()):
        flash(_("已登记%(name)s任%(title)s。", name=words, title=form.title.data))
        return redirect(url_for(".organisation", body_id=body_id))
    return render_template("people/seat.html", form=form, body=found, words=words)


def _seat(found: Organisation, form: SeatForm, words: str, *, actor: Viewer) -> None:
    now = clock.now()
    person_id = picked(form, words=words, path=found.place_path, actor=actor, now=now)
    service.seat(
        found, actor=actor, person_id=person_id, title=form.title.data, rank=form.rank.data, start=form.start.data,
        end=form.until.data + ONE_DAY if form.until.data else None, now=now,
        capacity=(form.data.get("capacity") or ""),
    )  # fmt: skip


@bp.post("/organisations/<int:body_id>/seats/end")
@needs(Permission.MANAGE_POSTS)
def end_seat(body_id: int) -> ResponseReturnValue:
    """Somebody leaves."""
    found = queries.organisation_for(body_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form, person_id = DayForm(), request.form.get("person", type=int) or 0
    done = form.validate_on_submit() and submit(
        form, service.end_seat, found, actor=viewer(), person_id=person_id, on=form.start.data, now=clock.now()
    )
    flash(_("已登记离任。") if done else next(iter([*form.form_errors, *form.start.errors]), ""))
    return redirect(url_for(".organisation", body_id=body_id))
