"""The public notice of a village, the ledger of a household, objections and their answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.calendar.queries import work_calendar
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.households import queries as households
from gridcase.points import queries, service
from gridcase.points.forms.notices import ObjectForm, SettleForm
from gridcase.points.rules import CASE_RULES, Module
from gridcase.points.rules.notices import answer_by
from gridcase.points.rules.periods import Period, PeriodKind
from gridcase.points.rules.schemes import YearEnd
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import options, submit

PRINT_MOST = 500  # entries on one printed notice


@bp.get("/")
@needs(Permission.SEE_POINTS, Permission.MANAGE_TOWN)
def index() -> ResponseReturnValue:
    """What a village has under public notice, masked."""
    boards = queries.boards(viewer())
    if not boards:
        return render_template("points/none.html")
    village = village_of(boards)
    if Module.POINTS not in queries.modules_on(village.path, on=today()):
        return render_template("points/closed.html", village=village, villages=boards, sets=False)
    page = queries.notice_board(viewer=viewer(), village_id=village.id, after=request.args.get("after"))
    return render_template(
        "points/board.html", page=page, village=village, boards=boards, rules=CASE_RULES, today=today(),
        waiting=queries.count_objections(viewer()), published=queries.published(village.id),
        year=queries.open_year(village.id, on=today()), Period=Period, PeriodKind=PeriodKind, YearEnd=YearEnd,
        homes=queries.own_balances(viewer()),
        own=queries.own_objections(viewer(), village_id=village.id) if viewer().may(Permission.OBJECT_POINTS) else [],
    )  # fmt: skip


@bp.get("/print")
@needs(Permission.SEE_POINTS, Permission.MANAGE_TOWN)
def print_board() -> ResponseReturnValue:
    """The public notice as a village puts it on its wall."""
    village = village_of(queries.boards(viewer()))
    page = queries.notice_board(viewer=viewer(), village_id=village.id, size=PRINT_MOST)
    return render_template("points/print.html", page=page, village=village, rules=CASE_RULES, today=today())


@bp.get("/household/<int:household_id>")
@needs(Permission.SEE_POINTS)
def ledger(household_id: int) -> ResponseReturnValue:
    """What a household holds and how it came."""
    home = households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_POINTS)
    return render_template(
        "points/ledger.html", home=home, place=grids.names_of([home.grid_id]).get(home.grid_id), rules=CASE_RULES,
        balances=queries.balances_of(home.id, viewer=viewer()), today=today(),
        vetoes=queries.vetoes_of(home.id, viewer=viewer(), on=today()),
        classes=queries.classes_of(home.id, village_id=home.village_id, on=today()),
        page=queries.entries_of(home.id, viewer=viewer(), after=request.args.get("after")),
        state=queries.seal_state_of_home(home.id, viewer=viewer()),
        year=queries.open_year(home.village_id, on=today()), YearEnd=YearEnd,
    )  # fmt: skip


@bp.route("/<int:transfer_id>/object", methods=["GET", "POST"])
@needs(Permission.OBJECT_POINTS)
def object_to(transfer_id: int) -> ResponseReturnValue:
    """Say why points under public notice are not right."""
    row = queries.on_notice(transfer_id, viewer=viewer())
    award = queries.get_award(transfer_id)
    form = ObjectForm()
    if form.validate_on_submit() and submit(
        form, service.object_to, award, actor=viewer(), reason=form.reason.data, now=clock.now()
    ):
        flash(_("异议已提交，这一笔先不生效，等评议小组复核。"), "ok")
        return redirect(url_for(".index", village=award.village_id))
    return render_template("points/object.html", form=form, row=row, rules=CASE_RULES)


@bp.get("/objections")
@needs(Permission.REVIEW_POINTS)
def objections() -> ResponseReturnValue:
    """Objections that wait for an answer."""
    page = queries.open_objections(viewer(), after=request.args.get("after"))
    workday = work_calendar().next_workday
    until = {row.id: answer_by(row.objected_on, next_workday=workday) for row in page.rows if row.objected_on}
    return render_template("points/objections.html", page=page, rules=CASE_RULES, until=until)


@bp.route("/<int:transfer_id>/settle", methods=["GET", "POST"])
@needs(Permission.REVIEW_POINTS)
def settle(transfer_id: int) -> ResponseReturnValue:
    """Answer an objection."""
    try:
        row = queries.objection(transfer_id, viewer=viewer())
    except Missing:
        done = queries.elsewhere.objection_done(transfer_id, viewer=viewer())
        return render_template(
            "points/already.html", done=done, back=url_for(".objections"), back_words=N_("待复核异议")
        )
    award = queries.get_award(transfer_id)
    form = SettleForm()
    form.upheld.choices = options(
        [("yes", N_("异议成立，冲回这一笔积分")), ("no", N_("异议不成立，公示期满后照常生效"))]
    )
    if form.validate_on_submit() and submit(
        form, service.settle_objection, award, actor=viewer(), upheld=form.upheld.data == "yes",
        note=form.note.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("复核意见已记下。"), "ok")
        return redirect(url_for(".objections"))
    return render_template("points/settle.html", form=form, row=row, rules=CASE_RULES)
