"""The words of a case: states, channels, answers, reasons, and its number."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.core.labels import Labelled, Ranked
from gridcase.core.words import N_, Text

ATTEMPTS_NEEDED = 3  # dated tries to reach the villager before "no word" may stand for an answer
ATTEMPTS_APART = timedelta(hours=1)  # three calls in one minute are one


class State(Labelled):
    """Where a case stands; the stored value."""

    REGISTERED = "registered", N_("已登记")
    ACCEPTED = "accepted", N_("已受理")
    DISPATCHED = "dispatched", N_("已派单")
    IN_PROGRESS = "in_progress", N_("办理中")
    SUSPENDED = "suspended", N_("已挂起")
    FEEDBACK = "feedback", N_("已反馈")
    CLOSED = "closed", N_("已办结")
    RETURNED = "returned", N_("已退单")
    VOIDED = "voided", N_("已作废")
    DUPLICATE = "duplicate", N_("重复件")
    WITHDRAWN = "withdrawn", N_("已撤回")


ENDED_STATES = frozenset({State.CLOSED, State.VOIDED, State.DUPLICATE, State.WITHDRAWN})
OPEN_STATES = frozenset(State) - ENDED_STATES


class Channel(Labelled):
    """How a case came in."""

    VISIT = "visit", N_("走访")
    RESIDENT_WEB = "resident_web", N_("群众网上")
    QR = "qr", N_("扫码")
    SNAP = "snap", N_("随手拍")
    PHONE = "phone", N_("电话")
    RECEPTION = "reception", N_("选民接待日")
    MEETING = "meeting", N_("屋场会、院落会、座谈会")
    PATROL = "patrol", N_("巡查")
    HOTLINE = "hotline", N_("12345转办")
    PETITION = "petition", N_("信访转办")
    UPPER = "upper", N_("上级交办")
    PROXY = "proxy", N_("代填")
    IMPORTED = "imported", N_("外部系统导入")


class Urgency(Ranked):
    """How pressing a case is; 1 is the most, and emergencies bypass digest and quiet hours."""

    CRITICAL = 1, N_("特急")
    URGENT = 2, N_("紧急")
    ORDINARY = 3, N_("一般")


class Level(Labelled):
    """Where a matter is dealt with; `letter` is the sign the catalogue uses."""

    GRID = "grid", N_("网格内")
    VILLAGE = "village", N_("村级")
    TOWN = "town", N_("镇级")
    COUNTY = "county", N_("县级")

    @property
    def letter(self) -> str:
        """G, V, T or C."""
        return self.value[0].upper()


LEVELS = tuple(Level)  # from the lowest desk to the highest


class RequestKind(Labelled):
    """What a handler may ask for."""

    EXTENSION = "extension", N_("延期")
    PAUSE = "pause", N_("挂起")


class RequestState(Labelled):
    """What became of a request; it lapses when the case leaves the handler's hands first."""

    ASKED = "asked", N_("待答复")
    GRANTED = "granted", N_("已准予")
    REFUSED = "refused", N_("未准予")
    LAPSED = "lapsed", N_("已失效")


class SheetState(Labelled):
    """What became of a supervision sheet."""

    DRAFTED = "drafted", N_("待签发")
    SIGNED = "signed", N_("已签发")
    DROPPED = "dropped", N_("不签发")


class PartyKind(Labelled):
    """Why a post or unit is in a case besides the lead."""

    HELPER = "helper", N_("协办")
    CALLED = "called", N_("应哨")
    DESK = "desk", N_("派单台")


class WhistleKind(Labelled):
    """The three cases in which one may whistle."""

    ROUTINE = "routine", N_("群众反映突出、本级解决不了")
    ENFORCEMENT = "enforcement", N_("综合执法")
    EMERGENCY = "emergency", N_("应急处置")


class Answer(Labelled):
    """The villager's word about the result, or the recorded reason why there is none."""

    SOLVED = "solved", N_("已解决")
    NOT_SOLVED = "not_solved", N_("未解决")
    ANSWERED_QUESTION = "answered_question", N_("咨询已答复")
    NO_WORD_ANONYMOUS = "no_word_anonymous", N_("匿名反映，无法回访")
    NO_WORD_IMPORTED = "no_word_imported", N_("外部导入，无回访对象")
    NO_WORD_UNREACHED = "no_word_unreached", N_("三次联系未接通")

    @property
    def is_word(self) -> bool:
        """Whether the villager really spoke: only these count in the solved and satisfied rates."""
        return self in (Answer.SOLVED, Answer.NOT_SOLVED, Answer.ANSWERED_QUESTION)


class Rating(Labelled):
    """How content the villager is; the first two count as satisfied."""

    SATISFIED = "satisfied", N_("满意")
    BASICALLY = "basically", N_("基本满意")
    UNSATISFIED = "unsatisfied", N_("不满意")


class ReturnReason(Labelled):
    """Why a handler gives a case back to the dispatcher."""

    NOT_OUR_DUTY = "not_our_duty", N_("职责不符")
    INCOMPLETE = "incomplete", N_("信息不全")
    BEYOND_LEVEL = "beyond_level", N_("超出层级")
    DUPLICATE = "duplicate", N_("重复")


class ExtensionReason(Labelled):
    """Why more time or a pause is asked for."""

    SEVERAL_UNITS = "several_units", N_("需多部门协同")
    FUNDING = "funding", N_("需资金立项")
    WEATHER_OR_SEASON = "weather_or_season", N_("天气或农时")
    WAITING_FOR_PARTY = "waiting_for_party", N_("等待当事人")


def answer_refusal(answer: Answer, *, anonymous: bool, imported: bool, attempts: int) -> Text | None:
    """Why this answer cannot be recorded for such a case; None when it can. Excuses need their fact."""
    if answer == Answer.NO_WORD_ANONYMOUS and not anonymous:
        return N_("这件事不是匿名反映，请联系反映人。")
    if answer == Answer.NO_WORD_IMPORTED and not imported:
        return N_("这件事不是外部导入，请联系反映人。")
    if answer == Answer.NO_WORD_UNREACHED and attempts < ATTEMPTS_NEEDED:
        return N_("已记录%(attempts)s次联系，满三次才能按未接通处理。", attempts=attempts)
    return None


def closing_needs_note(answer: Answer) -> bool:
    """Whether closing needs a reason in writing: the villager says that it is not solved."""
    return answer == Answer.NOT_SOLVED


def case_number(day: date, town_code: str, n: int) -> str:
    """`GC20261121-610921104-0007`: the office's day, the town's 9 digits, the running number of the day."""
    if not (len(town_code) == 9 and town_code.isascii() and town_code.isdigit()):
        raise ValueError("a town code has nine digits")
    if n < 1:
        raise ValueError("case numbers of a day start at 1")
    return f"GC{day:%Y%m%d}-{town_code}-{n:04d}"
