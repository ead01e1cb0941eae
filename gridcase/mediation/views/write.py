"""What is written into a mediation: each deed a route of its own, sent from the one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries as cases
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.permissions import Permission, Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.mediation import forms, queries, service
from gridcase.mediation.models import Mediation
from gridcase.mediation.rules import Result, lacking
from gridcase.mediation.service import Agreement, Ending, Party
from gridcase.mediation.views.base import bp
from gridcase.mediation.views.one import page
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

WRITERS = (Permission.HANDLE_CASE, Permission.ACCEPT_CASE)


@bp.post("/<int:case_id>/open")
@needs(*WRITERS)
def begin(case_id: int) -> ResponseReturnValue:
    """Begin."""
    someone = viewer()
    case, form = cases.get_case(case_id, viewer=someone), forms.OpenForm()
    if form.validate_on_submit() and submit(
        form, service.open_mediation, case, actor=someone, now=clock.now(), mediators=form.mediators.data or ""
    ):
        flash(_("调解已开始，一般在一个月内调结。"), "ok")
        return redirect(url_for(".show", case_id=case_id))
    return page(case, queries.of_case(case), someone, open=form)


def _written(case_id: int, name: str, form: Any, do: Callable[..., Any], words: str, **about: Any) -> Any:
    """Do one deed and go back to the page; what was refused stands open on it."""
    someone = viewer()
    case, mediation = queries.get_mediation(case_id, viewer=someone)
    if form.validate_on_submit() and submit(form, do, mediation, form, actor=someone, now=clock.now(), **about):
        flash(words, "ok")
        return redirect(url_for(".show", case_id=case_id))
    return page(case, mediation, someone, **{name: form}, **about)


@bp.post("/<int:case_id>/frame")
@needs(*WRITERS)
def frame(case_id: int) -> ResponseReturnValue:
    """Mediators and the last day."""
    return _written(case_id, "frame", forms.FrameForm(prefix="frame-"), _frame, _("已保存。"))


def _frame(mediation: Mediation, form: forms.FrameForm, *, actor: Viewer, now: datetime) -> None:
    service.set_frame(
        mediation, actor=actor, now=now, mediators=form.mediators.data or "", due_on=form.due_on.data,
        both_agreed=form.both_agreed.data,
    )  # fmt: skip


@bp.post("/<int:case_id>/parties")
@needs(*WRITERS)
def add_party(case_id: int) -> ResponseReturnValue:
    """One more party."""
    return _written(case_id, "party", forms.PartyForm(prefix="party-"), _add_party, _("当事人已登记。"))


def _add_party(mediation: Mediation, form: forms.PartyForm, *, actor: Viewer, now: datetime) -> Any:
    return service.add_party(mediation, actor=actor, now=now, party=_party(form, actor, now))


@bp.route("/<int:case_id>/parties/<int:seq>", methods=["GET", "POST"])
@needs(*WRITERS)
def change_party(case_id: int, seq: int) -> ResponseReturnValue:
    """Put right what stands of a party, or note the day he agreed."""
    someone = viewer()
    case, mediation = queries.get_mediation(case_id, viewer=someone)
    found = queries.party_of(mediation, seq)
    code = queries.homes_of([found]).get(found.household_id or 0)
    form = forms.PartyForm(name=found.name, phone=found.phone, household=code, consented_on=found.consented_on)
    if not someone.may(Permission.SEE_HOUSEHOLD):
        del form.household  # who cannot look for homes leaves it as it is
    if form.validate_on_submit() and submit(
        form, _change_party, mediation, form, seq=seq, known=code, actor=someone, now=clock.now()
    ):
        flash(_("已保存。"), "ok")
        return redirect(url_for(".show", case_id=case_id))
    may = queries.may_mediate(case, mediation, someone) and queries.reads_names(case, someone)
    if not may or mediation.result is not None:
        return redirect(url_for(".show", case_id=case_id))
    return render_template("mediation/party.html", case=case, one=mediation, found=found, form=form)


def _change_party(
    mediation: Mediation, form: forms.PartyForm, *, seq: int, known: str | None, actor: Viewer, now: datetime
) -> Any:
    unchanged = "household" not in form or form.household.data == known
    kept = queries.home_of_party(mediation, seq) if unchanged else None
    return service.change_party(mediation, seq, actor=actor, now=now, party=_party(form, actor, now, kept))


@bp.post("/<int:case_id>/parties/<int:seq>/remove")
@needs(*WRITERS)
def remove_party(case_id: int, seq: int) -> ResponseReturnValue:
    """Take a party out."""
    return _written(case_id, "remove", forms.BaseForm(), _remove_party, _("已去掉这位当事人。"), seq=seq)


def _remove_party(mediation: Mediation, _form: Any, *, seq: int, actor: Viewer, now: datetime) -> None:
    service.remove_party(mediation, seq, actor=actor, now=now)


def _party(form: forms.PartyForm, actor: Viewer, now: datetime, kept: Household | None = None) -> Party:
    home = kept or (_home(form.household.data, actor, now) if "household" in form else None)
    return Party(form.name.data or "", form.phone.data, home, form.consented_on.data)


def _home(words: str | None, actor: Viewer, now: datetime) -> Household | None:
    """The one home of the viewer's that fits what was typed."""
    return households.named_home(words, viewer=actor, on=town_day(now), field="household") if words else None


@bp.post("/<int:case_id>/sessions")
@needs(*WRITERS)
def add_session(case_id: int) -> ResponseReturnValue:
    """One sitting."""
    return _written(case_id, "session", forms.SessionForm(prefix="session-"), _add_session, _("调解经过已记下。"))


def _add_session(mediation: Mediation, form: forms.SessionForm, *, actor: Viewer, now: datetime) -> Any:
    return service.add_session(
        mediation, actor=actor, now=now, held_at=form.held_at.data.replace(tzinfo=TOWN_ZONE),
        place=form.place.data or "", present=form.present.data or "", said=form.said.data or "",
    )  # fmt: skip


@bp.route("/<int:case_id>/agreement", methods=["GET", "POST"])
@needs(*WRITERS)
def agreement(case_id: int) -> ResponseReturnValue:
    """The text of the agreement, on a page of its own."""
    someone = viewer()
    case, mediation = queries.get_mediation(case_id, viewer=someone)
    form = forms.AgreementForm(**_drafted(mediation, case.title), seen=fingerprint(mediation, service.AGREEMENT))
    if form.validate_on_submit() and submit(form, _agreement, mediation, form, actor=someone, now=clock.now()):
        flash(_("协议已保存，可以打印出来请双方签字。"), "ok")
        return redirect(url_for(".show", case_id=case_id))
    if mediation.result is not None or not queries.may_mediate(case, mediation, someone):
        return redirect(url_for(".show", case_id=case_id))
    lacks = lacking(replace(queries.drafted(mediation), dispute="-", terms="-"))  # of the text the form itself speaks
    return render_template("mediation/agreement.html", case=case, one=mediation, form=form, lacks=lacks)


def _drafted(mediation: Mediation, title: str) -> dict[str, Any]:
    """What stands in the form: the draft, and at first the title of the case as what is in dispute."""
    drafted = {name: getattr(mediation, name) for name in service.AGREEMENT}
    return drafted | {"dispute": mediation.dispute or title}


def _agreement(mediation: Mediation, form: forms.AgreementForm, *, actor: Viewer, now: datetime) -> None:
    text = Agreement(
        form.dispute.data or "", form.terms.data or "", form.facts.data, form.fulfilment.data, form.fulfil_by.data
    )
    service.write_agreement(mediation, actor=actor, now=now, agreement=text, seen=form.seen.data)


@bp.post("/<int:case_id>/end")
@needs(*WRITERS)
def end(case_id: int) -> ResponseReturnValue:
    """The result."""
    form = forms.EndForm(prefix="end-")
    form.offer()
    return _written(case_id, "end", form, _end, _("调解结果已记下。事件还没有办结，请接着办结。"))


def _end(mediation: Mediation, form: forms.EndForm, *, actor: Viewer, now: datetime) -> None:
    result = Result(form.result.data)
    look_on = form.look_on.data if result is Result.AGREED else None
    ending = Ending(result, form.note.data, form.signed_on.data, form.ways_told.data, look_on)
    service.conclude(mediation, actor=actor, now=now, ending=ending)


@bp.post("/<int:case_id>/reopen")
@needs(*WRITERS)
def reopen(case_id: int) -> ResponseReturnValue:
    """Go on mediating."""
    return _written(case_id, "reopen", forms.ReopenForm(prefix="reopen-"), _reopen, _("已恢复调解。"))


def _reopen(mediation: Mediation, form: forms.ReopenForm, *, actor: Viewer, now: datetime) -> None:
    service.reopen(mediation, actor=actor, now=now, note=form.note.data or "")


@bp.post("/<int:case_id>/court")
@needs(*WRITERS)
def court(case_id: int) -> ResponseReturnValue:
    """The court's confirmation."""
    return _written(case_id, "court", forms.CourtForm(prefix="court-"), _court, _("司法确认已记下。"))


def _court(mediation: Mediation, form: forms.CourtForm, *, actor: Viewer, now: datetime) -> None:
    service.note_court(
        mediation, actor=actor, now=now, asked_on=form.asked_on.data, confirmed_on=form.confirmed_on.data,
        confirmed_no=form.confirmed_no.data,
    )  # fmt: skip


@bp.post("/<int:case_id>/looks")
@needs(*WRITERS)
def add_look(case_id: int) -> ResponseReturnValue:
    """Plan a look."""
    return _written(case_id, "look", forms.LookForm(prefix="look-"), _add_look, _("回访已安排，到那天会提醒。"))


def _add_look(mediation: Mediation, form: forms.LookForm, *, actor: Viewer, now: datetime) -> Any:
    return service.add_look(mediation, actor=actor, now=now, due_on=form.look_on.data)


@bp.post("/<int:case_id>/looks/<int:seq>")
@needs(*WRITERS)
def tick_look(case_id: int, seq: int) -> ResponseReturnValue:
    """Tick a look."""
    return _written(case_id, "tick", forms.TickForm(prefix="tick-"), _tick_look, _("回访已记下。"), seq=seq)


def _tick_look(mediation: Mediation, form: forms.TickForm, *, seq: int, actor: Viewer, now: datetime) -> Any:
    return service.tick_look(mediation, seq, actor=actor, now=now, word=form.word.data or "")
