"""Supervision sheets: the town's list, and one sheet to sign, drop or print."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import forms, queries, service
from gridcase.cases.rules import SheetState, State
from gridcase.cases.views.base import bp
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/supervision")
@needs(Permission.SUPERVISE_CASE)
def supervision() -> ResponseReturnValue:
    """Drafts first; signed and dropped ones stand in the link."""
    someone, asked = viewer(), request.args.get("state", "")
    state = SheetState(asked) if asked in list(SheetState) else SheetState.DRAFTED
    page = queries.supervision_sheets(someone, state=state, after=request.args.get("after"))
    return render_template("cases/sheets.html", page=page, chosen=state, SheetState=SheetState)


@bp.get("/supervision/<int:sheet_id>")
@needs(Permission.SUPERVISE_CASE)
def sheet(sheet_id: int) -> ResponseReturnValue:
    """The sheet as it will be printed; a draft can be signed below."""
    return _page(sheet_id, forms.SignForm(prefix="sign-"), forms.DropForm(prefix="drop-"))


@bp.post("/supervision/<int:sheet_id>/sign")
@needs(Permission.SUPERVISE_CASE)
def sign_sheet(sheet_id: int) -> ResponseReturnValue:
    """Sign a draft."""
    one, _case = queries.get_sheet(sheet_id, viewer=viewer())
    form = forms.SignForm(prefix="sign-")
    asked: dict[str, Any] = {"demand": form.demand.data or "", "answer_by": form.answer_by.data}
    if form.validate_on_submit() and submit(form, service.sign_sheet, one, actor=viewer(), now=clock.now(), **asked):
        flash(_("督办单已签发，办理人会收到消息。"), "ok")
        return redirect(url_for("cases.sheet", sheet_id=sheet_id))
    return _page(sheet_id, form, forms.DropForm(prefix="drop-", formdata=None))


@bp.post("/supervision/<int:sheet_id>/drop")
@needs(Permission.SUPERVISE_CASE)
def drop_sheet(sheet_id: int) -> ResponseReturnValue:
    """Leave a draft unsigned."""
    one, _case = queries.get_sheet(sheet_id, viewer=viewer())
    form = forms.DropForm(prefix="drop-")
    given = {"actor": viewer(), "now": clock.now(), "reason": form.demand.data or ""}
    if form.validate_on_submit() and submit(form, service.drop_sheet, one, **given):
        flash(_("已记下不签发。"), "ok")
        return redirect(url_for("cases.supervision"))
    return _page(sheet_id, forms.SignForm(prefix="sign-", formdata=None), form)


def _page(sheet_id: int, signing: Any, dropping: Any) -> ResponseReturnValue:
    one, case = queries.get_sheet(sheet_id, viewer=viewer())
    return render_template(
        "cases/sheet.html", sheet=one, case=case, facts=queries.facts(case), signing=signing, dropping=dropping,
        problems=[*signing.form_errors, *dropping.form_errors],
        state=SheetState(one.state), case_state=State(case.state), SheetState=SheetState,
    )  # fmt: skip
