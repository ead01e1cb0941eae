"""Opinions heard in a campaign: what becomes of one, and what it can lead to. Pure."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

TEXT_MOST, ANSWER_MOST, TITLE_MOST = 200, 300, 80


class Outcome(Labelled):
    """What became of an opinion."""

    OPEN = "open", N_("待研究")
    CHANGE = "change", N_("引出改动")
    ANSWERED = "answered", N_("已答复")
    LEFT = "left", N_("未采纳")


class LedTo(Labelled):
    """What of a village can be changed by an opinion."""

    SCHEME = "scheme", N_("积分方案")
    COVENANT = "covenant", N_("村规民约")
    DECISION = "decision", N_("村里的决议")


SETTLED = tuple(one for one in Outcome if one is not Outcome.OPEN)
