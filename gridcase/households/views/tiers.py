"""The care tier of one home: what weighs on it, proposing, confirming, objecting; and the work that waits."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Forbidden, Missing
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.households import queries, service
from gridcase.households.forms.tiers import (
    ConfirmFactorForm,
    DecideForm,
    EndForm,
    FactorForm,
    ObjectForm,
    ProposeForm,
    ReviewForm,
)
from gridcase.households.models import Household
from gridcase.households.queries import tiers, tiers_lists
from gridcase.households.rules import FACTORS, RED, CareTier, Cause, MeetingKind, Verdict
from gridcase.households.rules.tiers_factors import END_BY_HAND, EndReason, Source
from gridcase.households.rules.tiers_rules import is_down, may_go_down, touches_red
from gridcase.households.service import Meeting
from gridcase.households.views.base import bp
from gridcase.people.rules import Role
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

P = Permission
READS = (P.SEE_TIER, P.SEE_SENSITIVE_FACTORS)
WORKS = (P.PROPOSE_TIER, P.CONFIRM_TIER, P.CONFIRM_RED_TIER, P.SEE_SENSITIVE_FACTORS)
_PAGES = [
    "tiers_list", "tiers_assess", "tier_panel", "tier_factor", "tier_propose", "tier_decide", "tier_object",
    "tier_review", "tier_end_factor", "tier_confirm_restricted", "tier_end_restricted", "tier_withdraw",
]  # fmt: skip
NAV = (
    NavItem(
        "tiers", N_("关爱分级"), "households.tiers_list", "household", frozenset(WORKS), 21, group="homes",
        pages=frozenset(f"households.{name}" for name in _PAGES),
    ),
)  # fmt: skip


@bp.get("/<int:household_id>/tier")
@needs(*READS)
def tier_panel(household_id: int) -> ResponseReturnValue:
    """What weighs on a home, what the rules come to, what was decided and why."""
    return _panel(tiers.home_for(household_id, viewer=viewer(), permissions=READS))


def _panel(home: Household, *, problem: str = "") -> ResponseReturnValue:
    someone, today = viewer(), clock.town_day(clock.now())
    may = frozenset(one for one in P if tiers.may(home, someone, one))
    serves = P.SEE_TIER in may
    waiting = tiers.waiting_for(home.id) if serves else None
    rules, state = tiers.rules_for(home.path, on=today), tiers.state_of(home.id)
    return render_template(
        "households/tier.html", home=home, may=may, problem=problem, today=today, red=RED, rules=rules, state=state,
        lines=tiers.factor_lines(home, viewer=someone, on=today),
        suggestion=tiers.shown_suggestion(home, viewer=someone, on=today) if serves else None,
        waiting=waiting, mine=bool(waiting and waiting.proposed_by_user_id == someone.user_id),
        past=tiers_lists.history(home, viewer=someone) if serves else [],
        objected=tiers.open_objection_of(home.id) if serves else None, ends=END_BY_HAND,
        slow=not may_go_down(
            visits=state.visits if state else 0, set_on=state.set_on if state else None, today=today, rules=rules
        ),
    )  # fmt: skip


def _serve(household_id: int) -> Household:
    return queries.get_household(household_id, viewer=viewer(), permission=P.PROPOSE_TIER)


def _back(home: Household) -> ResponseReturnValue:
    return redirect(url_for(".tier_panel", household_id=home.id))


@bp.route("/<int:household_id>/tier/factor", methods=["GET", "POST"])
@needs(P.PROPOSE_TIER)
def tier_factor(household_id: int) -> ResponseReturnValue:
    """Write down that something weighs on this home."""
    home, now = _serve(household_id), clock.now()
    members = [
        (str(member.person_id), mask_name(member.person.name))
        for member in queries.members_of(home.id, on=clock.town_day(now))
    ]
    form = FactorForm(members=members)
    if form.validate_on_submit():
        done = submit(
            form, service.note_factor, home, actor=viewer(), code=form.code.data, source=Source(form.source.data),
            person_id=form.person_id, basis=form.basis.data or "", now=now,
        )  # fmt: skip
        if done:
            _say_noted(form.code.data)
            return _back(home)
    return render_template("households/tier_factor.html", form=form, home=home)


def _say_noted(code: str) -> None:
    """What was sent on is said; what it was is not repeated."""
    if FACTORS[code].restricted:
        flash(_("已送交有权查看的岗位。30 天内没有人确认就自动失效，内容不再显示给您。"), "ok")
    else:
        flash(_("记好了。等级不会自动变，需要时请提建议。"), "ok")


@bp.post("/tiers/factor/<int:factor_id>/end")
@needs(P.PROPOSE_TIER)
def tier_end_factor(factor_id: int) -> ResponseReturnValue:
    """A factor no longer holds."""
    return _end(factor_id, restricted=False)


@bp.post("/tiers/restricted/<int:factor_id>/end")
@needs(P.SEE_SENSITIVE_FACTORS)
def tier_end_restricted(factor_id: int) -> ResponseReturnValue:
    """A restricted factor no longer holds."""
    return _end(factor_id, restricted=True)


def _end(factor_id: int, *, restricted: bool) -> ResponseReturnValue:
    factor, home = tiers.get_factor(factor_id, viewer=viewer(), restricted=restricted)
    form = EndForm()
    if form.validate_on_submit() and submit(
        form, service.end_factor, factor, home, actor=viewer(), why=EndReason(form.why.data), now=clock.now()
    ):
        flash(_("这一项不再算了。"), "ok")
        return _back(home)
    return _panel(home, problem=_first_error(form))


@bp.post("/tiers/restricted/<int:factor_id>/confirm")
@needs(P.SEE_SENSITIVE_FACTORS)
def tier_confirm_restricted(factor_id: int) -> ResponseReturnValue:
    """Confirm a restricted factor by the record of a meeting."""
    factor, home = tiers.get_factor(factor_id, viewer=viewer(), restricted=True)
    form = ConfirmFactorForm()
    if form.validate_on_submit() and submit(
        form, service.confirm_factor, factor, home, actor=viewer(), ref=form.ref.data or "", now=clock.now()
    ):
        flash(_("已确认。"), "ok")
        return _back(home)
    return _panel(home, problem=_first_error(form))


def _first_error(form: EndForm | ConfirmFactorForm) -> str:
    return next((str(field.errors[0]) for field in form if field.errors), "") or next(iter(form.form_errors), "")


@bp.route("/<int:household_id>/tier/propose", methods=["GET", "POST"])
@needs(P.PROPOSE_TIER)
def tier_propose(household_id: int) -> ResponseReturnValue:
    """Propose a tier for this home, or to keep it."""
    home, now = _serve(household_id), clock.now()
    suggestion = tiers.shown_suggestion(home, viewer=viewer(), on=clock.town_day(now))
    form = ProposeForm(tier=suggestion.tier.value)
    if form.validate_on_submit() and submit(
        form, service.propose_tier, home, actor=viewer(), tier=CareTier(form.tier.data), words=form.words.data, now=now
    ):
        flash(_("建议已提交，由另一位确认。等级在确认前不变。"), "ok")
        return _back(home)
    return render_template("households/tier_propose.html", form=form, home=home, suggestion=suggestion, red=RED)


@bp.route("/tiers/<int:proposal_id>", methods=["GET", "POST"])
@needs(P.CONFIRM_TIER, P.CONFIRM_RED_TIER)
def tier_decide(proposal_id: int) -> ResponseReturnValue:
    """Agree to a proposal or not."""
    proposal, home = tiers.get_proposal(proposal_id, viewer=viewer())
    before, after = CareTier(proposal.from_tier), CareTier(proposal.to_tier)
    form, red = DecideForm(), touches_red(before, after)
    if form.validate_on_submit() and _decided(form, proposal_id):
        done = form.agree.data == "yes"
        flash(_("已确认，下次走访按新的等级安排。") if done else _("已答复不同意，等级不变。"), "ok")
        return _back(home)
    sees_all = tiers.may(home, viewer(), P.SEE_SENSITIVE_FACTORS)
    return render_template(
        "households/tier_decide.html", form=form, proposal=proposal, home=home, needs_meeting=red,
        down=is_down(before, after), who=tiers.post_titles({proposal.proposed_by_post_id}),
        may_decide=tiers.may(home, viewer(), P.CONFIRM_RED_TIER if red else P.CONFIRM_TIER),
        mine=proposal.proposed_by_user_id == viewer().user_id,
        suggestion=tiers.shown(
            proposal.computed_tier, proposal.total, proposal.reasons, proposal.rules_version, sees_all=sees_all
        ),
    )  # fmt: skip


def _decided(form: DecideForm, proposal_id: int) -> bool:
    proposal, home = tiers.get_proposal(proposal_id, viewer=viewer())
    actor, now = viewer(), clock.now()
    if form.agree.data == "no":
        words = form.words.data or ""
        return bool(submit(form, service.refuse_proposal, proposal, home, actor=actor, words=words, now=now))
    kind = MeetingKind(form.meeting_kind.data) if form.meeting_kind.data else None
    meeting = Meeting(form.meeting_on.data, kind, form.meeting_ref.data or "")
    return bool(submit(form, service.confirm_proposal, proposal, home, actor=actor, meeting=meeting, now=now))


@bp.post("/tiers/<int:proposal_id>/withdraw")
@needs(P.PROPOSE_TIER)
def tier_withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take back an own proposal."""
    proposal, home = tiers.get_proposal(proposal_id, viewer=viewer())
    with_form = EndForm()
    if submit(with_form, service.withdraw_proposal, proposal, home, actor=viewer(), now=clock.now()):
        flash(_("建议已撤回，等级不变。"), "ok")
        return _back(home)
    return _panel(home, problem=_first_error(with_form))


@bp.route("/<int:household_id>/tier/object", methods=["GET", "POST"])
@needs(P.PROPOSE_TIER)
def tier_object(household_id: int) -> ResponseReturnValue:
    """Write down what a home says against its tier."""
    home, form = _serve(household_id), ObjectForm()
    if form.validate_on_submit() and submit(
        form, service.object_to_tier, home, actor=viewer(), words=form.words.data, now=clock.now()
    ):
        flash(_("已记下，五个工作日内由另一位复核。"), "ok")
        return _back(home)
    return render_template("households/tier_object.html", form=form, home=home)


@bp.route("/tiers/objection/<int:objection_id>", methods=["GET", "POST"])
@needs(P.CONFIRM_TIER)
def tier_review(objection_id: int) -> ResponseReturnValue:
    """Answer an objection."""
    objection, home = tiers.get_objection(objection_id, viewer=viewer())
    form = ReviewForm()
    if form.validate_on_submit() and submit(
        form, service.answer_objection, objection, home, actor=viewer(), outcome=Verdict(form.outcome.data),
        answer=form.answer.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("已答复，这一户看得到。"), "ok")
        return _back(home)
    return render_template("households/tier_review.html", form=form, objection=objection, home=home)


@bp.get("/tiers")
@needs(*WORKS)
def tiers_list() -> ResponseReturnValue:
    """What waits for this viewer: proposals, objections, restricted factors."""
    someone, today = viewer(), clock.town_day(clock.now())
    return render_template(
        "households/tiers.html", page=tiers_lists.proposals(someone, after=request.args.get("after")),
        objections=tiers_lists.objections(someone), to_confirm=tiers_lists.to_confirm(someone, on=today),
        counts=tiers_lists.counts(someone, on=today), factors=FACTORS,
    )  # fmt: skip


@bp.get("/tiers/assess")
@needs(*WORKS)
def tiers_assess() -> ResponseReturnValue:
    """Homes to assess again."""
    someone, today = viewer(), clock.town_day(clock.now())
    page = tiers_lists.tasks(someone, after=request.args.get("after"))
    counts = tiers_lists.counts(someone, on=today)
    return render_template("households/tiers_assess.html", page=page, causes=Cause, counts=counts)


@bp.route("/<int:household_id>/care", methods=["GET", "POST"])
@needs(P.SEE_HOUSEHOLD)
def care(household_id: int) -> ResponseReturnValue:
    """A villager's own home: how often somebody comes and why, and asking for another look."""
    cards = [grant for grant in viewer().grants if grant.role == Role.RESIDENT]
    if not cards:
        raise Forbidden
    if not any(household_id in (card.household_ids or ()) for card in cards):
        raise Missing
    home, form, now = queries.get_household(household_id, viewer=viewer()), ObjectForm(), clock.now()
    if form.validate_on_submit() and submit(
        form, service.object_to_tier, home, actor=viewer(), words=form.words.data, now=now
    ):
        flash(_("收到了，五个工作日内给您答复。"), "ok")
        return redirect(url_for(".care", household_id=home.id))
    today = clock.town_day(now)
    return render_template(
        "households/tier_care.html", form=form, home=home, objections=tiers.objections_of(home.id),
        every=tiers.rules_for(home.path, on=today).interval(CareTier(home.tier)), outcomes=Verdict,
        reasons=tiers.own_reasons(home, on=today), waiting=tiers.open_objection_of(home.id),
    )  # fmt: skip
