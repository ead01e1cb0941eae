"""Hot issues: the list, one issue, and what a person makes of it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import forms, queries, service
from gridcase.cases.models import HotIssue
from gridcase.cases.rules import State
from gridcase.cases.rules.hot import HotState
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.masking import FEWEST_TOLD
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import Text
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/hot")
@needs(Permission.SEE_DASHBOARD)
def hot() -> ResponseReturnValue:
    """The hottest first; what was decided stands in the link."""
    someone, asked = viewer(), request.args.get("state", "")
    state = HotState(asked) if asked in list(HotState) else HotState.FOUND
    page = queries.hot_issues(someone, state=state, today=clock.town_day(clock.now()), after=request.args.get("after"))
    return render_template(
        "cases/hot.html", page=page, chosen=state, HotState=HotState, Text=Text, title_of=_title_of(someone),
        class_name=class_name, opens=partial(_opens, someone), few=FEWEST_TOLD,
    )  # fmt: skip


def _title_of(someone: Viewer) -> Any:
    """The title of a case is for those who may open cases; the others read the name a person gave, or the class."""
    return lambda row: row.title if row.named or _opens(someone, row) else class_name(row)


def _opens(someone: Viewer, row: Any) -> bool:
    """Whether somebody opens the cases of the place an issue is of; a post elsewhere opens nothing here."""
    grants = someone.grants_with(Permission.SEE_CASE)
    return any(covers(grant, path=row.path, section_id=None, household_id=None) for grant in grants)


@bp.get("/hot/<int:issue_id>")
@needs(Permission.SEE_DASHBOARD)
def hot_issue(issue_id: int) -> ResponseReturnValue:
    """Why it is hot, and its cases."""
    return _page(queries.get_issue(issue_id, viewer=viewer()), viewer())


@bp.post("/hot/<int:issue_id>/name")
@needs(Permission.ACCEPT_CASE)
def name_hot(issue_id: int) -> ResponseReturnValue:
    """Give it a name."""
    someone, now = viewer(), clock.now()
    issue = queries.get_issue(issue_id, viewer=someone, permission=Permission.ACCEPT_CASE)
    form = _name_form()
    if form.validate_on_submit() and submit(
        form, service.hot.name_issue, issue, actor=someone, now=now, title=form.note.data or ""
    ):
        flash(_("名称已记下。"), "ok")
        return redirect(url_for("cases.hot_issue", issue_id=issue_id))
    return _page(issue, someone, naming=form)


@bp.post("/hot/<int:issue_id>/dismiss")
@needs(Permission.ACCEPT_CASE)
def dismiss_hot(issue_id: int) -> ResponseReturnValue:
    """Nothing is done about it as a whole, for a reason."""
    someone, now = viewer(), clock.now()
    issue = queries.get_issue(issue_id, viewer=someone, permission=Permission.ACCEPT_CASE)
    form = _dismiss_form()
    if form.validate_on_submit() and submit(
        form, service.hot.dismiss_issue, issue, actor=someone, now=now, reason=form.note.data or ""
    ):
        flash(_("已记下不处理的原因。再多一半时会重新列出。"), "ok")
        return redirect(url_for("cases.hot"))
    return _page(issue, someone, dismissing=form)


@bp.post("/hot/<int:issue_id>/join")
@needs(Permission.ACCEPT_CASE)
def join_hot(issue_id: int) -> ResponseReturnValue:
    """Let its cases join one of them, each in a transaction of its own; what cannot join is left as it is."""
    someone, now = viewer(), clock.now()
    issue = queries.get_issue(issue_id, viewer=someone, permission=Permission.ACCEPT_CASE)
    rows = queries.issue_cases(issue, someone)
    first = next((row for row in rows if str(row.id) == request.form.get("first")), None)
    if first is None:
        flash(_("请选一件作首件。"), "info")
        return redirect(url_for("cases.hot_issue", issue_id=issue_id))
    joined, left = _join(service.hot.joinable(rows, first.id), first.id, someone, now)
    if joined:
        with transaction():
            issue = queries.get_issue(issue_id, viewer=someone, permission=Permission.ACCEPT_CASE)
            case = queries.get_case(first.id, viewer=someone)
            service.hot.joined_issue(issue, actor=someone, now=now, first=case, joined=joined)
        flash(_("%(n)s 件已附议 %(number)s。", n=joined, number=first.number), "ok")
    if left or not joined:
        flash(_("%(n)s 件不能并入：已在办理、已结束，或不归您受理。", n=left or len(rows) - 1), "info")
    return redirect(
        url_for("cases.show", case_id=first.id) if joined else url_for("cases.hot_issue", issue_id=issue_id)
    )


def _join(ids: list[int], first_id: int, someone: Viewer, now: datetime) -> tuple[int, int]:
    joined = 0
    for case_id in ids:
        try:
            with transaction():
                case, first = (queries.get_case(key, viewer=someone) for key in (case_id, first_id))
                service.reject_duplicate(case, actor=someone, now=now, first=first)
            joined += 1
        except (Refused, Missing):  # or it is not the reader's any more
            continue
    return joined, len(ids) - joined


def _name_form() -> forms.NotedForm:
    form = forms.NotedForm(prefix="name-")
    form.note.label.text = _("名称（不写人名）")
    form.note.render_kw = {"rows": 1, "maxlength": 60}
    return form


def _dismiss_form() -> forms.NotedForm:
    form = forms.NotedForm(prefix="dismiss-")
    form.note.label.text = _("为什么不处理")
    return form


def _page(issue: HotIssue, someone: Viewer, *, naming: Any = None, dismissing: Any = None) -> ResponseReturnValue:
    rows = queries.issue_cases(issue, someone)
    open_rows = [row for row in rows if row.closed_at is None]
    firsts = [row for row in open_rows if len(service.hot.joinable(rows, row.id)) > 0]
    case_class = queries.class_of_issue(issue)
    return render_template(
        "cases/hot_issue.html", issue=issue, rows=rows, firsts=firsts, naming=naming or _name_form(),
        dismissing=dismissing or _dismiss_form(), State=State, HotState=HotState, Text=Text, few=FEWEST_TOLD,
        state=HotState(issue.state), decides=queries.may_decide(issue, someone), case_class=class_name(case_class),
        opens=_opens(someone, issue), title=issue.title
        if issue.named or someone.may(Permission.SEE_CASE) else class_name(case_class),
        master=next((row for row in rows if row.id == issue.master_id), None),
    )  # fmt: skip
