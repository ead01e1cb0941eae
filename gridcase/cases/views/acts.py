"""What a move's form hands to the service: one line of wiring a move, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from gridcase.cases import forms, queries, service
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules import (
    Answer,
    ExtensionReason,
    Level,
    Rating,
    ReturnReason,
    Urgency,
    WhistleKind,
    closing_needs_note,
)
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.cases.views import finding
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.households.models import Household
from gridcase.people import queries as people
from gridcase.people.models import Post, Unit
from gridcase.people.rules import BodyKind
from gridcase.web.filters import show_datetime, translate


@dataclass(frozen=True)
class Act:
    """A move on the page: its form, what it does, and what is said afterwards."""

    form: type[forms.BaseForm]
    do: Callable[..., Any]
    said: Callable[[Case, Any], str]


def _class_of(form: Any) -> CaseClass | None:
    found = queries.class_by_code(form.case_class.data)
    if found is None:
        raise Refused(N_("请选一个类别。"), field="case_class")
    return found


def _helper(form: Any, actor: Viewer, now: datetime) -> Household | None:
    if "helper_household" not in form:
        return None
    return finding.searched(form.helper_household.data, someone=actor, now=now, field="helper_household")


def _rating(form: Any) -> Rating | None:
    return Rating(form.rating.data) if form.rating.data else None


def _accept(case: Case, form: forms.AcceptForm, *, actor: Viewer, now: datetime) -> Any:
    urgency = Urgency(int(form.urgency.data))
    return service.accept(case, actor=actor, now=now, case_class=_class_of(form), urgency=urgency, note=form.note.data)


def _sort(case: Case, form: forms.SortForm, *, actor: Viewer, now: datetime) -> Any:
    grid, case_class = grids.by_ids([int(form.grid.data)])[int(form.grid.data)], _class_of(form)
    if case_class is None:
        raise Refused(N_("请选一个类别。"), field="case_class")
    urgency = Urgency(int(form.urgency.data))
    return service.sort(
        case, actor=actor, now=now, case_class=case_class, grid=grid, urgency=urgency, note=form.note.data
    )


def _reject_duplicate(case: Case, form: forms.DuplicateForm, *, actor: Viewer, now: datetime) -> Any:
    first = queries.by_number(form.duplicate_of.data or "", viewer=actor)
    return service.reject_duplicate(case, actor=actor, now=now, first=first, note=form.note.data)


def _sent(function: Callable[..., Any]) -> Callable[..., Any]:
    """A move that names a post ("p7") or a unit ("u7")."""

    def do(case: Case, form: Any, *, actor: Viewer, now: datetime) -> Any:
        post, unit = _addressee(form.handler.data)
        return function(case, actor=actor, now=now, post=post, unit=unit, note=form.note.data)

    return do


def _dispatch(case: Case, form: forms.DispatchForm, *, actor: Viewer, now: datetime) -> Any:
    post, unit = _addressee(form.address)
    anyway = form.anyway.data if "anyway" in form else None
    return service.dispatch(case, actor=actor, now=now, post=post, unit=unit, note=form.note.data, anyway=anyway)


def _addressee(address: str) -> tuple[Post | None, Unit | None]:
    """The post ("p7") or unit ("u7") of a choice."""
    kind, key = address[:1], address[1:]
    if not (key.isascii() and key.isdigit()):
        raise Refused(N_("请选一个办理岗位或单位。"), field="handler")
    return (people.get_post(int(key)), None) if kind == "p" else (None, people.get_unit(int(key)))


def _ask_extension(case: Case, form: forms.ExtensionForm, *, actor: Viewer, now: datetime) -> Any:
    reason = ExtensionReason(form.extension_reason.data)
    return service.ask_extension(
        case, actor=actor, now=now, reason=reason, amount=form.amount.data or 0, note=form.note.data
    )


def _escalate(case: Case, form: forms.EscalateForm, *, actor: Viewer, now: datetime) -> Any:
    kind = WhistleKind(form.whistle_kind.data) if "whistle_kind" in form else None
    chosen = (form.units.data or []) if "units" in form else []
    units = [unit for unit in map(people.get_unit, chosen) if unit is not None]
    return service.escalate(case, actor=actor, now=now, note=form.note.data or "", kind=kind, units=units)


def _put_on_agenda(case: Case, form: forms.AgendaForm, *, actor: Viewer, now: datetime) -> Any:
    return service.put_on_agenda(
        case, actor=actor, now=now, council=BodyKind(form.council.data), planned_on=form.planned_on.data,
        note=form.note.data or "",
    )  # fmt: skip


def _agenda_outcome(case: Case, form: forms.AgendaOutcomeForm, *, actor: Viewer, now: datetime) -> Any:
    return service.agenda_outcome(
        case, actor=actor, now=now, outcome=AgendaOutcome(form.outcome.data), note=form.note.data or "",
        decision=form.decision.data or "",
    )  # fmt: skip


def _talked_over(case: Case, _step: Any) -> str:
    somebody = case.handler_post_id is not None or case.handler_unit_id is not None
    if case.closed_at is None and somebody:
        return _("商量的结果已记下，办理人会收到消息。")
    return _("商量的结果已记下。")


def _rated(function: Callable[..., Any]) -> Callable[..., Any]:
    """A move that says how content somebody is."""

    def do(case: Case, form: Any, *, actor: Viewer, now: datetime) -> Any:
        return function(case, actor=actor, now=now, rating=Rating(form.rating.data), note=form.note.data)

    return do


def _give_back(case: Case, form: forms.GiveBackForm, *, actor: Viewer, now: datetime) -> Any:
    reason = ReturnReason(form.return_reason.data)
    return service.give_back(case, actor=actor, now=now, reason=reason, note=form.note.data)


def _submit_result(case: Case, form: forms.ResultForm, *, actor: Viewer, now: datetime) -> Any:
    helper = _helper(form, actor, now)
    return service.submit_result(case, actor=actor, now=now, result=form.note.data or "", helper_household=helper)


def _record_answer(case: Case, form: forms.AnswerForm, *, actor: Viewer, now: datetime) -> Any:
    answer = None if form.answer.data == forms.NOT_REACHED else Answer(form.answer.data)
    return service.record_answer(case, actor=actor, now=now, answer=answer, rating=_rating(form), note=form.note.data)


def _paused(function: Callable[..., Any]) -> Callable[..., Any]:
    """Asking for a pause and granting one take the same."""

    def do(case: Case, form: Any, *, actor: Viewer, now: datetime) -> Any:
        reason, until = ExtensionReason(form.pause_reason.data), form.expected_on.data
        return function(case, actor=actor, now=now, reason=reason, until=until, note=form.note.data)

    return do


def _self_solve(case: Case, form: forms.SelfSolveForm, *, actor: Viewer, now: datetime) -> Any:
    return service.self_solve(
        case, actor=actor, now=now, result=form.note.data or "", answer=Answer(form.answer.data), rating=_rating(form),
        helper_household=_helper(form, actor, now), policy=service.closing_policy(),
    )  # fmt: skip


def _verify(case: Case, form: forms.MoveForm, *, actor: Viewer, now: datetime) -> Any:
    return service.verify(case, actor=actor, now=now, note=form.note.data, policy=service.closing_policy())


def _second_check(case: Case, form: forms.SecondCheckForm, *, actor: Viewer, now: datetime) -> Any:
    return service.second_check(case, actor=actor, now=now, passed=form.passed.data == "1", note=form.note.data)


def _noted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A move that takes a note and nothing else."""

    def do(case: Case, form: Any, *, actor: Viewer, now: datetime) -> Any:
        return function(case, actor=actor, now=now, note=form.note.data)

    return do


def _until(case: Case) -> str:
    return show_datetime(case.stage_due_at)


def _is_late(case: Case, step: Any) -> bool:
    return case.stage_due_at is not None and case.stage_due_at <= step.at


def _dispatched(case: Case, step: Any) -> str:
    if _is_late(case, step):
        return _("已派给%(to)s；这件事已经超期，请对方马上签收。", to=step.detail["to"])
    return _("已派给%(to)s，%(until)s 前签收。", to=step.detail["to"], until=_until(case))


def _accepted(case: Case, step: Any) -> str:
    if _is_late(case, step):
        return _("已受理；这件事已经超期，请马上派单。")
    return _("已受理，请在 %(until)s 前派单。", until=_until(case))


def _signed(case: Case, step: Any) -> str:
    if _is_late(case, step):
        return _("已签收；这件事已经超期，请马上办。")
    return _("已签收，请在 %(until)s 前办好。", until=_until(case))


def _answered(case: Case, step: Any) -> str:
    if step.detail["answer"] is None and case.answer is None:
        return _("已记下第 %(n)s 次没有联系上，满三次可以办结。", n=case.answer_attempts)
    if case.answer is not None and closing_needs_note(Answer(case.answer)):
        return _("答复已记下：群众说没有解决，下一步由核查的人退回重办。")
    return _("答复已记下，下一步由没有经手的人核查办结。")


def _extended(case: Case, _step: Any) -> str:
    return _("已延期，新的期限是 %(until)s。", until=show_datetime(case.due_at))


def _climbed(case: Case, step: Any) -> str:
    level = translate(Level(step.detail["level"]).label)
    if _is_late(case, step):
        return _("已提到%(level)s；这件事已经超期，请那里马上派单。", level=level)
    return _("已提到%(level)s，请那里在 %(until)s 前派单。", level=level, until=_until(case))


ACTS: dict[str, Act] = {
    "accept": Act(forms.AcceptForm, _accept, _accepted),
    "sort": Act(forms.SortForm, _sort, _accepted),
    "dispatch": Act(forms.DispatchForm, _dispatch, _dispatched),
    "self_solve": Act(forms.SelfSolveForm, _self_solve, lambda *_a: _("已办结。")),
    "reject_duplicate": Act(
        forms.DuplicateForm, _reject_duplicate, lambda _c, step: _("已并入 %(number)s。", number=step.detail["to"])
    ),
    "take_out": Act(
        forms.NotedForm, _noted(service.take_out), lambda *_a: _("已移出并件，期限仍从登记时算起，请受理。")
    ),
    "sign": Act(forms.MoveForm, _noted(service.sign), _signed),
    "submit_result": Act(forms.ResultForm, _submit_result, lambda *_a: _("结果已提交，下一步问群众的答复。")),
    "give_back": Act(forms.GiveBackForm, _give_back, lambda *_a: _("已退单，由派单的人重新派。")),
    "transfer": Act(forms.TransferForm, _sent(service.transfer), _dispatched),
    "add_helper": Act(
        forms.HelperForm, _sent(service.add_helper), lambda _c, step: _("已请%(to)s协办。", to=step.detail["to"])
    ),
    "ask_extension": Act(forms.ExtensionForm, _ask_extension, lambda *_a: _("已申请延期，准予以前仍按原期限计时。")),
    "grant_extension": Act(forms.MoveForm, _noted(service.grant_extension), _extended),
    "refuse_extension": Act(
        forms.NotedForm, _noted(service.refuse_extension), lambda *_a: _("已答复不准，申请的人会收到消息。")
    ),
    "ask_pause": Act(forms.SuspendForm, _paused(service.ask_pause), lambda *_a: _("已申请挂起，准予以前照常计时。")),
    "suspend": Act(forms.SuspendForm, _paused(service.suspend), lambda *_a: _("已挂起，时限顺延。")),
    "refuse_pause": Act(
        forms.NotedForm, _noted(service.refuse_pause), lambda *_a: _("已答复不准，申请的人会收到消息。")
    ),
    "escalate": Act(forms.EscalateForm, _escalate, _climbed),
    "put_on_agenda": Act(
        forms.AgendaForm,
        _put_on_agenda,
        lambda _c, step: _("已列入%(council)s议程，期限照常计时。", council=step.detail["council"]),
    ),
    "agenda_outcome": Act(forms.AgendaOutcomeForm, _agenda_outcome, _talked_over),
    "report_in": Act(forms.MoveForm, _noted(service.report_in), lambda *_a: _("已报到。")),
    "rate_units": Act(forms.RatingForm, _rated(service.rate_units), lambda *_a: _("评价已记下。")),
    "rate_whistle": Act(forms.RatingForm, _rated(service.rate_whistle), lambda *_a: _("评价已记下。")),
    "follow_up": Act(
        forms.NotedForm,
        _noted(service.follow_up),
        lambda _c, step: _("后续事件已登记，编号 %(to)s。", to=step.detail["to"]),
    ),
    "resume": Act(forms.MoveForm, _noted(service.resume), _signed),
    "contact": Act(forms.MoveForm, _noted(service.contact), lambda *_a: _("首次联系已记下。")),
    "record_answer": Act(forms.AnswerForm, _record_answer, _answered),
    "verify": Act(forms.MoveForm, _verify, lambda *_a: _("已核查办结。")),
    "rework": Act(forms.NotedForm, _noted(service.rework), lambda *_a: _("已退回重办，办理人会收到消息。")),
    "reopen": Act(forms.NotedForm, _noted(service.reopen), lambda *_a: _("已重启，回到办理中。")),
    "second_check": Act(forms.SecondCheckForm, _second_check, lambda *_a: _("复核结果已记下。")),
    "remind": Act(forms.MoveForm, _noted(service.remind), lambda *_a: _("已催办，办理人会收到消息。")),
    "comment": Act(forms.CommentForm, _noted(service.comment), lambda *_a: _("留言已记入办理过程。")),
    "withdraw": Act(forms.NotedForm, _noted(service.withdraw), lambda *_a: _("已撤回，不再办理。")),
    "void": Act(forms.NotedForm, _noted(service.void), lambda *_a: _("已作废，不再办理。")),
}
