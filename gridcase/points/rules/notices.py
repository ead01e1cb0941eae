"""The public notice: how long it hangs, how it ends. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

ANSWER_DAYS = 5  # working days within which an objection or a request for correction is answered
NOTICE_DAYS, NOTICE_DAYS_LEAST, NOTICE_DAYS_MOST = 7, 3, 15


class NoticeOutcome(Labelled):
    """How a public notice ended."""

    MERIT = "merit", N_("已转入可兑换")
    REVERSED = "reversed", N_("已冲回")


def notice_days(setting: int) -> int:
    """The length of the public notice in days, within what villages may choose (3 to 15)."""
    return min(max(setting, NOTICE_DAYS_LEAST), NOTICE_DAYS_MOST)


def notice_closes_on(opens_on: date, days: int = NOTICE_DAYS) -> date:
    """The first day on which the points may become merit, after `days` whole days of notice."""
    return opens_on + timedelta(days=days)


def answer_by(asked_on: date, *, next_workday: Callable[[date], date]) -> date:
    """The last of the five working days in which an objection is to be answered; `next_workday` gives a day itself when
    it is worked, else the first one after it."""
    day = asked_on
    for _ in range(ANSWER_DAYS):
        day = next_workday(day + timedelta(days=1))
    return day
