"""The register: a home added, its facts and members corrected, another cell, its history."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.households import queries, service
from gridcase.households.forms import HomeForm, MemberForm, NewHomeForm, RelocateForm
from gridcase.households.models import Household
from gridcase.households.rules import DEEDS, RELATIONS, EndedWhy, Outcome
from gridcase.households.service import MemberRow, MemberSeen
from gridcase.households.views.base import (
    bp,
    kept_home,
    place_chosen,
    places_in,
    to_home,
    today,
    unless_revealed,
    village_of,
)
from gridcase.people.rules import Role
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import rehearse, submit


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def new() -> ResponseReturnValue:
    """Add a home with its head and members."""
    someone = viewer()
    villages = grids.villages_of(someone, permission=Permission.EDIT_HOUSEHOLD)
    form = NewHomeForm(places=places_in(villages, someone), on=today())
    if form.validate_on_submit():
        made = submit(
            form, service.add_home, actor=someone, grid=place_chosen(form.place.data, someone), people=_people(form),
            row={**form.facts(), "lon": _degrees(form.lon.data), "lat": _degrees(form.lat.data)},
            since=form.on.data, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Household):
            arrange = _("已登记，户编号 %(code)s。还没有联户代表，请在“网格调整”的“调整住户”里安排。", code=made.code)
            flash(arrange, "ok")
            return to_home(made.id)
    return render_template("households/new.html", form=form)


def _degrees(value: object) -> float | None:
    return float(str(value)) if value is not None else None


def _people(form: NewHomeForm) -> list[MemberRow]:
    head = MemberRow(form.name.data or "", "head", form.gender.data or None, form.born_on.data, form.person_phone.data)
    return [head, *(MemberRow(name, relation, born_on=born) for name, relation, born in form.others())]


@bp.route("/<int:household_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def edit(household_id: int) -> ResponseReturnValue:
    """Correct the facts of a home."""
    home = kept_home(household_id)
    if (hidden := unless_revealed(home)) is not None:
        return hidden
    form = HomeForm(obj=home, seen=fingerprint(home, service.FACTS))
    if form.validate_on_submit():
        changes = submit(
            form, service.edit_home, home, actor=viewer(), values=form.facts(), seen=form.seen.data, now=clock.now()
        )
        if changes is not None:
            flash(_("资料已改。") if changes else _("没有改动。"), "ok")
            return to_home(home.id)
    return render_template("households/edit.html", form=form, home=home)


@bp.route("/members/<int:person_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def member(person_id: int) -> ResponseReturnValue:
    """Correct a member of a home."""
    found = queries.home_of(person_id, on=today())
    if found is None:
        raise Missing
    home = kept_home(found.id)
    if (hidden := unless_revealed(home)) is not None:
        return hidden
    row = queries.member_of(home.id, person_id, on=today())
    away = queries.away_of([person_id]).get(person_id)
    form = MemberForm(
        is_head=row.relation == "head", name=row.person.name, gender=row.person.gender, born_on=row.person.born_on,
        person_phone=row.person.phone, relation=row.relation, absent=row.absent,
        away_place=away.place if away else "", since=away.since if away else None,
        by_phone=bool(away and away.by_phone), seen=MemberSeen(row, away).mark,
    )  # fmt: skip
    if form.validate_on_submit():
        changes = submit(
            form, service.edit_member, home, actor=viewer(), person_id=person_id, values=form.facts(),
            seen=form.seen.data, now=clock.now(),
        )  # fmt: skip
        if changes is not None:
            flash(_("资料已改。") if changes else _("没有改动。"), "ok")
            return to_home(home.id)
    return render_template("households/member.html", form=form, home=home)


@bp.route("/<int:household_id>/place", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def relocate(household_id: int) -> ResponseReturnValue:
    """The home lies in another group or cell from a day on, or lay there since a day gone by."""
    home, someone, outcome = kept_home(household_id), viewer(), None
    form = RelocateForm(on=today(), place=home.grid_id)
    form.place.choices = places_in([village_of(home)], someone)
    if form.validate_on_submit():
        grid = place_chosen(form.place.data, someone)

        def move() -> Outcome:
            return service.relocate(home, actor=someone, grid=grid, on=form.on.data, now=clock.now())

        outcome, kept = rehearse(form, move)
        if kept:
            flash(_("网格已改。"), "ok")
            return to_home(home.id)
    return render_template("households/relocate.html", form=form, home=home, outcome=outcome)


@bp.get("/<int:household_id>/history")
@needs(Permission.EDIT_HOUSEHOLD)
def history(household_id: int) -> ResponseReturnValue:
    """Where a home lay, whose circle it was in, who lived there, and who wrote what."""
    home = kept_home(household_id)
    return render_template(
        "households/history.html", home=home, lay=queries.places_of(home.id), circles=queries.circles_of(home.id),
        members=queries.lines_of_home(home.id), kin=queries.kinships_of(home.id), roles=Role, relations=RELATIONS,
        deeds=audit.history_of("household", home.id), deed_words=DEEDS,
        ended=EndedWhy(home.ended_why) if home.ended_why in list(EndedWhy) else None,
    )  # fmt: skip
