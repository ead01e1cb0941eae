"""Papers of a case: the dispatch sheet with its deadline, the reply to the villager, the supervision sheet as PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep, SupervisionSheet
from gridcase.cases.rules import Channel, PartyKind, SheetState, State, Urgency
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.masking import mask_address, mask_name, mask_phone
from gridcase.core.paper import Fields, Paper, Seal, Signs, Words
from gridcase.core.pdf import write_pdf
from gridcase.core.permissions import Permission, Viewer
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date, show_datetime, translate
from gridcase.web.respond import pdf_file

SENDS = ("dispatch", "transfer")
Make = Callable[[Case, Viewer], Paper | None]


def menu(case: Case, line: Sequence[CaseStep], someone: Viewer, facts: Any) -> list[tuple[str, str]]:
    """(words, address) of the papers this case has."""
    found = []
    if _sent(line) is not None:
        found.append((_("交办单"), url_for("cases.print_order", case_id=case.id)))
    if _answered(case):
        found.append((_("答复意见书"), url_for("cases.print_reply", case_id=case.id)))
    if facts.has_sheets and someone.may(Permission.SUPERVISE_CASE):
        found += [
            (_("督办单"), url_for("cases.sheet", sheet_id=key)) for key in queries.sheets_of(case, viewer=someone)
        ]
    return found


@bp.get("/<int:case_id>/order")
@needs(Permission.SEE_CASE)
def print_order(case_id: int) -> ResponseReturnValue:
    """The dispatch sheet, ready to print."""
    return _page(case_id, order, "cases.print_order_pdf")


@bp.get("/<int:case_id>/order.pdf")
@needs(Permission.SEE_CASE)
def print_order_pdf(case_id: int) -> ResponseReturnValue:
    """The same as a file."""
    return _file(case_id, order, "order")


@bp.get("/<int:case_id>/reply")
@needs(Permission.SEE_CASE)
def print_reply(case_id: int) -> ResponseReturnValue:
    """The reply to the villager, ready to print."""
    return _page(case_id, reply, "cases.print_reply_pdf")


@bp.get("/<int:case_id>/reply.pdf")
@needs(Permission.SEE_CASE)
def print_reply_pdf(case_id: int) -> ResponseReturnValue:
    """The same as a file."""
    return _file(case_id, reply, "reply")


@bp.get("/supervision/<int:sheet_id>/sheet.pdf")
@needs(Permission.SUPERVISE_CASE)
def sheet_pdf(sheet_id: int) -> ResponseReturnValue:
    """A supervision sheet as a file."""
    one, case = queries.get_sheet(sheet_id, viewer=viewer())
    return pdf_file(write_pdf(supervision_paper(one, case), now=clock.now()), name=f"{case.number}-supervision")


def _page(case_id: int, make: Make, pdf: str) -> ResponseReturnValue:
    someone = viewer()
    case = queries.get_case(case_id, viewer=someone)
    paper = make(case, someone)
    if paper is None:
        return _not_yet(case)
    return render_template("cases/print.html", paper=paper, case=case, pdf_url=url_for(pdf, case_id=case.id))


def _file(case_id: int, make: Make, name: str) -> ResponseReturnValue:
    someone = viewer()
    case = queries.get_case(case_id, viewer=someone)
    paper = make(case, someone)
    if paper is None:
        return _not_yet(case)
    return pdf_file(write_pdf(paper, now=clock.now()), name=f"{case.number}-{name}")


def _not_yet(case: Case) -> ResponseReturnValue:
    """A link kept from before, or typed: say why there is nothing to print."""
    flash(_("这份材料还没有：派单以后有交办单，有了办理结果才有答复意见书。"), "warning")
    return redirect(url_for("cases.show", case_id=case.id))


def order(case: Case, someone: Viewer) -> Paper | None:
    """Whom it was sent to, by when, and what the villager said; None before it was sent."""
    step = _sent(queries.steps(case.id))
    if step is None:
        return None
    names = queries.facts(case)
    helping = [one for one in case.parties if one.ended_at is None and one.kind == PartyKind.HELPER]
    sign_by = show_datetime(case.stage_due_at) if case.state == State.DISPATCHED else ""
    rows: list[list[tuple[str, str]]] = [
        [(_("承办"), names.unit_name or names.post_title or step.detail.get("to", ""))],
        *([[(_("协办"), translate(list(queries.named_parties(helping))))]] if helping else []),
        [(_("办结期限"), show_datetime(case.due_at)), (_("签收期限"), sign_by or "—")],
        [(_("派单人"), step.actor_name), (_("派单时间"), show_datetime(step.at))],
        [(_("事项"), case.title)],
        [(_("类别"), class_name(case.case_class)), (_("轻重缓急"), translate(Urgency(case.urgency).label))],
        [(_("地点"), _place(names, case, named=_reads_names(case, someone)))],
        *_reporter(case, someone),
        [(_("登记时间"), show_datetime(case.registered_at)), (_("从哪里来"), _came_from(case))],
        [(_("反映内容"), case.text or case.title)],
        *([[(_("交代"), step.note)]] if step.note else []),
    ]
    return Paper(
        names.town_name, _("交办单"), case.number, show_date(step.at),
        [
            Fields(rows),
            Words(_("请在办结期限以前办好并提交结果；不能按期办结的，请在期限以前申请延期。")),
            Signs([_("派单人"), _("签收人"), _("签收时间")]),
            Seal(names.town_name, _("（盖章）"), show_date(step.at)),
        ],
        number_label=_("编号："),
    )  # fmt: skip


def reply(case: Case, someone: Viewer) -> Paper | None:
    """What was done, told to the villager; None before there is a result."""
    if not _answered(case):
        return None
    names, named = queries.facts(case), _reads_names(case, someone)
    at = _result_at(case)
    office = names.unit_name or names.village_name or names.town_name
    who = case.reporter_name or names.head_name
    whom = _("反映人") if case.anonymous or not who else (who if named else mask_name(who))
    said = _("您 %(day)s反映的“%(title)s”（编号 %(number)s）已经办理，现答复如下：",
             day=show_date(case.registered_at), title=case.title, number=case.number)  # fmt: skip
    if case.closed_at is not None and case.state == State.CLOSED:
        until = case.closed_at + timedelta(days=current().reopen_days)
        other = _("您有不同意见的，请在 %(day)s以前告诉我们，可以重新办理。", day=show_date(until))
    else:
        other = _("您有不同意见的，请告诉我们，可以重新办理。")
    return Paper(
        office, _("答复意见书"), case.number, show_date(at),
        [
            Words(_("%(name)s：", name=whom)),
            Words(said),
            Words(case.result or ""),
            Words(other),
            Signs([_("经办人"), _("反映人签收")]),
            Seal(office, _("（盖章）"), show_date(at)),
        ],
        number_label=_("编号："),
    )  # fmt: skip


def supervision_paper(sheet: SupervisionSheet, case: Case) -> Paper:
    """The sheet as its page shows it."""
    names, state = queries.facts(case), SheetState(sheet.state)
    rows: list[list[tuple[str, str]]] = [
        [(_("事件编号"), case.number)],
        [(_("事项"), case.title)],
        [(_("状态"), translate(State(case.state).label)), (_("在谁手上"), names.unit_name or names.post_title or "")],
        [(_("地点"), names.village_name or names.town_name), (_("原期限"), show_datetime(sheet.due_at))],
    ]
    blocks: list[Any] = []
    if state is SheetState.SIGNED:
        rows.append([(_("督办要求"), sheet.demand or "")])
        rows.append([(_("反馈日期"), show_date(sheet.answer_by)), (_("签发人"), sheet.decided_by_name or "")])
        blocks = [
            Signs([_("签发人"), _("承办人")]),
            Seal(names.town_name, _("（盖章）"), show_date(sheet.decided_at)),
        ]
    elif state is SheetState.DROPPED:
        rows.append([(_("不签发的原因"), sheet.demand or "")])
    else:
        rows.append([(_("本单"), _("系统拟稿，签发后生效"))])
    return Paper(
        names.town_name, _("督办单"), f"DB-{sheet.id:06d}", show_date(sheet.decided_at or sheet.drafted_at),
        [Fields(rows), *blocks], number_label=_("编号："),
    )  # fmt: skip


def _sent(line: Sequence[CaseStep]) -> CaseStep | None:
    return next((step for step in reversed(line) if step.move in SENDS), None)


def _answered(case: Case) -> bool:
    return bool(case.result) and case.state in (State.FEEDBACK, State.CLOSED)


def _result_at(case: Case) -> Any:
    results = ("submit_result", "self_solve")
    found = next((step for step in reversed(queries.steps(case.id)) if step.move in results), None)
    return found.at if found else case.closed_at or case.registered_at


def _reads_names(case: Case, someone: Viewer) -> bool:
    return Permission.SEE_REPORTER in queries.permissions_over(case, someone)


def _reporter(case: Case, someone: Viewer) -> list[list[tuple[str, str]]]:
    if case.anonymous:
        return [[(_("反映人"), _("不愿留名"))]]
    if not case.reporter_name:
        return []
    named, phone = _reads_names(case, someone), case.reporter_phone or ""
    name = case.reporter_name if named else mask_name(case.reporter_name)
    return [[(_("反映人"), name), (_("电话"), phone if named else mask_phone(phone))]]


def _place(names: Any, case: Case, *, named: bool) -> str:
    """The place as the page of the case says it: a home's address in full only with its name."""
    inner, address = names.place_name if names.place_level in ("group", "cell") else "", case.address or ""
    if not named and address == names.home_address:
        address = mask_address(address)
    parts = [names.town_name, names.village_name or "", inner, address]
    return " ".join(part for part in parts if part)


def _came_from(case: Case) -> str:
    words = translate(Channel(case.channel).label)
    return f"{words} {case.source_no}" if case.source_no else words
