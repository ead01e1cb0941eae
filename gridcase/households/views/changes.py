"""Changes of families: proposed from a home's page, settled by who keeps the register."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.households import queries, service
from gridcase.households.forms import ProposalForm, RefusalForm
from gridcase.households.rules import ChangeState, LifeKind
from gridcase.households.views.base import bp, to_home
from gridcase.households.views.life import FORMS
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit


@bp.route("/<int:household_id>/propose", methods=["GET", "POST"])
@needs(Permission.LOG_VISIT)
def propose(household_id: int) -> ResponseReturnValue:
    """家里有变化: what, who, when."""
    home = queries.get_household(household_id, viewer=viewer(), permission=Permission.LOG_VISIT)
    form = ProposalForm()
    if form.validate_on_submit() and submit(
        form, service.propose, home, actor=viewer(), kind=LifeKind(form.kind.data), who=form.who.data,
        on=form.on.data, note=form.note.data or "", now=clock.now(),
    ):  # fmt: skip
        flash(_("已报给村里，核实后会告诉您。"), "ok")
        return to_home(home.id)
    return render_template("households/propose.html", form=form, home=home)


@bp.get("/changes")
@needs(Permission.EDIT_HOUSEHOLD)
def changes() -> ResponseReturnValue:
    """What waits to be checked and entered."""
    return render_template("households/changes.html", rows=queries.open_changes(viewer()), kinds=LifeKind)


@bp.get("/changes/<int:change_id>")
@needs(Permission.EDIT_HOUSEHOLD)
def change(change_id: int) -> ResponseReturnValue:
    """One proposed change: enter it, or say why not."""
    return _page(change_id, RefusalForm())


def _page(change_id: int, form: BaseForm) -> ResponseReturnValue:
    row = queries.get_change(change_id, viewer=viewer())
    home = queries.get_household(row.household_id, viewer=viewer())
    kind = LifeKind(row.kind)
    return render_template(
        "households/change.html", row=row, home=home, form=form, kind=kind, has_form=kind in FORMS,
        state=ChangeState(row.state), open=row.state == ChangeState.PROPOSED,
    )  # fmt: skip


@bp.post("/changes/<int:change_id>/refuse")
@needs(Permission.EDIT_HOUSEHOLD)
def refuse_change(change_id: int) -> ResponseReturnValue:
    """Not taken over, and why."""
    row, form = queries.get_change(change_id, viewer=viewer()), RefusalForm()
    if form.validate_on_submit() and submit(
        form, service.refuse, row, actor=viewer(), reason=form.reason.data or "", now=clock.now()
    ):
        flash(_("已答复提出的人。"), "ok")
        return redirect(url_for(".changes"))
    return _page(change_id, form)


@bp.post("/changes/<int:change_id>/accept")
@needs(Permission.EDIT_HOUSEHOLD)
def accept_change(change_id: int) -> ResponseReturnValue:
    """Entered by other means (the facts of the home or of a member were corrected)."""
    row, form = queries.get_change(change_id, viewer=viewer()), RefusalForm()
    if submit(form, service.accept, row, actor=viewer(), now=clock.now()):
        flash(_("已记为办理，并告诉提出的人。"), "ok")
        return redirect(url_for(".changes"))
    return _page(change_id, form)
