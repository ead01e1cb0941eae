"""Opinions of a campaign: homes still to hear, what a village heard put into sentences, and what became of each."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.opinions import CollectForm, SettleForm
from gridcase.affairs.models import CampaignOpinion
from gridcase.affairs.queries import campaign_places as places
from gridcase.affairs.queries import campaigns
from gridcase.affairs.queries import opinions as queries
from gridcase.affairs.rules.opinions import LedTo, Outcome
from gridcase.affairs.service import opinions as service
from gridcase.affairs.views.base import RUNS, bp, say_refusals
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.people import queries as people
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import BaseForm, submit

LOOKS, MANAGES = Permission.SEE_DASHBOARD, Permission.MANAGE_TOWN
PAGES = {LedTo.SCHEME: ("points.scheme_version", "version_id"), LedTo.COVENANT: ("people.covenant_version",
         "covenant_id"), LedTo.DECISION: ("people.decision", "decision_id")}  # fmt: skip


@bp.get("/affairs/campaigns/<int:campaign_id>/homes")
@needs(RUNS)
def campaign_homes(campaign_id: int) -> ResponseReturnValue:
    """The homes still to hear."""
    one, village = campaigns.get_campaign(campaign_id, viewer=viewer()), request.args.get("village", type=int)
    if not queries.asks(one):
        raise Missing
    page = queries.homes_left(one, viewer=viewer(), village_id=village, after=request.args.get("after"))
    return render_template(
        "affairs/campaign_homes.html", one=one, page=page, village=village,
        place=grids.names_of([village]).get(village or 0),
    )  # fmt: skip


@bp.route("/affairs/campaigns/<int:campaign_id>/opinions", methods=["GET", "POST"])
@needs(RUNS, LOOKS, MANAGES)
def campaign_opinions(campaign_id: int) -> ResponseReturnValue:
    """What one village heard: notes that wait, opinions, what became of them."""
    someone = viewer()
    one = campaigns.get_campaign(campaign_id, viewer=someone)
    villages = queries.villages(one, viewer=someone)
    village = _village(villages)
    rows, notes = queries.opinions(one, village_id=village.id), []
    asks, writes, form = queries.asks(one), places.writes_for(someone, village.path), CollectForm()
    if not asks and not rows:
        raise Missing
    collects = asks and writes  # who only reads, and where nothing is asked any more, is shown the page
    if collects:
        notes = queries.notes(one, viewer=someone, village_id=village.id)
    form.offer(
        visits=[
            (note.id, _("%(note)s（%(place)s，%(day)s）", note=note.note, place=note.place, day=show_date(note.at)))
            for note in notes
        ],
        opinions=[(row.id, row.text) for row, _count in rows],
    )
    if collects and form.validate_on_submit():
        made = submit(
            form, service.collect, one, village, actor=someone, visit_ids=form.visits.data or [],
            text=form.text.data or "", into=form.into.data or None, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, CampaignOpinion):
            flash(_("已归好：%(text)s", text=made.text), "ok")
            return redirect(url_for(".campaign_opinions", campaign_id=one.id, village=village.id))
    return render_template(
        "affairs/campaign_opinions.html", one=one, village=village, villages=villages, rows=rows, form=form,
        notes=notes, writes=writes, collects=collects, Outcome=Outcome, led=_led([row for row, _count in rows]),
    )  # fmt: skip


def _village(villages: list[Grid]) -> Grid:
    """That of the link, else the first the viewer reads; `Missing` where there is none."""
    asked = request.args.get("village", type=int)
    found = next((one for one in villages if asked in (None, one.id)), None)
    if found is None:
        raise Missing
    return found


def _led(rows: list[CampaignOpinion]) -> dict[int, tuple[str, str]]:
    """(how the change is called, its page) by opinion: each empty where it is not for the viewer."""
    changes, found = queries.led_to(rows, viewer=viewer()), {}
    for row in rows:
        if row.id in changes:
            endpoint, name = PAGES[LedTo(row.led_kind)]
            key: dict[str, Any] = {name: row.led_id}
            found[row.id] = changes[row.id].title, url_for(endpoint, **key) if changes[row.id].opens else ""
    return found


@bp.route("/affairs/campaigns/opinions/<int:opinion_id>", methods=["GET", "POST"])
@needs(RUNS, MANAGES)
def campaign_opinion(opinion_id: int) -> ResponseReturnValue:
    """What became of one: a change, an answer, a reason."""
    row, one = queries.get_opinion(opinion_id, viewer=viewer())
    if not places.writes_for(viewer(), row.path):
        raise Missing
    form, offered = SettleForm(obj=row), queries.changes(row.village_id, viewer=viewer())
    if not form.is_submitted():
        form.seen.data = fingerprint(row, service.SEEN)
        form.led.data = f"{row.led_kind}:{row.led_id}" if row.led_id else ""
    named = {f"{kind}:{key}": N_("%(kind)s：%(title)s", kind=kind.label, title=title) for kind, key, title in offered}
    if row.led_id:
        label, title = LedTo(row.led_kind).label, queries.led_to([row], viewer=viewer())[row.id].title
        kept = N_("%(kind)s：%(title)s", kind=label, title=title) if title else label
        named.setdefault(f"{row.led_kind}:{row.led_id}", kept)
    form.offer(list(named.items()))
    if form.validate_on_submit():
        kind, _sign, key = (form.led.data or "").partition(":")
        what = service.Settled(
            form.text.data or "", Outcome(form.outcome.data), form.answer.data or "",
            (LedTo(kind), int(key)) if key else None,
        )  # fmt: skip
        if submit(form, service.settle, row, actor=viewer(), what=what, now=clock.now(), seen=form.seen.data):
            flash(_("已记下结果。"), "ok")
            return redirect(url_for(".campaign_opinions", campaign_id=one.id, village=row.village_id))
    return render_template(
        "affairs/campaign_opinion.html", one=one, row=row, form=form, notes=queries.notes_of(row, viewer=viewer()),
        plain=BaseForm(formdata=None), Outcome=Outcome, sets=queries.sets_scheme(viewer(), row.path),
        proposes=people.may_keep(viewer(), row.path),
    )  # fmt: skip


@bp.post("/affairs/campaigns/opinions/<int:opinion_id>/apart")
@needs(RUNS, MANAGES)
def campaign_opinion_apart(opinion_id: int) -> ResponseReturnValue:
    """It was put together wrongly."""
    (row, one), form = queries.get_opinion(opinion_id, viewer=viewer()), BaseForm()
    village_id = row.village_id
    if form.validate_on_submit() and submit(form, service.take_apart, row, actor=viewer(), now=clock.now()):
        flash(_("已拆开，走访记录又在待归类里。"), "ok")
    say_refusals(form)
    return redirect(url_for(".campaign_opinions", campaign_id=one.id, village=village_id))
