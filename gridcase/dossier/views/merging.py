"""Two records of one home, or of one person: compared, said what follows, made one."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask import redirect as to
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.errors import Refused
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.dossier import service
from gridcase.dossier.forms import MergeHomeForm, MergePersonForm
from gridcase.dossier.views.base import bp
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.households.rules import RELATIONS, Outcome
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import rehearse

MOVES_OVER = 0


def _kept(household_id: int) -> Household:
    return households.get_household(household_id, viewer=viewer(), permission=Permission.EDIT_HOUSEHOLD)


def _in_words(home: Household) -> list[tuple[int, str]]:
    """(person id, masked name, relation and year of birth) of who lives in a home."""
    today = clock.town_day(clock.now())
    return [
        (
            member.person_id,
            " · ".join(
                part
                for part in (
                    mask_name(member.person.name),
                    translate(RELATIONS.get(member.relation, RELATIONS["other"])),
                    str(member.person.born_on.year) if member.person.born_on else "",
                )
                if part
            ),
        )
        for member in households.members_of(home.id, on=today)
    ]


def _done(outcome: Outcome) -> ResponseReturnValue:
    for sentence in outcome.sentences:
        flash(translate(sentence), "ok")
    return to(url_for("dossier.show", household_id=outcome.household_id))


@bp.route("/<int:household_id>/merge", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def merge_home(household_id: int) -> ResponseReturnValue:
    """The home of this page is kept; the other one, found by its code, goes into it."""
    home, form, outcome = _kept(household_id), MergeHomeForm(), None
    code = (form.code.data or request.args.get("code", "")).strip().upper()
    double = households.by_code(code, viewer=viewer()) if code else None
    if double is not None and double.id == home.id:
        double = None
    there = _in_words(home)
    here = _in_words(double) if double else []
    form.pair(here, there)
    if form.validate_on_submit():
        if double is None:
            form.refuse(Refused(N_("您管的村里没有这个编号的另一户，请核对。"), field="code"))
        else:
            same, other = form.same(here), double
            outcome, kept = rehearse(
                form,
                lambda: service.merge_homes(other, home, actor=viewer(), same=same, now=clock.now()),
            )
            if kept and outcome is not None:
                return _done(outcome)
    return render_template(
        "dossier/merge_home.html", home=home, double=double, form=form, here=here, there=there, outcome=outcome
    )


@bp.route("/<int:household_id>/same-person", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def merge_person(household_id: int) -> ResponseReturnValue:
    """Of two records of one person the one chosen here is kept; the other stands in this home or in another."""
    home, form, outcome = _kept(household_id), MergePersonForm(), None
    code = (form.code.data or request.args.get("code", "")).strip().upper()
    other = households.by_code(code, viewer=viewer()) if code else home
    form.kept.choices = _in_words(home)
    form.double.choices = _in_words(other) if other else []
    if form.validate_on_submit():
        kept_id, double_id = form.kept.data, form.double.data
        outcome, kept = rehearse(
            form, lambda: service.merge_persons(double_id, kept_id, actor=viewer(), home=home, now=clock.now())
        )
        if kept and outcome is not None:
            return _done(outcome)
    return render_template("dossier/merge_person.html", home=home, other=other, form=form, code=code, outcome=outcome)
