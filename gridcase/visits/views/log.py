"""The form of a visit, and the visits of a home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.bulletin import queries as bulletin
from gridcase.cases import queries as cases
from gridcase.cases.rules import Answer
from gridcase.cases.service import closing_policy
from gridcase.checks import queries as checks
from gridcase.checks.rules import CheckItem, HomeList
from gridcase.core import clock
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.households.queries import tiers
from gridcase.households.rules import LifeKind
from gridcase.visits import queries, service
from gridcase.visits.forms import VisitForm
from gridcase.visits.models import Visit
from gridcase.visits.queries import Last
from gridcase.visits.rules import SIGN_DAYS, DoneBy, Errand, Purpose, Sign, Tick, VisitMode, VisitState
from gridcase.visits.service import Demand, FamilyNews, Spot, VisitRecord
from gridcase.visits.views.base import bp
from gridcase.visits.views.photos import taken
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language, show_date
from gridcase.web.formkit import submit

SELF_SOLVED = frozenset({Permission.SELF_SOLVE_CASE, Permission.REGISTER_CASE})


@bp.route("/log/<int:household_id>", methods=["GET", "POST"])
@needs(Permission.LOG_VISIT)
def log(household_id: int) -> ResponseReturnValue:
    """One visit, one screen; it opens as the last one was, so that only what changed is touched."""
    someone = viewer()
    household = households.get_household(household_id, viewer=someone, permission=Permission.LOG_VISIT)
    before = queries.last_visit(household.id, viewer=someone)
    last = queries.last_of(before) if before else None
    lists = checks.lists_at(household, on=clock.town_day(clock.now()))
    form = _form(last, household, [one for one, _day in lists])
    may_sign = tiers.may(household, someone, Permission.PROPOSE_TIER)
    if someone.large_text:
        form.say_plainly()
    if form.validate_on_submit() and _logged(form, household, may_sign=may_sign):
        return redirect(url_for(".index"))
    if form.photos.data and not form.photos.errors and form.is_submitted() and any(form.photos.data):
        form.photos.errors = [_("请重新选照片。")]  # no browser sends them twice by itself
    return render_template(
        "visits/log.html", lists=lists, in_words=_in_words,
        form=form, household=household, last=last, may_sign=may_sign, days=SIGN_DAYS,
        may_settle=all(tiers.may(household, someone, one) for one in SELF_SOLVED), fresh=request.method == "GET",
    )  # fmt: skip


def _logged(form: VisitForm, household: Household, *, may_sign: bool) -> bool:
    """Whether the visit was noted; else the form says why not."""
    photos = taken(form)
    if form.photos.errors:
        return False
    signs = [Sign(one) for one in form.signs.data or ()] if may_sign else []
    visit = submit(
        form, service.log_visit, actor=viewer(), household=household, record=_record(form), now=clock.now(),
        policy=closing_policy(), signs=signs, photos=photos,
    )  # fmt: skip
    if not isinstance(visit, Visit):
        return False
    _say_done(visit, household, signed=bool(signs))
    return True


def _in_words(item: CheckItem) -> str:
    return in_language(zh=item.zh, en=item.en)


def _form(last: Last | None, household: Household, lists: Sequence[HomeList]) -> VisitForm:
    """A form of its own mark: what is sent twice from one page counts once."""
    now = clock.now().astimezone(clock.TOWN_ZONE).replace(second=0, microsecond=0, tzinfo=None)
    classes = [
        (one.terms.common, (one.code, in_language(zh=one.case_class.zh, en=one.case_class.en)))
        for one in cases.catalogue(path=cases.home_of(viewer()))
    ]
    purpose = Purpose.FIRST_VISIT if queries.is_first(viewer(), household.id) else Purpose.CARE
    return VisitForm(
        common=[choice for common, choice in classes if common],
        others=[choice for common, choice in classes if not common],
        lists=lists,
        notes=[(one.id, one.title) for one in bulletin.for_home(household, on=clock.town_day(clock.now()))],
        client_uuid=str(uuid4()),
        visited_at=now,
        purpose=purpose.value,
        **_as_before(last),
    )


def _as_before(last: Last | None) -> dict[str, Any]:
    """What stays as it was unless it is touched: that something is to be followed up is said anew each time."""
    if last is None:
        return {}
    return {
        "mode": last.mode.value,
        "met": last.met,
        **({"state": last.state.value} if last.state is VisitState.SAFE else {}),
    }


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
        spot=_spot(form),
        news=_news(form),
        deed=form.deed.data,
        checks=form.checks,
        told=tuple(form.told.data or ()),
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


def _spot(form: VisitForm) -> Spot | None:
    if not form.spot.data:
        return None
    return Spot(Errand(form.spot.data), form.spot_words.data, DoneBy(form.spot_by.data))


def _news(form: VisitForm) -> FamilyNews | None:
    if not form.news.data:
        return None
    return FamilyNews(
        LifeKind(form.news.data), form.news_who.data or "", form.news_on.data, form.news_note.data or ""
    )  # fmt: skip


def _say_done(visit: Visit, household: Household, *, signed: bool) -> None:
    """What happened and what comes next, in a sentence."""
    name = mask_name(household.head_name)
    if not visit.met:
        flash(_("%(name)s家这次没有见到人，记下了；下次走访的日子不变。", name=name), "ok")
    elif household.next_visit_on is not None:
        day = show_date(household.next_visit_on)
        flash(_("%(name)s家的走访记好了，下次在%(day)s前。", name=name, day=day), "ok")
    else:
        flash(_("%(name)s家的联系记好了，这一户还要上门看一次。", name=name), "ok")
    if visit.case_id is not None:
        flash(_("诉求已登记，编号 %(number)s。", number=cases.get_case(visit.case_id, viewer=viewer()).number), "ok")
    found = checks.checks_of([visit.id]).get(visit.id, [])
    if number := sum(count for _kind, count in found):
        flash(_("查出 %(n)s 处隐患，已登记，由村里派人处理。", n=number), "ok")
    if signed:
        flash(_("已送交有权查看的岗位。30 天内没有人确认就自动失效，内容不再显示给您。"), "ok")


@bp.get("/household/<int:household_id>")
@needs(Permission.SEE_VISIT)
def of_household(household_id: int) -> ResponseReturnValue:
    """The visits of one home."""
    someone = viewer()
    household = households.get_household(household_id, viewer=someone, permission=Permission.SEE_VISIT)
    page = queries.visits_of(household.id, viewer=someone, after=request.args.get("after"))
    ids = [row.id for row in page.rows]
    errands, looks = queries.errands_of(ids, viewer=someone), checks.checks_of(ids)
    words = {
        "mode": VisitMode, "state": VisitState, "purpose": Purpose, "tick": Tick, "errand": Errand, "by": DoneBy,
    }  # fmt: skip
    return render_template(
        "visits/household.html",
        household=household,
        page=page,
        words=words,
        errands=errands,
        looks=looks,
        photos=queries.photos_of(ids),
    )
