"""Patrols: what is due this season, a check with its findings, and clues of disputes."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.models import Case
from gridcase.cases.rules import State
from gridcase.cases.rules.emergency import Hotline
from gridcase.cases.rules.majors import DISPUTES
from gridcase.checks import queries as checks
from gridcase.checks.rules import CheckItem, CheckKind
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.reception import queries, service
from gridcase.reception.forms import CheckForm, ClueForm, check_form
from gridcase.reception.models import PatrolRun
from gridcase.reception.rules import Fate, Risk
from gridcase.reception.service import Found
from gridcase.reception.views.base import (
    bp,
    home_in,
    mark,
    own_place,
    page_of,
    place_choices,
    place_of,
    prepare,
    raise_page,
    say_registered,
    today,
    told_in,
)
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/patrols/")
@needs(Permission.REGISTER_CASE)
def patrols() -> ResponseReturnValue:
    """What is due this season in a village, what was checked, and the newest clues."""
    place, mine = place_of()
    of_town = place.level == GridLevel.TOWN
    last = queries.patrols.last_runs(place)
    return page_of(
        "patrols", place=place, desks=mine, of_town=of_town, today=today(), last=last, Kind=CheckKind,
        due=[] if of_town else queries.patrols.due(place, today=today()),
        page=queries.patrols.latest(place, viewer=viewer(), after=request.args.get("after")),
        clues=queries.patrols.clues(place, viewer=viewer()), Risk=Risk, State=State,
    )  # fmt: skip


@bp.route("/<int:place_id>/check", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def new_check(place_id: int) -> ResponseReturnValue:
    """A check of one kind: tick what is not in order."""
    place = own_place(place_id)
    kind = _kind()
    plan = checks.patrol_plan(place.path, on=today())
    items = plan.items(kind, checks.shipped_items())
    form = check_form(
        items, places=[("", _("全村")), *place_choices(place)[1:]], client_uuid=mark(), done_on=today()
    )  # fmt: skip
    if form.validate_on_submit():
        run = submit(form, _check, form, place, kind, items, actor=viewer(), now=clock.now())
        if isinstance(run, PatrolRun):
            flash(_("巡查记好了。"), "ok")
            return redirect(url_for(".check", run_id=run.id))
    return page_of("new_check", place=place, kind=kind, form=form)


def _kind() -> CheckKind:
    """The kind in the link; the everyday one where none is named."""
    try:
        return CheckKind(request.args.get("kind", CheckKind.DAILY.value))
    except ValueError as wrong:
        raise Missing from wrong


def _check(
    form: CheckForm, place: Grid, kind: CheckKind, items: list[CheckItem], *, actor: Viewer, now: datetime
) -> PatrolRun:
    found = []
    for item, ticked, text, fate, grid in form.rows:
        if ticked.data:
            where = grids.by_ids([int(grid.data)]).get(int(grid.data), place) if grid.data else place
            found.append(Found(item, text.data or "", Fate(fate.data or Fate.CASE), where))
    return service.check(
        actor=actor, place=place, client_uuid=form.client_uuid.data or "", kind=kind, looked=items, found=found,
        done_on=form.done_on.data, note=form.note.data, now=now,
    )  # fmt: skip


@bp.get("/checks/<int:run_id>")
@needs(Permission.REGISTER_CASE)
def check(run_id: int) -> ResponseReturnValue:
    """One check and its findings."""
    run = queries.patrols.get_run(run_id, viewer=viewer())
    return page_of(
        "check", run=run, place=grids.by_ids([run.place_id])[run.place_id], kind=CheckKind(run.kind), State=State,
        findings=queries.patrols.findings(run, viewer=viewer()), looked=_looked(run),
        by=queries.meetings.title_of(run.post_id),
    )  # fmt: skip


def _looked(run: PatrolRun) -> list[CheckItem]:
    plan = checks.patrol_plan(run.path, on=run.done_on)
    known = {item.code: item for item in [*checks.shipped_items(), *plan.own]}
    return [known[code] for code in run.looked if code in known]


@bp.route("/findings/<int:finding_id>/case", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def finding_case(finding_id: int) -> ResponseReturnValue:
    """A finding that was thought to be put right becomes a case."""
    row, run = queries.patrols.get_finding(finding_id, viewer=viewer())
    return raise_page(
        row, own_place(run.place_id), back=url_for(".check", run_id=run.id), title=row.text,
        text=f"{row.item}：{row.text}", class_code=row.class_code,
    )  # fmt: skip


@bp.route("/<int:place_id>/clue", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def new_clue(place_id: int) -> ResponseReturnValue:
    """A dispute that shows itself, with how it is to be dealt with."""
    place = own_place(place_id)
    form = ClueForm(grid=str(place.id))
    prepare(form, place, majors=(DISPUTES,))
    if form.validate_on_submit():
        case = submit(form, _clue, form, place, actor=viewer(), now=clock.now())
        if isinstance(case, Case):
            say_registered(case)
            if form.risk.data == Risk.AT_ONCE:
                flash(_("已通知综治中心值班。事态紧急的，请同时打电话。"), "warning")
            return redirect(url_for("cases.show", case_id=case.id))
    return page_of("clue", place=place, form=form, numbers=(Hotline.POLICE, Hotline.AMBULANCE))


def _clue(form: ClueForm, place: Grid, *, actor: Viewer, now: datetime) -> Case:
    told = told_in(form, place, title=form.title.data, household=home_in(form), name=form.name.data)
    return service.raise_clue(actor=actor, told=told, risk=Risk(form.risk.data), now=now)
