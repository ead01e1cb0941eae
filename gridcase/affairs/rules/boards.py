"""The red and the black list: their periods, how long they hang, what may be told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gridcase.core.labels import Labelled
from gridcase.core.masking import FEWEST_TOLD
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.words import N_, Text

BLACK_DAYS = 90  # the black list comes down by itself after so many days


class BoardKind(Labelled):
    """The two lists."""

    RED = "red", N_("红榜")
    BLACK = "black", N_("黑榜")


@dataclass(frozen=True)
class Span:
    """A month or a quarter: first day, the first day after it, and how it is called."""

    begins: date
    ends: date
    label: Text


def period_of(day: date, *, months: int) -> Span:
    """The month (1) or quarter (3) that a day lies in."""
    period = Period.of(PeriodKind.MONTH if months == 1 else PeriodKind.QUARTER, day)
    return Span(period.first, period.next.first, period.label)


def periods_before(day: date, *, months: int, count: int) -> list[Span]:
    """The last `count` periods that are over, newest first."""
    found: list[Span] = []
    last = period_of(day, months=months).begins - timedelta(days=1)
    for _number in range(count):
        span = period_of(last, months=months)
        found.append(span)
        last = span.begins - timedelta(days=1)
    return found


def told(count: int) -> int | None:
    """A count that may hang on a wall; None: too few, somebody could be pointed at."""
    return count if count >= FEWEST_TOLD else None
