"""Teams of a village with their gaps, requests for help, and what volunteers could offer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.teams import AskForm, DoneForm, HandForm, MateForm, TeamForm
from gridcase.affairs.models import HelpRequest, Team
from gridcase.affairs.queries import activities as activity_queries
from gridcase.affairs.queries import teams as queries
from gridcase.affairs.rules import SERVICES, RequestState, TeamKind, team_for_class
from gridcase.affairs.service import teams as service
from gridcase.affairs.views.base import JOINS, RUNS, bp, say_refusals, today
from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.households.rules import grown_by
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, options, submit


@bp.get("/affairs/teams")
@needs(RUNS, JOINS)
def teams() -> ResponseReturnValue:
    """The teams of a village, and which of the five kinds it lacks."""
    villages = queries.villages(viewer())
    wanted = request.args.get("village", type=int)
    village = next((one for one in villages if one.id == wanted), villages[0] if villages else None)
    rows = queries.teams_of(village, on=today()) if village else []
    return render_template(
        "affairs/teams.html", villages=villages, village=village, rows=rows, gaps=queries.gaps(rows),
        may_found=bool(queries.own_villages(viewer())),
    )  # fmt: skip


@bp.route("/affairs/teams/new", methods=["GET", "POST"])
@needs(RUNS)
def new_team() -> ResponseReturnValue:
    """A new team."""
    asked = request.args.get("kind", "")
    form = TeamForm(since=today(), kind=asked if asked in list(TeamKind) else TeamKind.EMERGENCY.value)
    form.offer([(one.id, one.name) for one in queries.own_villages(viewer())])
    if form.validate_on_submit():
        made = submit(
            form, service.found, actor=viewer(), village=db.session.get_one(Grid, form.village.data),
            kind=TeamKind(form.kind.data), name=form.name.data or "", since=form.since.data or today(), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Team):
            flash(_("已成立，接着加队员。"), "ok")
            return redirect(url_for(".team", team_id=made.id))
    return render_template("affairs/team_new.html", form=form)


@bp.route("/affairs/teams/<int:team_id>", methods=["GET", "POST"])
@needs(RUNS, JOINS)
def team(team_id: int) -> ResponseReturnValue:
    """Who is in a team; who answers for the village adds somebody by name."""
    someone, day = viewer(), today()
    one = queries.get_team(team_id, viewer=someone)
    own = activity_queries.may(one.path, someone, RUNS)
    form = MateForm(on=day)
    if own and form.validate_on_submit() and (form.person.data or "").isdigit() and submit(
        form, service.join, one, int(form.person.data[:9]), actor=someone, leads=bool(form.leads.data),
        on=form.on.data or day, now=clock.now(),
    ):  # fmt: skip
        flash(_("已入队。"), "ok")
        return redirect(url_for(".team", team_id=team_id))
    words = request.args.get("q", "").strip()[:12]
    village = db.session.get_one(Grid, one.village_id)
    found = households.adults_named(words, village=village, on=day, born_before=grown_by(day)) if own and words else []
    return render_template(
        "affairs/team.html", one=one, own=own, form=form, words=words, found=found, kind=TeamKind(one.kind),
        mates=queries.mates_of(one, on=day), former=queries.mates_of(one, on=day, over=True),
        blank=BaseForm(formdata=None),
        row=next((row for row in queries.teams_of(village, on=day) if row.id == one.id), None),
    )  # fmt: skip


@bp.post("/affairs/mates/<int:mate_id>/leave")
@needs(RUNS)
def leave_team(mate_id: int) -> ResponseReturnValue:
    """Somebody is in the team no more."""
    form = BaseForm()
    row, one = queries.get_mate(mate_id, viewer=viewer())
    if form.validate_on_submit() and submit(form, service.leave, one, row, actor=viewer(), now=clock.now()):
        flash(_("已退队。"), "ok")
    say_refusals(form)
    return redirect(url_for(".team", team_id=one.id))


@bp.post("/affairs/teams/<int:team_id>/disband")
@needs(RUNS)
def disband(team_id: int) -> ResponseReturnValue:
    """The team is no more."""
    one, form = queries.get_own(team_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(form, service.disband, one, actor=viewer(), now=clock.now()):
        flash(_("队伍已撤销，记录还在。"), "ok")
        return redirect(url_for(".teams", village=one.village_id))
    say_refusals(form)
    return redirect(url_for(".team", team_id=team_id))


@bp.get("/affairs/requests")
@needs(RUNS, JOINS)
def requests() -> ResponseReturnValue:
    """What teams were asked for."""
    over = request.args.get("state") == "over"
    page = queries.page(viewer(), over=over, on=today(), after=request.args.get("after"))
    return render_template("affairs/requests.html", page=page, over=over, kinds=TeamKind, states=RequestState)


@bp.route("/affairs/requests/new", methods=["GET", "POST"])
@needs(RUNS, JOINS)
def ask() -> ResponseReturnValue:
    """Ask for a team: for a home, or in a case."""
    home, case = _about()
    if home is None and case is None:
        flash(_("请从农户页或事件页点“请队伍帮忙”。"), "warning")
        return redirect(url_for(".requests"))
    form = AskForm(client_uuid=str(uuid4()), kind=_usual_kind(case), text=_usual_text())
    form.offer()
    if form.validate_on_submit():
        made = submit(
            form, service.ask, actor=viewer(), client_uuid=form.client_uuid.data or "", kind=TeamKind(form.kind.data),
            text=form.text.data or "", home=home, case=case, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, HelpRequest):
            flash(_("已请队伍帮忙。") if made.team_id else _("已记下。村里还没有这类队伍，等村里安排。"), "ok")
            return redirect(url_for(".request_page", request_id=made.id))
    return render_template("affairs/ask.html", form=form, home=home, case=case)


def _about() -> tuple[Household | None, Case | None]:
    """The home or the case the link names; a villager's own home without one."""
    someone, case_id = viewer(), request.args.get("case", type=int)
    if case_id:
        return None, cases.get_case(case_id, viewer=someone)
    home_id = request.args.get("household", type=int)
    if home_id is None:
        own = [grant for grant in someone.grants_with(JOINS) if grant.household_ids]
        ids = sorted({one for grant in own for one in grant.household_ids or ()})
        home_id = ids[0] if len(ids) == 1 else None
    if home_id is None:
        return None, None
    return households.get_household(home_id, viewer=someone, permission=JOINS), None


def _usual_kind(case: Case | None) -> str:
    if case is not None:
        return team_for_class(case.case_class.code).value
    asked = next((one for one in SERVICES if one.code == request.args.get("service")), None)
    return asked.kind.value if asked else TeamKind.CARE.value


def _usual_text() -> str:
    asked = next((one for one in SERVICES if one.code == request.args.get("service")), None)
    return str(asked.words) if asked else ""


@bp.get("/affairs/requests/<int:request_id>")
@needs(RUNS, JOINS)
def request_page(request_id: int) -> ResponseReturnValue:
    """One request: who was asked and why, and what comes next."""
    return _request_page(queries.get_request(request_id, viewer=viewer(), on=today()), DoneForm(formdata=None))


def _request_page(one: HelpRequest, done: DoneForm) -> str:
    someone, day = viewer(), today()
    over = activity_queries.may(one.path, someone, RUNS)
    home = db.session.get(Household, one.household_id) if one.household_id else None
    hand = HandForm(formdata=None)
    choices = queries.candidates(one.village_id, on=day) if over else []
    hand.team.choices = options([(team.id, team.name) for team in choices if team.id != one.team_id])
    return render_template(
        "affairs/request.html", one=one, done=done, hand=hand, over=over, home=home,
        place=grids.names_of([home.grid_id]).get(home.grid_id, "") if home else "",
        works=queries.works_on(one, viewer=someone, on=day), mine=one.user_id == someone.user_id,
        team=db.session.get(Team, one.team_id) if one.team_id else None, kind=TeamKind(one.kind),
        case=db.session.get(Case, one.case_id) if one.case_id else None,
        state=RequestState(one.state), RequestState=RequestState, form=BaseForm(formdata=None),
    )  # fmt: skip


@bp.post("/affairs/requests/<int:request_id>/accept")
@needs(RUNS, JOINS)
def accept(request_id: int) -> ResponseReturnValue:
    """The team takes it on."""
    return _move(request_id, service.accept, _("已接下。"))


@bp.post("/affairs/requests/<int:request_id>/visited")
@needs(RUNS, JOINS)
def visited(request_id: int) -> ResponseReturnValue:
    """Somebody was there once more."""
    return _move(request_id, service.visited, _("记下一次上门。"))


@bp.post("/affairs/requests/<int:request_id>/close")
@needs(RUNS, JOINS)
def close(request_id: int) -> ResponseReturnValue:
    """It is not needed any more."""
    return _move(request_id, service.close, _("已结束。"))


def _move(request_id: int, act: Callable[..., None], said: str) -> ResponseReturnValue:
    one, form = queries.get_request(request_id, viewer=viewer(), on=today()), BaseForm()
    if form.validate_on_submit() and submit(form, act, one, actor=viewer(), now=clock.now()):
        flash(said, "ok")
    say_refusals(form)
    return redirect(url_for(".request_page", request_id=request_id))


@bp.post("/affairs/requests/<int:request_id>/done")
@needs(RUNS, JOINS)
def finish_request(request_id: int) -> ResponseReturnValue:
    """It is done."""
    one, form = queries.get_request(request_id, viewer=viewer(), on=today()), DoneForm()
    if form.validate_on_submit() and submit(
        form, service.finish, one, actor=viewer(), note=form.note.data or "", now=clock.now()
    ):
        flash(_("已办完，谢谢。"), "ok")
        return redirect(url_for(".request_page", request_id=request_id))
    return _request_page(one, form)


@bp.post("/affairs/requests/<int:request_id>/hand")
@needs(RUNS)
def hand_request(request_id: int) -> ResponseReturnValue:
    """Another team is asked."""
    one, form = queries.get_request(request_id, viewer=viewer(), on=today()), HandForm()
    form.team.choices = options([(row.id, row.name) for row in queries.candidates(one.village_id, on=today())])
    if form.validate_on_submit():
        chosen = queries.get_team(form.team.data, viewer=viewer())
        if submit(form, service.hand_to, one, chosen, actor=viewer(), now=clock.now()):
            flash(_("已改请 %(team)s。", team=chosen.name), "ok")
    say_refusals(form)
    return redirect(url_for(".request_page", request_id=request_id))


@bp.get("/affairs/suggestions")
@needs(Permission.SEE_TIER)
def suggestions() -> ResponseReturnValue:
    """Homes volunteers could do something for."""
    page = queries.suggestions(viewer(), on=today(), after=request.args.get("after"))
    return render_template("affairs/suggestions.html", page=page)
