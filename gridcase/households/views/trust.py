"""Whom a home would trust as its liaison, and what a village's homes have said, as counts."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.households import queries, service
from gridcase.households.forms.trust import TrustForm
from gridcase.households.rules import ADULT
from gridcase.households.service.nominations import MOST
from gridcase.households.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.route("/<int:household_id>/trust", methods=["GET", "POST"])
@needs(Permission.SEE_MEMBERS)
def nominate(household_id: int) -> ResponseReturnValue:
    """信任谁做联户代表: up to three, found by name or initials; one is added, moved up or taken off at a time."""
    home = queries.get_household(household_id, viewer=viewer(), permission=Permission.SEE_MEMBERS)
    named = [row.person_id for row in queries.nominated_by(home.id)]
    form = TrustForm()
    if form.validate_on_submit() and (wanted := form.applied(named)) is not None:
        done = submit(form, service.nominate, home, actor=viewer(), person_ids=wanted, now=clock.now())
        if done is not None:
            flash(_("已记下。"), "ok")
            return redirect(url_for(".nominate", household_id=home.id))
    words = request.args.get("q", "").strip()[:40]
    found = queries.adults_named(words, village=village_of(home), on=today(), born_before=_years_ago(ADULT))
    return render_template(
        "households/trust.html", home=home, form=form, named=queries.nominated_by(home.id), words=words, most=MOST,
        found=[row for row in found if row.id not in named], too_short=len(words) == 1,
    )  # fmt: skip


def _years_ago(years: int) -> date:
    day = today()
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


@bp.get("/trust")
@needs(Permission.PLAN_GRID)
def trusted() -> ResponseReturnValue:
    """How many homes of a village have named whom; who named whom is not shown."""
    villages = grids.villages_of(viewer(), permission=Permission.PLAN_GRID)
    asked = request.args.get("village", type=int)
    village = next((one for one in villages if one.id == asked), villages[0] if villages else None)
    return render_template(
        "households/trusted.html", village=village, villages=villages,
        rows=queries.trusted_in(village, on=today()) if village else [],
        named=queries.count_named(village) if village else (0, 0),
    )  # fmt: skip
