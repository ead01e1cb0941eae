"""The liaison's day: whom to visit, the form of a visit, the visits of a home."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries as cases
from gridcase.cases.rules import Answer
from gridcase.cases.service import closing_policy
from gridcase.core import clock
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.visits import queries, service
from gridcase.visits.forms import VisitForm
from gridcase.visits.models import Visit
from gridcase.visits.rules import Purpose, Tick, VisitMode, VisitState
from gridcase.visits.service import Demand, VisitRecord
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language, show_date
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

bp = Blueprint("visits", __name__, url_prefix="/visits")
NAV = (
    NavItem(
        key="visits",
        label=N_("今天"),
        endpoint="visits.index",
        icon="today",
        needs=frozenset({Permission.LOG_VISIT}),
        order=5,
        phone=True,
    ),
)


@bp.get("/")
@needs(Permission.LOG_VISIT)
def index() -> ResponseReturnValue:
    """Today: the homes to visit, the demands still open."""
    today, after = clock.town_day(clock.now()), request.args.get("after")
    return render_template(
        "visits/today.html",
        today=today,
        due=queries.due_homes(viewer(), on=today, after=after),
        due_count=queries.due_count(viewer(), on=today),
        coming=queries.coming_homes(viewer(), on=today),
        demands=queries.open_demands(viewer(), now=clock.now()),
    )


@bp.route("/log/<int:household_id>", methods=["GET", "POST"])
@needs(Permission.LOG_VISIT)
def log(household_id: int) -> ResponseReturnValue:
    """One visit, one screen."""
    household = households.get_household(household_id, viewer=viewer(), permission=Permission.LOG_VISIT)
    form = _form()
    if form.validate_on_submit():
        visit = submit(
            form, service.log_visit, actor=viewer(), household=household, record=_record(form), now=clock.now(),
            policy=closing_policy(),
        )  # fmt: skip
        if isinstance(visit, Visit):
            _say_done(visit, household)
            return redirect(url_for(".index"))
    return render_template("visits/log.html", form=form, household=household)


def _form() -> VisitForm:
    """A form of its own mark: what is sent twice from one page counts once."""
    now = clock.now().astimezone(clock.TOWN_ZONE).replace(second=0, microsecond=0, tzinfo=None)
    classes = [
        (one.terms.common, (one.code, in_language(zh=one.case_class.zh, en=one.case_class.en)))
        for one in cases.catalogue(path=cases.home_of(viewer()))
    ]
    return VisitForm(
        common=[choice for common, choice in classes if common],
        others=[choice for common, choice in classes if not common],
        client_uuid=str(uuid4()),
        visited_at=now,
    )


def _record(form: VisitForm) -> VisitRecord:
    return VisitRecord(
        client_uuid=form.client_uuid.data or "",
        visited_at=form.at,
        mode=VisitMode(form.mode.data),
        state=VisitState(form.state.data),
        purpose=Purpose(form.purpose.data),
        met=form.met.data,
        ticks=tuple(Tick(tick) for tick in form.ticks.data or ()),
        note=form.note.data,
        demand=_demand(form),
    )


def _demand(form: VisitForm) -> Demand | None:
    if not form.has_demand or form.class_code is None:
        return None
    solved = form.solved.data
    return Demand(
        class_code=form.class_code,
        title=form.demand_title,
        text=form.text.data or form.demand_title,
        result=form.result.data if solved else None,
        answer=Answer(form.answer.data) if solved else None,
    )


def _say_done(visit: Visit, household: Household) -> None:
    """What happened and what comes next, in a sentence."""
    name = mask_name(household.head_name)
    if household.next_visit_on is not None:
        day = show_date(household.next_visit_on)
        flash(_("%(name)s家的走访记好了，下次在%(day)s前。", name=name, day=day), "ok")
    else:
        flash(_("%(name)s家的联系记好了，这一户还要上门看一次。", name=name), "ok")
    if visit.case_id is not None:
        flash(_("诉求已登记，编号 %(number)s。", number=cases.get_case(visit.case_id, viewer=viewer()).number), "ok")


@bp.get("/household/<int:household_id>")
@needs(Permission.SEE_VISIT)
def of_household(household_id: int) -> ResponseReturnValue:
    """The visits of one home."""
    household = households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_VISIT)
    page = queries.visits_of(household.id, viewer=viewer(), after=request.args.get("after"))
    words = {"mode": VisitMode, "state": VisitState, "purpose": Purpose, "tick": Tick}
    return render_template("visits/household.html", household=household, page=page, words=words)
