"""What becomes of an item, and why one is not taken."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text


class ItemState(StrEnum):
    """How an item that is kept stands. What was refused leaves no row."""

    ACCEPTED = "accepted"
    HANDED = "handed"


class Reason(StrEnum):
    """Why an item is not taken."""

    HOME_MOVED = "home_moved"
    RESTRICTED = "restricted"
    HOME_ENDED = "home_ended"
    TOO_OLD = "too_old"
    FUTURE = "future"
    FORM_OLD = "form_old"
    CLASS_CLOSED = "class_closed"
    ID_TAKEN = "id_taken"
    NOT_ALLOWED = "not_allowed"
    ID_REUSED = "id_reused"  # not an answer of the interface's own: sent as an error of the request
    UNREADABLE = "unreadable"  # of sealed items alone


WORDS: Mapping[Reason, Text] = {
    Reason.HOME_MOVED: N_("走访那天，这一户已经换了人负责。可以移交给现在负责的人。"),
    Reason.RESTRICTED: N_("走访那天，这一户已经换了人负责，而这件事限定可见，不能移交。请不选住户，另报一条诉求。"),
    Reason.HOME_ENDED: N_("这一户在那之前已销户，没有收下。请核对是不是选错了户。"),
    Reason.TOO_OLD: N_("隔得太久了：走访要在七天内记下，记下后九十天内送到。可以导出来交给村里。"),
    Reason.FUTURE: N_("时间在未来，没有收下。请核对手机的日期，重新记一次。"),
    Reason.FORM_OLD: N_("这张表是旧版的，服务器认不出来。请更新手机上的应用，照着再记一次。"),
    Reason.CLASS_CLOSED: N_("这个类别已停用，没有收下。请换一个类别再记一次。"),
    Reason.ID_TAKEN: N_("这个编号已被占用，没有收下。请重新记一次。"),
    Reason.NOT_ALLOWED: N_("这不在您的工作范围里，没有收下。请核对，或请村里办理。"),
    Reason.ID_REUSED: N_("同一个编号送来了不同的内容，没有收下。请重新记一次。"),
    Reason.UNREADABLE: N_("这一条打不开，内容可能坏了。"),
}


class NotTaken(Exception):
    """An item is not taken; nothing of it is kept."""

    def __init__(self, reason: Reason, text: Text | None = None, *, can_hand_over: bool = False) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.text = text or WORDS[reason]
        self.can_hand_over = can_hand_over


class HandedState(Labelled):
    """How an item that was handed over stands."""

    WAITING = "waiting", N_("待处理")
    TAKEN = "taken", N_("已接收")
    ASIDE = "aside", N_("已搁置")


class SealedState(Labelled):
    """How an item out of a locked outbox stands."""

    WAITING = "waiting", N_("待您确认")
    REFUSED = "refused", N_("没有收下")
    FILED = "filed", N_("已收到")
    ASIDE = "aside", N_("不是我记的")
