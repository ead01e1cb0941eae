"""The rules tiers are suggested by: a draft, what it would move, and only then a new version."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Refused
from gridcase.core.masking import FEWEST_TOLD
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import service
from gridcase.households.forms.tiers import RulesForm, rules_form
from gridcase.households.queries import tiers, tiers_whatif
from gridcase.households.rules import FACTORS, CareTier
from gridcase.households.rules.tiers_rules import check_rules
from gridcase.households.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

NAV = (
    NavItem(
        "tier_rules", N_("分级规则"), "households.tier_rules", "settings", frozenset({Permission.SET_TIER_RULES}), 49,
        group="registers", pages=frozenset({"households.tier_rules"}),
    ),
)  # fmt: skip


@bp.route("/tiers/rules", methods=["GET", "POST"])
@needs(Permission.SET_TIER_RULES)
def tier_rules() -> ResponseReturnValue:
    """Weights, thresholds and intervals of a county: try a draft, then save it."""
    now = clock.now()
    today = clock.town_day(now)
    place = tiers_whatif.rule_place(request.args.get("place", type=int), viewer=viewer())
    rules = tiers.rules_for(place.path, on=today)
    form, moves = rules_form(rules, today=today), None
    if form.validate_on_submit():
        try:
            check_rules(form.draft)
        except Refused as wrong:
            form.refuse(wrong)
        else:
            moves = tiers_whatif.try_rules(place, form.draft, on=today)
            if request.form.get("act") == "save" and _saved(form, place):
                return redirect(url_for(".tier_rules", place=place.id))
            form.looked_at.data = service.print_of(place, form.draft)
    return render_template(
        "households/tier_rules.html", form=form, place=place, counties=tiers_whatif.rule_places(viewer()), moves=moves,
        versions=tiers_whatif.versions(place), rules=rules, factors=FACTORS, tiers=CareTier, fewest=FEWEST_TOLD,
    )  # fmt: skip


def _saved(form: RulesForm, place: Grid) -> bool:
    row = submit(
        form, service.set_rules, place, actor=viewer(), rules=form.draft, valid_from=form.valid_from.data,
        looked_at=form.looked_at.data or "", now=clock.now(),
    )  # fmt: skip
    if row:
        flash(_("新规则已保存，从%(day)s起用。", day=show_date(form.valid_from.data)), "ok")
    return bool(row)
