"""How a deadline and a step are said: what is left, how late, what happened. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.cases.rules.moves import move_named
from gridcase.cases.rules.states import ExtensionReason, Level, RequestKind, ReturnReason
from gridcase.cases.rules.voices import News
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.words import N_, Text
from gridcase.core.worktime import HOURS_A_DAY, LimitUnit, WorkCalendar

FAR = timedelta(days=60)  # beyond this, calendar days say it well enough
NO_CLOCK = N_("尚未计时")

_TO: Mapping[str, Text] = {
    "dispatch": N_("派给%(to)s"),
    "transfer": N_("转给%(to)s"),
    "add_helper": N_("请%(to)s协办"),
    "follow_up": N_("后续事件 %(to)s"),
    "reject_duplicate": N_("附议 %(to)s"),
}
# Where the duty list names the town as helping only.
_SENT: Mapping[str, Text] = {
    "dispatch": N_("派给%(to)s（配合履职，%(lead)s牵头）"),
    "transfer": N_("转给%(to)s（配合履职，%(lead)s牵头）"),
}
# What was done, where it reads otherwise than the button.
_HAPPENED: Mapping[str, Text] = {
    "accept": N_("已受理"),
    "self_solve": N_("已自办自结"),
    "sign": N_("已签收"),
    "submit_result": N_("已提交结果"),
    "give_back": N_("已退单"),
    "ask_extension": N_("申请了延期"),
    "grant_extension": N_("已准予延期"),
    "refuse_extension": N_("未准予延期"),
    "ask_pause": N_("申请了挂起"),
    "suspend": N_("已挂起"),
    "refuse_pause": N_("未准予挂起"),
    "resume": N_("已恢复办理"),
    "report_in": N_("已报到"),
    "rate_units": N_("已评价部门"),
    "rate_whistle": N_("已评价哨件"),
    "contact": N_("联系上反映人"),
    "record_answer": N_("已记录答复"),
    "verify": N_("已核查办结"),
    "rework": N_("已退回重办"),
    "reopen": N_("已重启"),
    "take_out": N_("已移出并件"),
    "remind": N_("已催办"),
    "supervise": N_("已督办"),
    "hand_back": N_("已交回派单"),
    "withdraw": N_("已撤回"),
    "void": N_("已作废"),
    "register": N_("已登记"),
    "import": N_("从其他系统导入"),
    "attempt": N_("联系群众，未接通"),
    "check_passed": N_("复核通过"),
    "check_failed": N_("复核不通过"),
}
_LAPSED: Mapping[str, Text] = {
    RequestKind.EXTENSION: N_("延期申请没有等到答复，自动失效"),
    RequestKind.PAUSE: N_("挂起申请没有等到答复，自动失效"),
}
_MEDIATED: Mapping[str, Text] = {
    "opened": N_("开始调解"),
    "reopened": N_("恢复调解"),
    "agreed": N_("调解达成协议"),
    "failed": N_("调解未达成协议"),
    "withdrawn": N_("当事人撤回调解"),
    "referred": N_("调解转仲裁或诉讼"),
}


def time_left(*, due_at: datetime | None, now: datetime, unit: LimitUnit, calendar: WorkCalendar) -> Text:
    """What is left until a due time, or how late it is, in the unit its limit is counted in."""
    if due_at is None:
        return NO_CLOCK
    late = now > due_at
    begins, ends = (due_at, now) if late else (now, due_at)
    if unit is LimitUnit.WORKING and ends - begins <= FAR:
        return _working(calendar.hours_between(begins, ends), late)
    return _natural(ends - begins, late)


def _working(hours: float, late: bool) -> Text:
    if hours >= HOURS_A_DAY:
        return _counted(_LATE if late else _LEFT, "working day", int(hours // HOURS_A_DAY))
    if hours >= 1:
        return _counted(_LATE if late else _LEFT, "working hour", int(hours))
    return N_("刚刚超期") if late else N_("不到 1 个工作小时")


def _natural(span: timedelta, late: bool) -> Text:
    if span >= timedelta(days=2):
        return _counted(_LATE if late else _LEFT, "day", span.days)
    n = int(span / timedelta(hours=1))
    if n:
        return _counted(_LATE if late else _LEFT, "hour", n)
    minutes = int(span / timedelta(minutes=1))
    if minutes:
        return _counted(_LATE if late else _LEFT, "minute", minutes)
    return N_("刚刚超期") if late else N_("不到 1 分钟")


# One and many: English says them apart.
_Forms = Mapping[str, tuple[Text, Text]]
_LEFT: _Forms = {
    "working day": (N_("还剩 1 个工作日"), N_("还剩 %(n)s 个工作日")),
    "working hour": (N_("还剩 1 个工作小时"), N_("还剩 %(n)s 个工作小时")),
    "day": (N_("还剩 1 天"), N_("还剩 %(n)s 天")),
    "hour": (N_("还剩 1 小时"), N_("还剩 %(n)s 小时")),
    "minute": (N_("还剩 1 分钟"), N_("还剩 %(n)s 分钟")),
}
_LATE: _Forms = {
    "working day": (N_("超期 1 个工作日"), N_("超期 %(n)s 个工作日")),
    "working hour": (N_("超期 1 个工作小时"), N_("超期 %(n)s 个工作小时")),
    "day": (N_("超期 1 天"), N_("超期 %(n)s 天")),
    "hour": (N_("超期 1 小时"), N_("超期 %(n)s 小时")),
    "minute": (N_("超期 1 分钟"), N_("超期 %(n)s 分钟")),
}
_LONG: _Forms = {
    "working day": (N_("1 个工作日"), N_("%(n)s 个工作日")),
    "working hour": (N_("1 个工作小时"), N_("%(n)s 个工作小时")),
    "day": (N_("1 天"), N_("%(n)s 天")),
    "hour": (N_("1 小时"), N_("%(n)s 小时")),
}
_NAMES = {LimitUnit.WORKING: "working hour", LimitUnit.NATURAL: "hour", LimitUnit.DAYS: "day"}


def _counted(forms: _Forms, unit: str, n: float) -> Text:
    one, many = forms[unit]
    return one if n == 1 else Text(many.msgid, {"n": f"{n:g}"})


def what_happened(move: str, detail: Mapping[str, Any]) -> Text:
    """One step in words, for the timeline."""
    if move in _SENT and detail.get("lead"):
        return Text(_SENT[move].msgid, {"to": detail["to"], "lead": detail["lead"]})
    if move in _TO and detail.get("to"):
        return Text(_TO[move].msgid, {"to": detail["to"]})
    telling = _TOLD_BY.get(move)
    return (telling(detail) if telling else None) or _HAPPENED.get(move) or move_named(move).label


def _asked(detail: Mapping[str, Any]) -> Text | None:
    """A request, or what was granted, with how much and why; None for steps that did not keep it."""
    if "unit" not in detail or not detail.get("extra"):
        return None
    limit = limit_said(float(detail["extra"]), detail["unit"])
    return N_("申请延期%(limit)s（%(why)s）", limit=limit, why=ExtensionReason(detail["reason"]).label)


def _granted(detail: Mapping[str, Any]) -> Text | None:
    if "unit" not in detail or not detail.get("extra"):
        return None
    return N_("准予延期%(limit)s", limit=limit_said(float(detail["extra"]), detail["unit"]))


def _asked_pause(detail: Mapping[str, Any]) -> Text | None:
    if not detail.get("until"):
        return None
    day = date.fromisoformat(detail["until"][:10])
    return N_("申请挂起到%(day)s（%(why)s）", day=day, why=ExtensionReason(detail["reason"]).label)


def _paused(detail: Mapping[str, Any]) -> Text | None:
    if not detail.get("until"):
        return None
    day = datetime.fromisoformat(detail["until"]).astimezone(TOWN_ZONE).date()
    return N_("挂起到%(day)s（%(why)s）", day=day, why=ExtensionReason(detail["reason"]).label)


def _given_back(detail: Mapping[str, Any]) -> Text | None:
    why = detail.get("reason")
    return N_("退单（%(why)s）", why=ReturnReason(why).label) if why else None


def _on_agenda(detail: Mapping[str, Any]) -> Text:
    return N_("列入%(council)s议程，%(day)s商量", council=detail["council"], day=date.fromisoformat(detail["day"]))


def _talked_over(detail: Mapping[str, Any]) -> Text:
    outcome = AgendaOutcome(detail["outcome"]).label
    if detail.get("decision"):
        words = {"council": detail["council"], "outcome": outcome, "number": detail["decision"]}
        return N_("%(council)s：%(outcome)s（决议 %(number)s）", **words)
    return N_("%(council)s：%(outcome)s", council=detail["council"], outcome=outcome)


_TOLD_BY: Mapping[str, Callable[[Mapping[str, Any]], Text | None]] = {
    "follow_first": lambda detail: Text(News(detail["what"]).label.msgid, {"to": detail["to"]}),
    "escalate": lambda detail: N_("提到%(level)s", level=Level(detail["level"]).label) if "level" in detail else None,
    "report_in": lambda detail: N_("报到（超过时间）") if detail.get("late") else None,
    "hand_over": lambda detail: (
        N_("%(giver)s移交给%(to)s", giver=detail["from"], to=detail["to"]) if detail.get("to") else None
    ),
    "record_answer": lambda detail: None if detail.get("answer") else _HAPPENED["attempt"],
    "comment": lambda detail: _MEDIATED[detail["mediation"]] if detail.get("mediation") else None,
    "second_check": lambda detail: _HAPPENED["check_passed" if detail.get("passed") else "check_failed"],
    "ask_extension": _asked,
    "grant_extension": _granted,
    "ask_pause": _asked_pause,
    "suspend": _paused,
    "give_back": _given_back,
    "put_on_agenda": _on_agenda,
    "agenda_outcome": _talked_over,
    "lapse": lambda detail: _LAPSED[detail["kind"]],
}


def limit_said(amount: float, unit: str) -> Text:
    """A limit of the catalogue in words: 40 W is five working days."""
    days = amount / HOURS_A_DAY
    if unit == LimitUnit.WORKING and days >= 1 and days == int(days):
        return _counted(_LONG, "working day", days)
    return _counted(_LONG, _NAMES[LimitUnit(unit)], amount)


_NOTE_WANTED: Mapping[str, Text] = {
    "submit_result": N_("请写明怎么办的、结果如何。"),
    "self_solve": N_("请写明怎么解决的。"),
    "comment": N_("请写留言内容。"),
    "rework": N_("请写明哪里还要重办。"),
    "reopen": N_("请写明为什么重启。"),
    "withdraw": N_("请写明为什么撤回。"),
    "void": N_("请写明为什么作废。"),
    "transfer": N_("请写明为什么转办。"),
    "supervise": N_("请写明督办要求。"),
    "refuse_extension": N_("请写明为什么不准。"),
    "refuse_pause": N_("请写明为什么不准。"),
    "escalate": N_("请写明为什么要提级。"),
    "follow_up": N_("请写明现在的情况。"),
    "take_out": N_("请写明为什么移出。"),
    "put_on_agenda": N_("请用一句话写明为什么请四会商量。"),
    "agenda_outcome": N_("请写明商定的办法；没有列入讨论的，写明理由。"),
}


def note_wanted(move: str) -> Text:
    """What to write where a move asks for words and got none."""
    return _NOTE_WANTED[move]
