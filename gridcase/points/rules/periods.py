"""Months, quarters and years of a village's points: where they begin and end, what may be done when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridcase.core import periods
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

ANNOUNCE_DAYS = 30  # so long before its last day the village hears until when the year's points can be exchanged
ANNOUNCE_LATEST = 31  # days into the next year that exchanging may go on
BOARDS_KEY = "points.quarter_board"  # setting of a village: the quarter board names homes, masked


class PeriodKind(Labelled):
    """What is closed and published."""

    MONTH = "month", N_("月结")
    QUARTER = "quarter", N_("季榜")

    @property
    def months(self) -> int:
        """Its length."""
        return 1 if self is PeriodKind.MONTH else 3


@dataclass(frozen=True)
class Period:
    """A calendar month or quarter."""

    kind: PeriodKind
    starts_on: date

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return months_later(self.starts_on, self.kind.months) - timedelta(days=1)

    @property
    def previous(self) -> Period:
        """The one before."""
        return Period(self.kind, months_later(self.starts_on, -self.kind.months))

    @property
    def label(self) -> Text:
        """2026年10月, 2026年第3季度."""
        return periods.Period.of(periods.PeriodKind(self.kind.value), self.starts_on).label

    @property
    def title(self) -> Text:
        """What is published of it: 2026年10月月结, 2026年第3季度季榜."""
        if self.kind is PeriodKind.MONTH:
            return N_("%(period)s月结", period=self.label)
        return N_("%(period)s季榜", period=self.label)

    def over(self, today: date) -> bool:
        """Whether it has ended."""
        return today > self.ends_on


def months_later(day: date, months: int) -> date:
    """The first day of the month so many months from that of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The month or quarter that a day belongs to."""
    return Period(kind, day.replace(month=(day.month - 1) // kind.months * kind.months + 1, day=1))


def recent(kind: PeriodKind, today: date, count: int) -> list[Period]:
    """The last periods that have ended, newest first."""
    found, period = [], period_of(kind, today)
    for _ in range(count):
        period = period.previous
        found.append(period)
    return found


def begins(day: date) -> datetime:
    """The moment a day of the town begins."""
    return datetime(day.year, day.month, day.day, tzinfo=TOWN_ZONE)


def why_not_until(year: int, until: date, *, today: date) -> Text | None:
    """What is wrong with a last day to exchange the points of a year; None when it may be announced."""
    latest = date(year + 1, 1, ANNOUNCE_LATEST)
    if until < today + timedelta(days=ANNOUNCE_DAYS):
        return N_("兑换截止日要提前至少 %(days)s 天公布，请改晚一些。", days=ANNOUNCE_DAYS)
    if until.year < year or until > latest:
        return N_("兑换截止日应在当年内，最晚到次年 1 月 31 日。")
    return None


def cleared_before(until: date) -> datetime:
    """The end of the last day to exchange: what became merit later is not cleared with the year."""
    return begins(until + timedelta(days=1))


def expires_before(until: date, months: int) -> datetime:
    """What was earned before this moment has run out by the end of `until`, when points last `months` whole months:
    those of December 2024 for 24 months last to the end of December 2026."""
    return begins(months_later(until, 1 - months))
