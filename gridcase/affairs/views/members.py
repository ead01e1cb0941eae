"""A party member's year for himself and for the village's party side; its values; promises a party day moved on."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.members import MemberValuesForm, PromisesForm
from gridcase.affairs.queries import activities, members
from gridcase.affairs.rules import MemberSource, MemberValues
from gridcase.affairs.service import members as service
from gridcase.affairs.views.base import JOINS, RUNS, bp, today
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.people import queries as people
from gridcase.people.models import Person
from gridcase.points import queries as points
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit

PARTY_SIDE = Permission.SETTLE_POINTS  # of the village alone: nobody above it reads its members' years
ABOVE = (Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)
YEARS_BACK = 5


@bp.get("/affairs/my-year")
@needs(JOINS, Permission.SEE_PLACE)
def my_year() -> ResponseReturnValue:
    """The viewer's own year as a party member."""
    own = viewer().person_id
    return _year_of(people.get_person(own) if own is not None else None, own=True)


@bp.get("/affairs/members/<int:person_id>")
@needs(PARTY_SIDE)
def member_year(person_id: int) -> ResponseReturnValue:
    """A member's year, for the party side of the village."""
    return _year_of(people.person_for(person_id, viewer=viewer(), permission=PARTY_SIDE), own=False)


def _year_of(person: Person | None, *, own: bool) -> ResponseReturnValue:
    this_year, asked = today().year, request.args.get("year", type=int)
    year = asked if asked is not None and this_year - YEARS_BACK <= asked <= this_year else this_year
    member = person is not None and members.is_member(person.id, year=year)
    account = members.account_of(person, year=year, viewer=viewer(), on=today()) if person and member else None
    return render_template(
        "affairs/member_year.html", person=person, own=own, account=account, year=year, this_year=this_year,
        sources=MemberSource, today=today(), office=members.village_name(person.place_path) if person else "",
        url=lambda **kept: url_for(".my_year", **kept) if own else url_for(
            ".member_year", person_id=person.id if person else 0, **kept
        ),
    )  # fmt: skip


@bp.route("/affairs/members/values", methods=["GET", "POST"])
@needs(*ABOVE)
def member_values() -> ResponseReturnValue:
    """What counts how much in the villages of a county or town."""
    above, asked = points.places_above(viewer()), request.args.get("village", type=int)
    place = next((one for one in above if asked in (None, one.id)), None)
    if place is None:
        raise Missing
    values, example = members.member_values(place.path, on=today())
    form = MemberValuesForm(data=asdict(values))
    if form.validate_on_submit() and submit(
        form, service.set_values, place,
        MemberValues(**{name: form[name].data for name in asdict(values)}), actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存，今年起按新的分值算；往年的不变。"), "ok")
        return redirect(url_for(".member_values", village=place.id))
    return render_template("affairs/member_values.html", form=form, place=place, above=above, example=example)


@bp.route("/affairs/<int:activity_id>/promises", methods=["GET", "POST"])
@needs(RUNS)
def promises(activity_id: int) -> ResponseReturnValue:
    """Which promises of the members who came a party day brought forward."""
    one = activities.get_own(activity_id, viewer=viewer())
    found, form = members.proposals(one), PromisesForm()
    form.items.choices = [(each.item_id, _choice(each)) for each in found]
    if not form.is_submitted():
        day = show_date(clock.town_day(one.starts_at))
        form.words.data = _("%(day)s %(title)s", day=day, title=one.title)[:100]
    if form.validate_on_submit():
        count = submit(
            form, service.note_promises, one, form.items.data or (), words=form.words.data or "", actor=viewer(),
            now=clock.now(),
        )  # fmt: skip
        if count:
            flash(_("已给 %(n)s 件承诺记下进展。", n=count), "ok")
            return redirect(url_for(".show", activity_id=activity_id))
    return render_template("affairs/promises.html", form=form, one=one, found=found)


def _choice(each: members.Proposal) -> str:
    words = _("%(name)s：%(words)s", name=each.name, words=each.words)
    return f"{words}{_('（已记：%(progress)s）', progress=each.progress)}" if each.progress else words
