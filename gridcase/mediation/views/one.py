"""One mediation: what is written down, what can be written next, and the way back to the case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import ENDED_STATES, State, moves_open_to
from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.mediation import forms, queries
from gridcase.mediation.models import Mediation
from gridcase.mediation.rules import (
    COURT_DAYS,
    LEGAL_WAYS,
    LOOK_AFTER_DAYS,
    Result,
    court_until,
    is_dispute,
    lacking,
    likely_signed,
    party_mark,
    unwilling,
)
from gridcase.mediation.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date, translate


@bp.get("/<int:case_id>")
@needs(Permission.SEE_CASE)
def show(case_id: int) -> ResponseReturnValue:
    """The mediation of a case, or the offer to begin one."""
    someone = viewer()
    case = cases.get_case(case_id, viewer=someone)
    mediation = queries.of_case(case)
    if mediation is None and not is_dispute(case.case_class.code):
        raise Missing
    return page(case, mediation, someone)


def page(case: Case, mediation: Mediation | None, someone: Viewer, **filled: Any) -> ResponseReturnValue:
    """The page; `filled` are forms that were refused, shown open with what was typed."""
    now = clock.now()
    may = queries.may_mediate(case, mediation, someone)
    if mediation is None:
        form = filled.get("open") or forms.OpenForm(mediators=someone.name)
        may_open = may and case.state not in ENDED_STATES
        return render_template("mediation/open.html", case=case, form=form, may_open=may_open, state=State(case.state))
    result = Result(mediation.result) if mediation.result else None
    signed = mediation.signed_on
    return render_template(
        "mediation/show.html", case=case, one=mediation, may=may, result=result, Result=Result, today=town_day(now),
        named=queries.reads_names(case, someone), homes=queries.homes_of(mediation.parties), party_mark=party_mark,
        ways=LEGAL_WAYS, court_days=COURT_DAYS, court_until=court_until(signed) if signed else None,
        scans=queries.scans(case),
        blank=_blank(case, mediation, someone, now) | filled, filled=filled, ended=case.state in ENDED_STATES,
        closing=_closing(case, mediation, result, someone, now) if result else None,
        scan=forms.ScanForm(formdata=None, prefix="comment-", note=_("调解协议书扫描件")),
        may_look_for_homes=someone.may(Permission.SEE_HOUSEHOLD), lacks=lacking(queries.drafted(mediation)),
        unwilling=unwilling([party.consented_on for party in mediation.parties]),
    )  # fmt: skip


def _blank(case: Case, mediation: Mediation, someone: Viewer, now: datetime) -> dict[str, Any]:
    """The forms of the page as they stand before anybody has typed."""
    today, drafted = town_day(now), queries.drafted(mediation)
    end = forms.EndForm(
        formdata=None,
        prefix="end-",
        signed_on=likely_signed(drafted, today),
        look_on=_first_look(mediation, today),
        result=None if lacking(drafted) else Result.AGREED.value,
    )
    end.offer()
    at = now.astimezone(TOWN_ZONE).replace(second=0, microsecond=0, tzinfo=None)
    return {
        "frame": forms.FrameForm(
            formdata=None, prefix="frame-", mediators=mediation.mediators, due_on=mediation.due_on,
            both_agreed=mediation.longer,
        ),
        "party": forms.PartyForm(
            formdata=None, prefix="party-", **queries.first_party(case, mediation, someone)
        ),
        "session": forms.SessionForm(formdata=None, prefix="session-", held_at=at, present=_all_names(mediation)),
        "end": end,
        "court": forms.CourtForm(
            formdata=None, prefix="court-", asked_on=mediation.court_asked_on or today,
            confirmed_on=mediation.confirmed_on, confirmed_no=mediation.confirmed_no,
        ),
        "look": forms.LookForm(formdata=None, prefix="look-", look_on=today + timedelta(days=LOOK_AFTER_DAYS)),
        "tick": forms.TickForm(formdata=None, prefix="tick-"),
        "reopen": forms.ReopenForm(formdata=None, prefix="reopen-"),
    }  # fmt: skip


def _first_look(mediation: Mediation, today: date) -> date:
    """When to look first: the day by which it must be fulfilled, else a month from now."""
    wanted = mediation.fulfil_by
    return wanted if wanted and wanted > today else today + timedelta(days=LOOK_AFTER_DAYS)


def _all_names(mediation: Mediation) -> str:
    return "、".join([*(one.name for one in mediation.parties), mediation.mediators])[:300]


def _closing(case: Case, mediation: Mediation, result: Result, someone: Viewer, now: datetime) -> Any:
    """(move, its form, where it goes, its scan form): the case's own move, filled from the mediation; None: not his."""
    open_moves = {move.name for move in moves_open_to(cases.standing_of(case, someone), now=now)}
    note = said(mediation, result)
    if "submit_result" in open_moves:
        return "submit_result", forms.ResultForm(formdata=None, prefix="submit_result-", note=note)
    if "self_solve" in open_moves:
        form = forms.SolvedForm(formdata=None, prefix="self_solve-", note=note)
        form.offer()
        return "self_solve", form
    return None


def said(mediation: Mediation, result: Result) -> str:
    """The result of the case in words, from the result of its mediation."""
    if result is Result.AGREED:
        return str(_("%(day)s经调解达成协议。", day=show_date(mediation.signed_on)))  # voices read results: no terms
    told = _("已告知双方可以%(ways)s。", ways=_("，也可以").join(translate(way) for way in LEGAL_WAYS))
    words = f"{translate(result.label)}{_('：')}{mediation.result_note or ''}"
    return "\n".join([words, told] if mediation.ways_told else [words])[:2000]
