"""A family's life: a page each; it says what will happen before anything does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.households import queries, service
from gridcase.households.forms import ArrivalForm, BirthForm, DeathForm, DepartureForm, HeadForm, SplitForm
from gridcase.households.forms.life import LifeForm
from gridcase.households.models import FamilyChange, Household
from gridcase.households.rules import LifeKind, Outcome, Why
from gridcase.households.service import NewPerson
from gridcase.households.views.base import (
    bp,
    kept_home,
    members_in_words,
    place_chosen,
    places_in,
    to_home,
    today,
    village_of,
)
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import rehearse

FORMS: dict[LifeKind, type[LifeForm]] = {
    LifeKind.BIRTH: BirthForm,
    LifeKind.DEATH: DeathForm,
    LifeKind.ARRIVAL: ArrivalForm,
    LifeKind.DEPARTURE: DepartureForm,
    LifeKind.SPLIT: SplitForm,
    LifeKind.HEAD: HeadForm,
}


def _page(kind: LifeKind) -> Callable[[int], ResponseReturnValue]:
    @needs(Permission.EDIT_HOUSEHOLD)
    def view(household_id: int) -> ResponseReturnValue:
        home = kept_home(household_id)
        change = _change(home)
        form = _form(kind, home, change)
        outcome = None
        if form.validate_on_submit():
            outcome, kept = rehearse(form, lambda: _do(kind, home, form, change))
            if kept and outcome is not None:
                for sentence in outcome.sentences:
                    flash(translate(sentence), "ok")
                return to_home(outcome.household_id)
        return render_template(
            "households/life.html", home=home, kind=kind, form=form, outcome=outcome, change=change,
            fields=[field for field in form if field.name not in HIDDEN],
        )  # fmt: skip

    view.__doc__ = f"{kind}: what happened, what follows from it, done when confirmed."
    return view


HIDDEN = {"csrf_token", "confirmed", "change"}
for one in FORMS:
    bp.add_url_rule(f"/<int:household_id>/{one}", f"life_{one}", _page(one), methods=["GET", "POST"])


def _change(home: Household) -> FamilyChange | None:
    """The proposed change that this page settles, named by its link or by the form."""
    asked = request.values.get("change", type=int)
    if asked is None:
        return None
    found = queries.get_change(asked, viewer=viewer())
    if found.household_id != home.id:
        raise Missing
    return found


def _form(kind: LifeKind, home: Household, change: FamilyChange | None) -> LifeForm:
    given: dict[str, Any] = {"on": today()}
    if change is not None:
        given |= {"change": str(change.id), "on": change.on or today(), "name": change.who}
        if change.to_household_id is not None:
            asking = queries.standing_home(change.to_household_id)
            given["code"] = asking.code if asking else ""
    form = FORMS[kind](**given)
    form.offer(members_in_words(home))
    if isinstance(form, SplitForm):
        form.place.choices = places_in([village_of(home)], viewer())
        if request.method == "GET":
            form.place.data = home.grid_id
    return form


def _do(kind: LifeKind, home: Household, form: Any, change: FamilyChange | None) -> Outcome:
    """The operation, and the proposed change settled with it."""
    if change is not None:
        service.accept(change, actor=viewer(), now=clock.now())
    return _DEEDS[kind](home, form, change)


def _birth(home: Household, form: Any, _change: FamilyChange | None) -> Outcome:
    child = NewPerson(form.name.data, form.relation.data, form.gender.data or None)
    return service.born(home, actor=viewer(), child=child, on=form.on.data, now=clock.now())


def _death(home: Household, form: Any, _change: FamilyChange | None) -> Outcome:
    return service.died(
        home, actor=viewer(), person_id=form.who.data, on=form.on.data, now=clock.now(),
        new_head_id=form.new_head.data or None,
    )  # fmt: skip


def _arrival(home: Household, form: Any, _change: FamilyChange | None) -> Outcome:
    why = Why(form.why.data)
    if form.code.data:
        return _from_another_home(home, form, why)
    newcomer = NewPerson(
        form.name.data, form.relation.data, form.gender.data or None, form.born_on.data, form.person_phone.data
    )
    return service.arrived(home, actor=viewer(), newcomer=newcomer, why=why, on=form.on.data, now=clock.now())


def _from_another_home(home: Household, form: Any, why: Why) -> Outcome:
    """Out of a home the viewer keeps at once; out of another village's, its village is asked."""
    someone, code = viewer(), form.code.data.upper()
    origin = queries.by_code(code, viewer=someone)
    if origin is None:
        return _ask_its_village(home, form, code)
    person = next((m for m in queries.members_of(origin.id, on=today()) if m.person.name == form.name.data), None)
    if person is None:
        raise Refused(N_("%(code)s 户没有叫这个名字的人，请核对姓名和编号。", code=code), field="name")
    moved = service.left(
        origin, actor=someone, person_ids=[person.person_id], why=why, on=form.on.data, destination=home,
        relation=form.relation.data, new_head_id=None, now=clock.now(),
    )  # fmt: skip
    return Outcome(home.id, moved.sentences)


def _ask_its_village(home: Household, form: Any, code: str) -> Outcome:
    origin = queries.anywhere(code, path=home.path)
    if origin is None:
        raise Refused(N_("本县没有编号 %(code)s 的户，请核对。", code=code), field="code")
    service.propose(
        origin, actor=viewer(), kind=LifeKind.DEPARTURE, who=form.name.data, on=form.on.data,
        note=translate(N_("去 %(code)s 户", code=home.code)), destination=home, now=clock.now(),
    )  # fmt: skip
    return Outcome(home.id, (N_("那一户在别的村：已请那个村核实。他们同意后，人会转到这一户。"),))


def _departure(home: Household, form: Any, change: FamilyChange | None) -> Outcome:
    return service.left(
        home, actor=viewer(), person_ids=form.who.data, why=Why(form.why.data), on=form.on.data,
        destination=_destination(form, change), relation=form.relation.data,
        new_head_id=form.new_head.data or None, now=clock.now(),
    )  # fmt: skip


def _destination(form: Any, change: FamilyChange | None) -> Household | None:
    """A home of the viewer's, or the one in another village that asked for the person."""
    code = (form.code.data or "").upper()
    if not code:
        return None
    if change is not None and change.to_household_id is not None:
        asking = queries.standing_home(change.to_household_id)
        if asking is not None and asking.code == code:
            return asking
    found = queries.by_code(code, viewer=viewer())
    if found is None:
        raise Refused(N_("您管的村里没有编号 %(code)s 的户。去别的村的，请那个村先提出接收。", code=code), field="code")
    return found


def _split(home: Household, form: Any, _change: FamilyChange | None) -> Outcome:
    return service.split(
        home, actor=viewer(), person_ids=form.who.data, head_id=form.head.data,
        grid=place_chosen(form.place.data, viewer()), address=form.address.data, keep_circle=form.keep_circle.data,
        on=form.on.data, new_head_id=form.new_head.data or None, now=clock.now(),
    )  # fmt: skip


def _head(home: Household, form: Any, _change: FamilyChange | None) -> Outcome:
    return service.change_head(home, actor=viewer(), person_id=form.who.data, on=form.on.data, now=clock.now())


_DEEDS: dict[LifeKind, Callable[[Household, Any, FamilyChange | None], Outcome]] = {
    LifeKind.BIRTH: _birth,
    LifeKind.DEATH: _death,
    LifeKind.ARRIVAL: _arrival,
    LifeKind.DEPARTURE: _departure,
    LifeKind.SPLIT: _split,
    LifeKind.HEAD: _head,
}
