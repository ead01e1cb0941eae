"""The list of households, and the whole picture of one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.queries import honours
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
from gridcase.households.rules import RELATIONS, CareTier, ChangeState, EndedWhy, LifeKind
from gridcase.points import queries as points
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import options, submit
from gridcase.web.revealing import reveal as reveal_names
from gridcase.web.revealing import revealed

REASONS: dict[str, Text] = {
    "visit": N_("要上门走访"),
    "handle": N_("要联系办理"),
    "check": N_("要核对登记"),
}
DUE = {"today": 0, "week": 7}  # days ahead
LAST_DAY, LONG_ID = date(2999, 12, 31), 10


@bp.get("/")
@needs(Permission.SEE_HOUSEHOLD)
def index() -> ResponseReturnValue:
    """The households of the viewer's posts; a villager comes to the own one at once."""
    someone, today = viewer(), clock.town_day(clock.now())
    asked = request.args
    if not asked and (home_id := queries.only_home(someone)) is not None:
        return redirect(url_for(".show", household_id=home_id))
    filters = _filters(today)
    villages = queries.villages_of(someone)
    village = next((one for one in villages if one.id == filters.village_id or len(villages) == 1), None)
    return render_template(
        "dossier/list.html", page=queries.page(someone, filters, after=asked.get("after"), today=today),
        filters=filters, villages=villages, today=today, tiers=CareTier, due=asked.get("due", ""), shows=queries.Show,
        cells=queries.groups_of(village, viewer=someone) if village else [],
        hamlets=queries.hamlets_of(village, viewer=someone) if village else [],
        too_short=0 < len(filters.words) < queries.LEAST_WORDS,
        waiting=households.count_open(someone) if someone.may(Permission.EDIT_HOUSEHOLD) else 0,
        kept={key: value for key, value in asked.items() if key != "after" and value},
    )  # fmt: skip


def _filters(today: date) -> Filters:
    """Read the link; what makes no sense, or may not be seen, does not narrow."""
    asked, someone = request.args, viewer()
    tier, ahead = asked.get("tier", ""), DUE.get(asked.get("due", ""))
    on, known = _day(asked.get("on")), _day(asked.get("known"))
    return Filters(
        words=asked.get("q", "").strip()[:40],
        village_id=_number(asked.get("village")),
        tier=tier if tier in list(CareTier) and someone.may(Permission.SEE_TIER) else "",
        due_by=today + timedelta(days=ahead) if ahead is not None and someone.may(Permission.LOG_VISIT) else None,
        place_id=_number(asked.get("place")),
        hamlet=asked.get("hamlet", "").strip()[:40],
        show=queries.Show(asked["show"]) if asked.get("show", "") in list(queries.Show) else None,
        on=on,
        known_at=datetime.combine(known + timedelta(days=1), time(), clock.TOWN_ZONE) if on and known else None,
    )


def _day(words: str | None) -> date | None:
    """A day of the link; the last one there is cannot be followed by another."""
    try:
        return min(date.fromisoformat(words), LAST_DAY) if words else None
    except ValueError:
        return None


def _number(words: str | None) -> int | None:
    """An id of the link; none that no row can have."""
    return int(words) if words and words.isascii() and words.isdigit() and len(words) < LONG_ID else None


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
        at_home=at_home,
        revealed=at_home or (Permission.SEE_MEMBERS in may and revealed("household", home.id, now=now)),
        members=queries.members_of(home, on=today), relations=RELATIONS,
        contacts=queries.contacts_of(home, on=today), open_cases=open_cases,
        tier_change=queries.tier_reason(home) if Permission.SEE_TIER in may else None,
        visits=queries.last_visits(home, viewer=someone), modes=VisitMode, states=VisitState, purposes=Purpose,
        operations=[kind for kind in LifeKind if kind is not LifeKind.OTHER],
        ended=EndedWhy(home.ended_why) if home.ended_why in list(EndedWhy) else None,
        changes=households.changes_of(home.id) if Permission.LOG_VISIT in may else [], kinds=LifeKind,
        change_states=ChangeState,
        balances=points.balances_of(home.id, viewer=someone) if Permission.SEE_POINTS in may else None,
        honours=honours.honours_of(home.id, viewer=someone),
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
        reveal_names("household", home.id, now=now)
        return redirect(url_for(".show", household_id=household_id))
    return _page(home, problem=_("请选择为什么要看。"))
