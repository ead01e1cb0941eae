"""The timetable of reminders on one page: what is told when and to whom, and the settings of the county."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import LADDER
from gridcase.cases.rules.said import limit_said
from gridcase.cases.service import soon_rule
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.notices import queries as notices
from gridcase.notices.rules import Channel
from gridcase.people.rules import Role
from gridcase.reminders import queries
from gridcase.reminders.forms import TimesForm
from gridcase.reminders.rules import LADDER_ROLES
from gridcase.reminders.service.times import set_times
from gridcase.reminders.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

HANDLER = N_("办理的岗位或单位；还没派单的，是等着受理或派单的岗位")
NAMES = {word: [role.label for role in roles] for word, roles in LADDER_ROLES.items()} | {"handler": [HANDLER]}
RESTRICTED_TO = (Role.DISPATCHER.label, Role.TOWN_MANAGER.label)
NAV = (
    NavItem(
        "timetable", N_("提醒时间表"), "reminders.timetable", "inbox", frozenset({Permission.MANAGE_COUNTY}), 81,
        group="clocks", pages=frozenset({"reminders.timetable", "reminders.set_times_of_county"}),
    ),
)  # fmt: skip


@bp.get("/reminders/timetable")
@needs(Permission.SEE_WORK)
def timetable() -> ResponseReturnValue:
    """What is told when and to whom, in the viewer's county."""
    county = _county()
    times, soon = queries.times_of(county.path), soon_rule(county.path)
    return _page(county, TimesForm(data=TimesForm.values(times, soon)))


@bp.route("/reminders/times", methods=["GET", "POST"])
@needs(Permission.MANAGE_COUNTY)
def set_times_of_county() -> ResponseReturnValue:
    """The county's own hours."""
    county, form = _county(Permission.MANAGE_COUNTY), TimesForm()
    if form.validate_on_submit():
        now = clock.now()
        if submit(form, set_times, county, actor=viewer(), times=form.times, soon=form.soon, now=now):
            flash(_("已保存，现在就按新的时间提醒。"), "ok")
            return redirect(url_for(".timetable", place=county.id))
    elif not form.is_submitted():
        return redirect(url_for(".timetable", place=county.id))
    return _page(county, form)


def _county(permission: Permission = Permission.SEE_WORK) -> Grid:
    """The county of one of the viewer's posts: the one asked for, else the first."""
    mine = queries.counties_of([grant.path for grant in viewer().grants_with(permission) if grant.path])
    wanted = request.args.get("place", type=int)
    county = next((one for one in mine if wanted in (None, one.id)), None)
    if county is None:
        raise Missing
    return county


def _page(county: Grid, form: TimesForm) -> ResponseReturnValue:
    may_change = any(
        county.path.startswith(grant.path)
        for grant in viewer().grants_with(Permission.MANAGE_COUNTY)
        if grant.path
    )  # fmt: skip
    queues = notices.queues_under(county.path)
    return render_template(
        "reminders/timetable.html", county=county, form=form, may_change=may_change, ladder=LADDER, names=NAMES,
        times=queries.times_of(county.path), soon=soon_rule(county.path), limit_said=limit_said,
        names_of=[translate(label) for label in RESTRICTED_TO],
        queues=[(one.label, queues[one]) for one in Channel if one in queues],
    )  # fmt: skip
