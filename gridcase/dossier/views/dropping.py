"""A decision recorded wrongly is dropped, once nothing in force rests on it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.dossier.forms import WhyForm
from gridcase.dossier.queries.resting import resting_on
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

bp = Blueprint("dropping", __name__, url_prefix="/people/decisions")


@bp.route("/<int:decision_id>/drop", methods=["GET", "POST"])
@needs(Permission.KEEP_DECISIONS)
def decision(decision_id: int) -> ResponseReturnValue:
    """The decision holds no longer, and says why."""
    someone, now = viewer(), clock.now()
    found = people.decision_for(decision_id, viewer=someone, permission=Permission.KEEP_DECISIONS)
    resting = resting_on(found.id, on=clock.town_day(now))
    form = WhyForm()
    if form.validate_on_submit() and submit(
        form, people_service.drop_decision, found, actor=someone, why=form.why.data, resting=resting, now=now
    ):
        flash(_("决议 %(number)s 已作废。", number=found.number))
        return redirect(url_for("people.decision", decision_id=found.id))
    return render_template("dossier/drop_decision.html", form=form, one=found, resting=resting)
