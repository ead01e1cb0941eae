"""The list of households, and the whole picture of one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import State, light_of
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text
from gridcase.dossier import queries
from gridcase.dossier.forms import RevealForm
from gridcase.dossier.queries import Filters
from gridcase.dossier.views.base import bp
from gridcase.households import queries as households
from gridcase.households import service as household_service
from gridcase.households.models import Household
from gridcase.households.rules import RELATIONS, CareTier
from gridcase.points import queries as points
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import options, submit

REVEALED, REVEAL_TIME = "revealed", timedelta(minutes=10)
REASONS: dict[str, Text] = {
    "visit": N_("要上门走访"),
    "handle": N_("要联系办理"),
    "check": N_("要核对登记"),
}
DUE = {"today": 0, "week": 7}  # days ahead


@bp.get("/")
@needs(Permission.SEE_HOUSEHOLD)
def index() -> ResponseReturnValue:
    """The households of the viewer's posts; a villager comes to the own one at once."""
    someone, today = viewer(), clock.town_day(clock.now())
    asked = request.args
    if not asked and (home_id := queries.only_home(someone)) is not None:
        return redirect(url_for(".show", household_id=home_id))
    filters = _filters(today)
    return render_template(
        "dossier/list.html", page=queries.page(someone, filters, after=asked.get("after")), filters=filters,
        villages=queries.villages_of(someone), today=today, tiers=CareTier, due=asked.get("due", ""),
        too_short=0 < len(filters.words) < queries.LEAST_WORDS,
        kept={key: value for key, value in asked.items() if key != "after" and value},
    )  # fmt: skip


def _filters(today: date) -> Filters:
    """Read the link; what makes no sense, or may not be seen, does not narrow."""
    asked, someone = request.args, viewer()
    tier, ahead = asked.get("tier", ""), DUE.get(asked.get("due", ""))
    return Filters(
        words=asked.get("q", "").strip()[:40],
        village_id=asked.get("village", type=int),
        tier=tier if tier in list(CareTier) and someone.may(Permission.SEE_TIER) else "",
        due_by=today + timedelta(days=ahead) if ahead is not None and someone.may(Permission.LOG_VISIT) else None,
    )


@bp.get("/<int:household_id>")
@needs(Permission.SEE_HOUSEHOLD)
def show(household_id: int) -> ResponseReturnValue:
    """Who lives here and what is going on, each part for those who may see it."""
    return _page(households.get_household(household_id, viewer=viewer()))


def _page(home: Household, *, problem: str = "") -> ResponseReturnValue:
    someone, now = viewer(), clock.now()
    today, may = clock.town_day(now), queries.permissions_over(home, someone)
    at_home = queries.lives_here(home, someone)  # nobody has to say why to read the own name
    open_cases = [
        (row, State(row.state), light_of(due_at=row.due_at, soon_at=row.soon_at, closed=False, now=now))
        for row in queries.open_cases(home, viewer=someone)
    ]
    return render_template(
        "dossier/show.html", home=home, may=may, today=today, place_names=queries.places_of(home), problem=problem,
        at_home=at_home, revealed=at_home or (Permission.SEE_MEMBERS in may and _revealed(home, now)),
        members=queries.members_of(home, on=today), relations=RELATIONS,
        contacts=queries.contacts_of(home, on=today), open_cases=open_cases,
        tier_change=queries.tier_reason(home) if Permission.SEE_TIER in may else None,
        visits=queries.last_visits(home, viewer=someone), modes=VisitMode, states=VisitState, purposes=Purpose,
        balances=points.balances_of(home.id, viewer=someone) if Permission.SEE_POINTS in may else None,
    )  # fmt: skip


@bp.post("/<int:household_id>/reveal")
@needs(Permission.SEE_MEMBERS)
def reveal(household_id: int) -> ResponseReturnValue:
    """Show names and numbers for ten minutes, and write down who looked and why."""
    someone, now = viewer(), clock.now()
    home = households.get_household(household_id, viewer=someone, permission=Permission.SEE_MEMBERS)
    form = RevealForm()
    form.reason.choices = options(REASONS.items())
    if form.validate_on_submit() and submit(
        form, household_service.note_reveal, home, actor=someone, reason=form.reason.data, now=now
    ):
        session[REVEALED] = {"household": household_id, "until": (now + REVEAL_TIME).isoformat()}
        return redirect(url_for(".show", household_id=household_id))
    return _page(home, problem=_("请选择为什么要看。"))


def _revealed(home: Household, now: datetime) -> bool:
    """Whether this browser asked for this home in the last ten minutes, and said why."""
    known = session.get(REVEALED) or {}
    return known.get("household") == home.id and now < datetime.fromisoformat(known["until"])
