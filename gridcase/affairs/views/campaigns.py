"""Campaigns: the list, a new one, how far one has come, what was entered, what is counted and planned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.campaigns import ActionForm, CampaignForm, CountForm, EntryForm, planned_by_village
from gridcase.affairs.models import Campaign, CampaignAction, CampaignEntry
from gridcase.affairs.queries import campaign_places as places
from gridcase.affairs.queries import campaigns as queries
from gridcase.affairs.queries import opinions
from gridcase.affairs.rules.campaigns import USUAL_KINDS, ActionKind
from gridcase.affairs.rules.opinions import Outcome
from gridcase.affairs.service import campaigns as service
from gridcase.affairs.views.base import RUNS, bp, say_refusals, today
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.visits.rules import Purpose
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import BaseForm, submit

LOOKS, MANAGES = Permission.SEE_DASHBOARD, Permission.MANAGE_TOWN
USUALLY = timedelta(days=90)


@bp.get("/affairs/campaigns")
@needs(RUNS, LOOKS)
def campaigns() -> ResponseReturnValue:
    """Campaigns that run, or are over, with how far they have come."""
    over = request.args.get("state") == "over"
    page = queries.page(viewer(), over=over, on=today(), after=request.args.get("after"))
    return render_template(
        "affairs/campaigns.html", page=page, over=over, begins=places.bases(viewer()) if not over else [],
        progress=queries.progress([row.Campaign for row in page.rows], viewer=viewer()),
    )  # fmt: skip


@bp.route("/affairs/campaigns/new", methods=["GET", "POST"])
@needs(RUNS, MANAGES)
def new_campaign() -> ResponseReturnValue:
    """Begin a campaign."""
    usual = [str(kind) for kind in USUAL_KINDS]
    form = CampaignForm(client_uuid=str(uuid4()), begins_on=today(), ends_on=today() + USUALLY, kinds=usual)
    form.offer([(one.id, one.name) for one in places.bases(viewer())])
    if form.validate_on_submit():
        plan = service.Plan(
            name=form.name.data or "", begins_on=form.begins_on.data, ends_on=form.ends_on.data,
            text=form.text.data or "", kinds=tuple(map(ActionKind, form.kinds.data or [])),
            opinions=bool(form.opinions.data),
        )  # fmt: skip
        place = db.session.get_one(Grid, form.place.data)
        made = submit(
            form, service.begin, actor=viewer(), place=place, client_uuid=form.client_uuid.data, plan=plan,
            now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Campaign):
            flash(_("已开始。可以给每一项定计划，也可以直接记数。"), "ok")
            return redirect(url_for(".campaign", campaign_id=made.id))
    return render_template("affairs/campaign_new.html", form=form)


@bp.get("/affairs/campaigns/<int:campaign_id>")
@needs(RUNS, LOOKS)
def campaign(campaign_id: int) -> ResponseReturnValue:
    """How far one has come: together, and village by village."""
    someone = viewer()
    one = queries.get_campaign(campaign_id, viewer=someone)
    rows = queries.progress([one], viewer=someone)[one.id]
    asks = any(part.purpose == Purpose.OPINIONS for part in rows)
    return render_template(
        "affairs/campaign.html", one=one, place=db.session.get_one(Grid, one.place_id), RATE=ActionKind.RATE,
        heard=opinions.heard(one, viewer=someone) if asks else {}, asks=asks, Outcome=Outcome, lists=someone.may(RUNS),
        reads=lambda village: places.reads_of(someone, village.path),
        rows=rows, villages=places.villages_in(one, viewer=someone),
        keeps=queries.keeps(one, viewer=someone), open=queries.is_open(one, now=clock.now()),
        enters=places.enters(one, viewer=someone), form=BaseForm(formdata=None), over=one.ends_on < today(),
        ready=bool(queries.activities_for(one, viewer=someone)),
    )  # fmt: skip


@bp.route("/affairs/campaigns/<int:campaign_id>/enter", methods=["GET", "POST"])
@needs(RUNS, MANAGES)
def campaign_enter(campaign_id: int) -> ResponseReturnValue:
    """Write down what was done; the form stays open for the next."""
    someone = viewer()
    one = queries.get_campaign(campaign_id, viewer=someone)
    actions, villages = queries.actions_of([one.id]), places.villages_entered(one, viewer=someone)
    village = _village(villages)
    offered = places.places_in(one, viewer=someone, village_id=village)
    form = EntryForm(client_uuid=str(uuid4()), day=today(), action=request.args.get("action", type=int))
    form.offer(
        actions=[(each.id, f"{each.name}（{each.unit}）") for each in actions],
        places=[(each.id, each.name) for each in grids.told_apart(offered)],
    )
    if form.validate_on_submit():
        action = next(each for each in actions if each.id == form.action.data)
        made = submit(
            form, service.enter, action, one, actor=someone, place=db.session.get_one(Grid, form.place.data),
            client_uuid=form.client_uuid.data, day=form.day.data, number=form.number.data or 0,
            whole=form.whole.data, note=form.note.data or "", now=clock.now(),
        )  # fmt: skip
        if isinstance(made, CampaignEntry):
            flash(_("已记：%(name)s %(number)s。", name=action.name, number=_counted(action, made.number)), "ok")
            return redirect(url_for(".campaign_enter", campaign_id=one.id, action=action.id, village=village))
    rated = [each.id for each in actions if each.kind == ActionKind.RATE]
    return render_template(
        "affairs/campaign_enter.html", one=one, form=form, rated=rated, villages=villages, village=village
    )


def _village(villages: list[Grid]) -> int | None:
    """The village whose places are offered: the only one, or that of the link; else the villages themselves are."""
    if len(villages) == 1:
        return villages[0].id
    asked = request.args.get("village", type=int)
    return asked if asked in {each.id for each in villages} else None


def _counted(action: CampaignAction, number: int) -> str:
    return f"{number} {action.unit}" if action.kind != ActionKind.RATE else str(number)


@bp.get("/affairs/campaigns/<int:campaign_id>/entries")
@needs(RUNS, LOOKS)
def campaign_entries(campaign_id: int) -> ResponseReturnValue:
    """The rows behind the numbers."""
    someone = viewer()
    one = queries.get_campaign(campaign_id, viewer=someone)
    action, village = request.args.get("action", type=int), request.args.get("village", type=int)
    page = queries.entries(one, viewer=someone, action_id=action, village_id=village, after=request.args.get("after"))
    names = {each.id: each.name for each in queries.actions_of([one.id])}
    return render_template(
        "affairs/campaign_entries.html", one=one, page=page, action=action, village=village, names=names,
        place=grids.names_of([village]).get(village or 0), counted=queries.counted(one, viewer=someone),
        open=queries.is_open(one, now=clock.now()),
        form=BaseForm(formdata=None),
    )  # fmt: skip


@bp.post("/affairs/campaigns/entries/<int:entry_id>/strike")
@needs(RUNS, MANAGES)
def campaign_strike(entry_id: int) -> ResponseReturnValue:
    """An entry was wrong."""
    entry, one = queries.get_entry(entry_id, viewer=viewer())
    form = BaseForm()
    if form.validate_on_submit() and submit(form, service.strike, entry, one, actor=viewer(), now=clock.now()):
        flash(_("已划掉，不再计数。"), "ok")
    say_refusals(form)
    return redirect(url_for(".campaign_entries", campaign_id=one.id))


@bp.route("/affairs/campaigns/<int:campaign_id>/activities", methods=["GET", "POST"])
@needs(RUNS, MANAGES)
def campaign_activities(campaign_id: int) -> ResponseReturnValue:
    """Count activities that were held."""
    someone, form = viewer(), CountForm()
    one = queries.get_campaign(campaign_id, viewer=someone)
    takes = [each for each in queries.actions_of([one.id]) if ActionKind(each.kind).takes_activities]
    held = queries.activities_for(one, viewer=someone)
    form.offer(
        actions=[(each.id, each.name) for each in takes],
        activities=[(each.id, f"{show_date(each.starts_at)} {each.title}") for each in held],
    )
    if form.validate_on_submit():
        action = next(each for each in takes if each.id == form.action.data)
        chosen = form.activities.data or []
        if submit(form, service.count_activities, action, one, actor=someone, activity_ids=chosen, now=clock.now()):
            flash(_("已算进去：%(count)s 次活动。", count=len(chosen)), "ok")
            return redirect(url_for(".campaign", campaign_id=one.id))
    return render_template("affairs/campaign_activities.html", one=one, form=form, takes=takes, held=held)


@bp.post("/affairs/campaigns/counted/<int:link_id>/drop")
@needs(RUNS, MANAGES)
def campaign_drop(link_id: int) -> ResponseReturnValue:
    """An activity was counted in the wrong place."""
    (link, one), form = queries.get_counted(link_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(form, service.drop_activity, link, one, actor=viewer(), now=clock.now()):
        flash(_("已不算进来。"), "ok")
    say_refusals(form)
    return redirect(url_for(".campaign_entries", campaign_id=one.id))


@bp.route("/affairs/campaigns/<int:campaign_id>/actions/new", methods=["GET", "POST"])
@needs(RUNS, MANAGES)
def campaign_action_new(campaign_id: int) -> ResponseReturnValue:
    """Count one more thing."""
    one = queries.get_kept(campaign_id, viewer=viewer())
    form = ActionForm()
    form.offer([(str(each), each.label) for each in Purpose])
    if form.validate_on_submit() and submit(
        form, service.add_action, one, actor=viewer(), what=_wanted(form, ActionKind(form.kind.data)), now=clock.now()
    ):
        flash(_("已加上。"), "ok")
        return redirect(url_for(".campaign", campaign_id=one.id))
    return render_template("affairs/campaign_action.html", one=one, form=form, villages=[], kind=None)


def _wanted(form: ActionForm, kind: ActionKind) -> service.Wanted:
    return service.Wanted(
        kind=kind, name=form.name.data or "", unit=form.unit.data or "", planned=form.planned.data,
        purpose=form.purpose.data or "",
    )  # fmt: skip


@bp.route("/affairs/campaigns/actions/<int:action_id>", methods=["GET", "POST"])
@needs(RUNS, MANAGES)
def campaign_action(action_id: int) -> ResponseReturnValue:
    """Its words, and what each village plans."""
    action, one = queries.get_action(action_id, viewer=viewer())
    queries.get_kept(one.id, viewer=viewer())
    villages = places.villages_in(one, viewer=viewer())
    form = _plan_form(action, one, villages)
    if form.validate_on_submit() and submit(
        form, service.change_action, action, one, actor=viewer(), what=_wanted(form, ActionKind(action.kind)),
        plans={each.id: form[f"village_{each.id}"].data for each in villages}, now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存。"), "ok")
        return redirect(url_for(".campaign", campaign_id=one.id))
    return render_template(
        "affairs/campaign_action.html", one=one, form=form, villages=villages, kind=ActionKind(action.kind)
    )


def _plan_form(action: CampaignAction, one: Campaign, villages: list[Grid]) -> Any:
    found = next(each for each in queries.progress([one], viewer=viewer())[one.id] if each.action_id == action.id)
    plans = {f"village_{key}": planned for key, planned in found.plans.items()}
    form = planned_by_village([(each.id, each.name) for each in villages])(obj=action, data=plans)
    form.offer([(str(each), each.label) for each in Purpose])
    return form


@bp.post("/affairs/campaigns/<int:campaign_id>/end")
@needs(RUNS, MANAGES)
def campaign_end(campaign_id: int) -> ResponseReturnValue:
    """Nothing is counted any more."""
    one, form = queries.get_kept(campaign_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(form, service.end, one, actor=viewer(), now=clock.now()):
        flash(_("已结束，数字保留。"), "ok")
    say_refusals(form)
    return redirect(url_for(".campaign", campaign_id=one.id))
