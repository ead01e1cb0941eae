"""Honours: rounds with their candidates, opinion, public notice and plates; what a home wants to be read of it."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.honours import (
    AnswerForm,
    ChoiceForm,
    HangForm,
    NameForm,
    ObjectForm,
    RevokeForm,
    RoundForm,
)
from gridcase.affairs.models import Award, AwardRound
from gridcase.affairs.queries import activities as activity_queries
from gridcase.affairs.queries import honours as queries
from gridcase.affairs.rules import HONOUR_POINTS, AwardKind, AwardLevel, AwardState, RoundState
from gridcase.affairs.service import honours as service
from gridcase.affairs.views.base import GIVES, JOINS, bp, say_refusals, today
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.sheets_out import write_xlsx
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import BaseForm, options, submit
from gridcase.web.respond import xlsx_file

OBJECTS = Permission.OBJECT_POINTS


def village_of(villages: list[Grid]) -> Grid | None:
    """The village asked for, else the first."""
    wanted = request.args.get("village", type=int)
    return next((one for one in villages if one.id == wanted), villages[0] if villages else None)


@bp.get("/affairs/awards")
@needs(GIVES, JOINS, OBJECTS)
def awards() -> ResponseReturnValue:
    """The rounds of a village, and how many homes hold which honour."""
    someone = viewer()
    villages = queries.villages(someone, on=today())
    village = village_of(villages)
    page = queries.rounds(someone, village, after=request.args.get("after")) if village else None
    return render_template(
        "affairs/awards.html", villages=villages, village=village, page=page, kinds=AwardKind, states=RoundState,
        levels=AwardLevel, counts=queries.counts(village) if village else [],
        gives=bool(village) and activity_queries.may(village.path, someone, GIVES) if village else False,
        own=_own_homes(),
    )  # fmt: skip


def _own_homes() -> list[int]:
    """The one home of a villager's account."""
    ids = {one for grant in viewer().grants_with(JOINS) for one in grant.household_ids or ()}
    return sorted(ids) if len(ids) == 1 else []


@bp.route("/affairs/awards/new", methods=["GET", "POST"])
@needs(GIVES)
def new_round() -> ResponseReturnValue:
    """Begin a round."""
    day = today()
    form = RoundForm(
        client_uuid=str(uuid4()), kind=AwardKind.CIVIL.value, level=AwardLevel.VILLAGE.value, places=10,
        counts_from=day.replace(month=1, day=1), counts_to=day,
    )  # fmt: skip
    form.offer([(one.id, one.name) for one in queries.villages(viewer(), on=day, permission=GIVES)])
    if form.validate_on_submit():
        plan = service.Plan(
            AwardKind(form.kind.data), AwardLevel(form.level.data), form.name.data or "", form.places.data or 0,
            form.counts_from.data or day, form.counts_to.data or day,
        )  # fmt: skip
        made = submit(
            form, service.begin, actor=viewer(), village=db.session.get_one(Grid, form.village.data),
            client_uuid=form.client_uuid.data or "", plan=plan, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, AwardRound):
            return redirect(url_for(".candidates", round_id=made.id))
    return render_template("affairs/round_new.html", form=form)


@bp.get("/affairs/awards/<int:round_id>")
@needs(GIVES, JOINS, OBJECTS)
def award_round(round_id: int) -> ResponseReturnValue:
    """One round: who is named, and what comes next."""
    someone, day = viewer(), today()
    one = queries.get_round(round_id, viewer=someone, on=day)
    gives = activity_queries.may(one.path, someone, GIVES)
    rows = queries.named_in(one)
    nameless = households.child_led([row.Award.household_id for row in rows], on=day)
    return render_template(
        "affairs/round.html", one=one, gives=gives, rows=rows, day=day, nameless=nameless, kind=AwardKind(one.kind),
        state=RoundState(one.state), level=AwardLevel(one.level), points=HONOUR_POINTS[AwardLevel(one.level)],
        states=AwardState, RoundState=RoundState, mine=service.began(one, someone), form=BaseForm(formdata=None),
        waiting=sum(row.Award.objected_at is not None and row.Award.answered_at is None for row in rows),
        may_object=someone.may(OBJECTS) and one.state == RoundState.NOTICE and bool(one.notice_until)
        and day <= (one.notice_until or day),
    )  # fmt: skip


@bp.route("/affairs/awards/<int:round_id>/candidates", methods=["GET", "POST"])
@needs(GIVES)
def candidates(round_id: int) -> ResponseReturnValue:
    """Homes by their points on each board; name them from here."""
    someone, day = viewer(), today()
    one = queries.get_round(round_id, viewer=someone, on=day, gives=True)
    form = NameForm()
    if form.validate_on_submit():
        home = db.session.get(Household, form.home.data)
        if home is None:
            raise Missing
        made = submit(
            form, service.name_home, one, home, actor=someone, stars=form.stars.data or None,
            deeds=form.deeds.data or "", now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Award):
            flash(_("已提名 %(name)s。", name=mask_name(home.head_name)), "ok")
            return redirect(url_for(".candidates", round_id=round_id))
    village = db.session.get_one(Grid, one.village_id)
    return render_template(
        "affairs/candidates.html", one=one, form=form, boards=queries.board_names(one.village_id, on=day),
        rows=queries.candidates(village, first=one.counts_from, last=one.counts_to, on=day), kind=AwardKind(one.kind),
        named={award.household_id for award in queries.awards_of(one, *AwardState)}, stars=AwardKind.STARS,
        named_count=len(queries.awards_of(one, AwardState.NAMED)), RoundState=RoundState,
    )  # fmt: skip


@bp.get("/affairs/awards/<int:round_id>/export")
@needs(GIVES)
def export(round_id: int) -> ResponseReturnValue:
    """The candidates as a table: points by board and vetoes; masked names, for it leaves the house."""
    day = today()
    one = queries.get_round(round_id, viewer=viewer(), on=day, gives=True)
    village = db.session.get_one(Grid, one.village_id)
    boards = queries.board_names(one.village_id, on=day)
    rows = queries.candidates(village, first=one.counts_from, last=one.counts_to, on=day, limit=2000)
    heads = [_("户编号"), _("户主"), _("网格"), *boards.values(), _("合计"), _("一票否决到")]
    nameless = households.child_led([row.household_id for row in rows], on=day)
    table = [
        [row.code, "" if row.household_id in nameless else mask_name(row.head_name), row.place,
         *(row.boards.get(code, 0) for code in boards), row.total,
         row.frozen_until]
        for row in rows
    ]  # fmt: skip
    return xlsx_file(write_xlsx(heads, table, title=_("候选户")), name=f"candidates-{one.id}")


@bp.post("/affairs/awards/unname/<int:award_id>")
@needs(GIVES)
def unname(award_id: int) -> ResponseReturnValue:
    """Take a nomination back."""
    award, one = queries.get_award(award_id, viewer=viewer(), on=today(), gives=True)
    form = BaseForm()
    if form.validate_on_submit() and submit(form, service.unname, award, one, actor=viewer(), now=clock.now()):
        flash(_("已取消提名。"), "ok")
    say_refusals(form)
    return redirect(url_for(".award_round", round_id=one.id))


@bp.route("/affairs/awards/<int:round_id>/hang", methods=["GET", "POST"])
@needs(GIVES)
def hang_out(round_id: int) -> ResponseReturnValue:
    """With a council's opinion it hangs out."""
    one = queries.get_round(round_id, viewer=viewer(), on=today(), gives=True)
    form = HangForm()
    opinions = people.passed_decisions(one.village_id, kind=DecisionKind.COUNCIL, on=today(), body=service.COUNCIL)
    form.decision.choices = options([(row.id, f"{row.number} {row.title}") for row in opinions])
    if form.validate_on_submit() and submit(
        form, service.hang_out, one, actor=viewer(), decision_id=form.decision.data, days=form.days.data or 0,
        now=clock.now(),
    ):  # fmt: skip
        flash(_("已公示到 %(day)s。", day=show_date(one.notice_until)), "ok")
        return redirect(url_for(".award_round", round_id=round_id))
    return render_template("affairs/round_hang.html", one=one, form=form, opinions=opinions)


@bp.route("/affairs/awards/object/<int:award_id>", methods=["GET", "POST"])
@needs(OBJECTS)
def object_award(award_id: int) -> ResponseReturnValue:
    """Say why a home should not be honoured."""
    award, one = queries.get_award(award_id, viewer=viewer(), on=today())
    form = ObjectForm()
    if form.validate_on_submit() and submit(
        form, service.object_to, award, one, actor=viewer(), reason=form.reason.data or "", now=clock.now()
    ):
        flash(_("异议已提交，核实清楚以前不授予。"), "ok")
        return redirect(url_for(".award_round", round_id=one.id))
    return render_template("affairs/award_object.html", form=form, one=one, award=award, name=_masked(award))


@bp.route("/affairs/awards/answer/<int:award_id>", methods=["GET", "POST"])
@needs(GIVES)
def answer_award(award_id: int) -> ResponseReturnValue:
    """Answer an objection."""
    award, one = queries.get_award(award_id, viewer=viewer(), on=today(), gives=True)
    form = AnswerForm()
    form.offer()
    if form.validate_on_submit() and submit(
        form, service.answer, award, one, actor=viewer(), upheld=form.upheld.data == "yes",
        words=form.words.data or "", now=clock.now(),
    ):  # fmt: skip
        flash(_("已答复。"), "ok")
        return redirect(url_for(".award_round", round_id=one.id))
    return render_template("affairs/award_answer.html", form=form, one=one, award=award, name=_masked(award))


def _masked(award: Award) -> str:
    if households.child_led([award.household_id], on=today()):
        return _("一户（不写姓名）")
    return mask_name(households.names_of([award.household_id]).get(award.household_id, ""))


@bp.post("/affairs/awards/<int:round_id>/approve")
@needs(GIVES)
def approve(round_id: int) -> ResponseReturnValue:
    """A second person gives the honours."""
    one, form = queries.get_round(round_id, viewer=viewer(), on=today(), gives=True), BaseForm()
    if form.validate_on_submit():
        done = submit(form, service.approve, one, actor=viewer(), now=clock.now())
        if done is not None:
            flash(_("已授予 %(n)s 户，荣誉分已记。", n=int(done)), "ok")
    say_refusals(form)
    return redirect(url_for(".award_round", round_id=round_id))


@bp.post("/affairs/awards/<int:round_id>/drop")
@needs(GIVES)
def drop_round(round_id: int) -> ResponseReturnValue:
    """The round is given up."""
    one, form = queries.get_round(round_id, viewer=viewer(), on=today(), gives=True), BaseForm()
    if form.validate_on_submit() and submit(form, service.drop, one, actor=viewer(), now=clock.now()):
        flash(_("已停办。"), "ok")
    say_refusals(form)
    return redirect(url_for(".award_round", round_id=round_id))


@bp.route("/affairs/awards/revoke/<int:award_id>", methods=["GET", "POST"])
@needs(GIVES)
def revoke(award_id: int) -> ResponseReturnValue:
    """Take an honour back."""
    award, one = queries.get_award(award_id, viewer=viewer(), on=today(), gives=True)
    form = RevokeForm()
    if form.validate_on_submit() and submit(
        form, service.revoke, award, one, actor=viewer(), reason=form.reason.data or "", now=clock.now()
    ):
        flash(_("已撤销，荣誉分已收回。"), "ok")
        return redirect(url_for(".award_round", round_id=one.id))
    return render_template("affairs/award_revoke.html", form=form, one=one, award=award, name=_masked(award))


@bp.get("/affairs/awards/plate/<int:award_id>")
@needs(GIVES)
def plate(award_id: int) -> ResponseReturnValue:
    """The star plate, to print."""
    award, one = queries.get_award(award_id, viewer=viewer(), on=today(), gives=True)
    if award.plate is None or award.state != AwardState.GIVEN:
        raise Missing
    village = db.session.get_one(Grid, one.village_id)
    home = db.session.get_one(Household, award.household_id)
    name = home.code if households.child_led([home.id], on=today()) else home.head_name
    return render_template("affairs/plate.html", award=award, one=one, village=village, name=name)


@bp.route("/affairs/choice/<int:household_id>", methods=["GET", "POST"])
@needs(JOINS)
def choice(household_id: int) -> ResponseReturnValue:
    """What a home says about being compared and being named."""
    home = households.get_household(household_id, viewer=viewer(), permission=JOINS)
    said = queries.choice_of(home.id)
    form = ChoiceForm(compared=said.compared if said else True, named=said.named if said else False)
    if form.validate_on_submit() and submit(
        form, service.choose, home, actor=viewer(), compared=bool(form.compared.data), named=bool(form.named.data),
        now=clock.now(),
    ):  # fmt: skip
        flash(_("已记下，随时可以改。"), "ok")
        return redirect(url_for(".choice", household_id=household_id))
    return render_template("affairs/choice.html", form=form, home=home, said=said)
