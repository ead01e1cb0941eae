"""The words of the doors. Pure."""

from __future__ import annotations

from gridcase.cases.rules import Urgency
from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class Outcome(Labelled):
    """What came of a visitor's matter."""

    ANSWERED = "answered", N_("当场答复")
    CASE = "case", N_("登记成事件")
    REFERRED = "referred", N_("告知去别处办")


class MeetingNature(Labelled):
    """Which meeting it was."""

    COURTYARD = "courtyard", N_("屋场会")
    YARD = "yard", N_("院落会")
    SEMINAR = "seminar", N_("选民座谈会")
    DELIBERATION = "deliberation", N_("协商议事会")
    OTHER = "other", N_("其他会议")


class Fate(Labelled):
    """What becomes of a finding."""

    CASE = "case", N_("登记成事件")
    FIXED = "fixed", N_("当场整改好了")


class Risk(Labelled):
    """How a dispute that shows itself is to be dealt with; the field's red, orange and yellow, in words."""

    AT_ONCE = "red", N_("立即报告")
    SAME_DAY = "orange", N_("当日办理")
    IN_CELL = "yellow", N_("格内化解")

    @property
    def urgency(self) -> Urgency:
        """How pressing the case is that comes of it."""
        return _URGENCY[self]


_URGENCY = {Risk.AT_ONCE: Urgency.CRITICAL, Risk.SAME_DAY: Urgency.URGENT, Risk.IN_CELL: Urgency.ORDINARY}
