"""What visitors worried about, for those who may read it and for nobody else."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.visits import queries, service
from gridcase.visits.forms import ConfirmForm, DropForm
from gridcase.visits.rules import SIGN_DAYS
from gridcase.visits.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit


@bp.get("/signs")
@needs(Permission.SEE_SENSITIVE_FACTORS)
def signs() -> ResponseReturnValue:
    """The homes of whom something is kept, the next to be forgotten first."""
    return _page()


def _page(form: BaseForm | None = None, *, home_id: int | None = None) -> ResponseReturnValue:
    rows = queries.signs.worries(viewer(), on=clock.town_day(clock.now()))
    return render_template("visits/signs.html", rows=rows, days=SIGN_DAYS, form=form or ConfirmForm(), wrong=home_id)


@bp.post("/signs/<int:household_id>/confirm")
@needs(Permission.SEE_SENSITIVE_FACTORS)
def confirm_signs(household_id: int) -> ResponseReturnValue:
    """Assessed: it is kept on, by this record."""
    home, form = _home(household_id), ConfirmForm()
    if form.validate_on_submit() and submit(
        form, service.confirm_signs, home, actor=viewer(), ref=form.ref.data or "", now=clock.now()
    ):
        flash(_("已确认，保留半年。"), "ok")
        return redirect(url_for(".signs"))
    return _page(form, home_id=household_id)


@bp.post("/signs/<int:household_id>/drop")
@needs(Permission.SEE_SENSITIVE_FACTORS)
def drop_signs(household_id: int) -> ResponseReturnValue:
    """Over, or seen wrong: nothing of it is kept."""
    home, form = _home(household_id), DropForm()
    if form.validate_on_submit() and submit(form, service.drop_signs, home, actor=viewer(), now=clock.now()):
        flash(_("已删除，不留记录。"), "ok")
        return redirect(url_for(".signs"))
    return _page()


def _home(household_id: int) -> Household:
    return households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_SENSITIVE_FACTORS)
