"""How a deadline and a step are said: what is left, how late, what happened. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from gridcase.cases.rules.moves import move_named
from gridcase.cases.rules.states import Level
from gridcase.cases.rules.voices import News
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
_HAPPENED: Mapping[str, Text] = {
    "register": N_("登记"),
    "import": N_("从其他系统导入"),
    "attempt": N_("联系群众，未接通"),
    "check_passed": N_("复核通过"),
    "check_failed": N_("复核不通过"),
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
    return N_("刚刚超期") if late else N_("不到 1 小时")


# One and many: English says them apart.
_Forms = Mapping[str, tuple[Text, Text]]
_LEFT: _Forms = {
    "working day": (N_("还剩 1 个工作日"), N_("还剩 %(n)s 个工作日")),
    "working hour": (N_("还剩 1 个工作小时"), N_("还剩 %(n)s 个工作小时")),
    "day": (N_("还剩 1 天"), N_("还剩 %(n)s 天")),
    "hour": (N_("还剩 1 小时"), N_("还剩 %(n)s 小时")),
}
_LATE: _Forms = {
    "working day": (N_("超期 1 个工作日"), N_("超期 %(n)s 个工作日")),
    "working hour": (N_("超期 1 个工作小时"), N_("超期 %(n)s 个工作小时")),
    "day": (N_("超期 1 天"), N_("超期 %(n)s 天")),
    "hour": (N_("超期 1 小时"), N_("超期 %(n)s 小时")),
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
    if move == "follow_first":
        return Text(News(detail["what"]).label.msgid, {"to": detail["to"]})
    if move == "escalate" and detail.get("level"):
        return N_("提到%(level)s", level=Level(detail["level"]).label)
    if move == "report_in" and detail.get("late"):
        return N_("报到（超过时间）")
    if move == "hand_over" and detail.get("to"):
        return N_("%(giver)s移交给%(to)s", giver=detail["from"], to=detail["to"])
    if move == "record_answer" and not detail.get("answer"):
        return _HAPPENED["attempt"]
    if move == "comment" and detail.get("mediation"):
        return _MEDIATED[detail["mediation"]]
    if move == "second_check":
        return _HAPPENED["check_passed" if detail.get("passed") else "check_failed"]
    return _HAPPENED.get(move) or move_named(move).label


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
}


def note_wanted(move: str) -> Text:
    """What to write where a move asks for words and got none."""
    return _NOTE_WANTED[move]
