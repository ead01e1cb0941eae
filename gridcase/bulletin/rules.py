"""The words of an announcement, and how long it may run. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_
from gridcase.grid.rules import GridLevel

TITLE_LENGTH, TEXT_LENGTH = 40, 1000
LONGEST = timedelta(days=92)
USUAL = timedelta(days=7)
# A county's word goes through its towns: somebody there answers for it.
SCOPES = (GridLevel.TOWN, GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL)


class How(Labelled):
    """How a home was told."""

    DOOR = "door", N_("当面说")
    PHONE = "phone", N_("电话说")
    MESSAGE = "message", N_("微信说")
    MEETING = "meeting", N_("会上说")


def checked_until(until: date, *, today: date) -> date:
    """The last day itself; `Refused` beside its field when it makes no sense."""
    if until < today:
        raise Refused(N_("截止日期不能早于今天。"), field="until")
    if until > today + LONGEST:
        raise Refused(N_("最长传达 %(days)s 天，到期还要传的再发一条。", days=LONGEST.days), field="until")
    return until
