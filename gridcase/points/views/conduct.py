"""The conduct file of a home, with its own word to each entry; requests for correction and their answers."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.sheets_out import write_xlsx
from gridcase.households import queries as households
from gridcase.points import queries, service
from gridcase.points.forms.conduct import AnswerForm, CorrectionForm, ReplyForm
from gridcase.points.queries.conduct import PRINTED_MOST, Posted
from gridcase.points.rules import CASE_RULES
from gridcase.points.views.base import bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/household/<int:household_id>/conduct")
@needs(Permission.SEE_POINTS)
def conduct(household_id: int) -> ResponseReturnValue:
    """What was posted for a home and why, with its own word beside it."""
    home = households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_POINTS)
    return render_template(
        "points/conduct.html", home=home, rules=CASE_RULES,
        page=queries.conduct.conduct(home.id, viewer=viewer(), after=request.args.get("after")),
        totals=queries.conduct.totals(home.id, viewer=viewer()),
    )  # fmt: skip


@bp.get("/household/<int:household_id>/conduct/print")
@needs(Permission.SEE_POINTS)
def conduct_print(household_id: int) -> ResponseReturnValue:
    """The conduct file on paper."""
    home = households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_POINTS)
    page = queries.conduct.conduct(home.id, viewer=viewer(), size=PRINTED_MOST)
    return render_template(
        "points/conduct_print.html", home=home, page=page, rules=CASE_RULES, today=today(),
        totals=queries.conduct.totals(home.id, viewer=viewer()), office=_office(home.village_id),
    )  # fmt: skip


def _office(village_id: int) -> str:
    return next((one.name for one in queries.boards(viewer()) if one.id == village_id), "")


@bp.get("/household/<int:household_id>/conduct.xlsx")
@needs(Permission.SEE_POINTS)
def conduct_sheet(household_id: int) -> ResponseReturnValue:
    """The conduct file for a spreadsheet."""
    home = households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_POINTS)
    rows = queries.conduct.conduct(home.id, viewer=viewer(), size=PRINTED_MOST).rows
    heads = [
        _("记入日期"), _("事项"), _("积分"), _("凭证"), _("同意"), _("不同意"), _("回避"), _("公示开始"),
        _("公示到"), _("结果"), _("本户说明"), _("更正答复"),
    ]  # fmt: skip
    cells = [_cells(row) for row in rows]
    title = _("%(name)s户诚信档案", name=mask_name(home.head_name)).replace("*", "某")
    body = write_xlsx(heads, cells, title=title)
    name = f"conduct-{home.code}.xlsx"
    return Response(body, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _cells(row: Posted) -> list[object]:
    named = row.item or (translate(CASE_RULES[row.rule].label) if row.rule in CASE_RULES else row.rule)
    stands = {None: _("公示中"), "merit": _("已生效"), "reversed": _("已冲回")}[row.outcome]
    return [
        clock.town_day(row.at), named, row.points, row.evidence, row.votes_for, row.votes_against, row.recused,
        row.opens_on, row.last_day, stands, row.reply, row.correction_answer,
    ]  # fmt: skip


@bp.route("/entry/<int:transfer_id>/reply", methods=["GET", "POST"])
@needs(Permission.DECLARE_POINTS)
def reply(transfer_id: int) -> ResponseReturnValue:
    """The home's own word to one entry."""
    row = queries.conduct.entry(transfer_id, viewer=viewer())
    form = ReplyForm(text=row.reply)
    if form.validate_on_submit() and submit(
        form, service.reply, queries.get_award(transfer_id), text=form.text.data or "", actor=viewer(),
        now=clock.now(),
    ):  # fmt: skip
        flash(_("说明已放在这一条旁边。") if form.text.data else _("说明已去掉。"), "ok")
        return redirect(url_for(".conduct", household_id=row.household_id))
    return render_template("points/say.html", form=form, row=row, rules=CASE_RULES, correct=False)


@bp.route("/entry/<int:transfer_id>/correct", methods=["GET", "POST"])
@needs(Permission.DECLARE_POINTS)
def ask_correction(transfer_id: int) -> ResponseReturnValue:
    """Ask that an entry be put right after its notice."""
    row = queries.conduct.entry(transfer_id, viewer=viewer())
    form = CorrectionForm()
    if form.validate_on_submit() and submit(
        form, service.ask_correction, queries.get_award(transfer_id), reason=form.reason.data or "", actor=viewer(),
        now=clock.now(),
    ):  # fmt: skip
        flash(_("已申请更正，评议小组五个工作日内答复。"), "ok")
        return redirect(url_for(".conduct", household_id=row.household_id))
    return render_template("points/say.html", form=form, row=row, rules=CASE_RULES, correct=True)


@bp.get("/corrections")
@needs(Permission.REVIEW_POINTS)
def corrections() -> ResponseReturnValue:
    """Requests for correction that wait for an answer."""
    page = queries.conduct.corrections(viewer(), after=request.args.get("after"))
    return render_template("points/corrections.html", page=page)


@bp.route("/corrections/<int:correction_id>", methods=["GET", "POST"])
@needs(Permission.REVIEW_POINTS)
def correction(correction_id: int) -> ResponseReturnValue:
    """Answer a request for correction."""
    asked, shown, row = queries.conduct.correction(correction_id, viewer=viewer())
    form = AnswerForm()
    if form.validate_on_submit() and submit(
        form, service.answer_correction, asked, granted=form.granted.data == "yes", answer=form.answer.data or "",
        actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("复核意见已记下。"), "ok")
        return redirect(url_for(".corrections"))
    return render_template("points/correction.html", form=form, asked=shown, row=row, rules=CASE_RULES)
