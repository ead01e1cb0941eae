"""What the page of figures shows, and in which order: satisfaction first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gridcase.core.periods import Period, PeriodKind
from gridcase.core.words import N_, Text
from gridcase.measures.rules import By


@dataclass(frozen=True)
class Section:
    """A few measures under one heading."""

    title: Text
    keys: tuple[str, ...]


FIRST = Section(N_("群众满意"), ("cases.satisfied", "cases.solved", "cases.contacted"))
NOW = Section(N_("眼下"), ("cases.open", "cases.late", "cases.soon", "cases.check_due"))
SECTIONS = (
    Section(
        N_("收集和办结"),
        (
            "cases.collected", "cases.closed", "cases.on_time", "cases.in_grid", "cases.hours", "cases.questions",
            "mediations.ended",
        ),
    ),
    Section(
        N_("返工和延期"),
        (
            "steps.returns", "steps.reworks", "steps.reopenings", "steps.extensions", "steps.checks",
            "steps.checks_passed",
        ),
    ),
    Section(N_("吹哨报到"), ("calls.in_time", "calls.units_content", "calls.whistles_content")),
    Section(N_("走访和联户"), ("visits.made", "homes.on_time", "homes.waiting", "homes.no_liaison")),
    Section(N_("积分"), ("entries.issued", "entries.redeemed", "entries.goods", "notices.objected")),
    Section(N_("活动"), ("activities.held", "helpers.came")),
)  # fmt: skip
BAND, WHISTLES_AT = "whistles.rate", 2  # the section that has the band
ALL = (*dict.fromkeys(key for part in (FIRST, NOW, *SECTIONS) for key in part.keys), BAND)
BY_PLACE = (
    "cases.satisfied",
    "cases.left",
    "cases.late_left",
    "cases.collected",
    "cases.closed",
    "cases.on_time",
    "cases.in_grid",
)
CARE_BY_PLACE = (
    "homes.all",
    "homes.on_time",
    "homes.waiting",
    "homes.no_liaison",
    "visits.made",
    "entries.issued",
    "entries.redeemed",
    "activities.held",
)
OF_PLACES = ALL + BY_PLACE + CARE_BY_PLACE
BY_TIER = ("homes.all", "homes.on_time", "homes.waiting")
BY_UNIT = ("cases.satisfied", "cases.left", "cases.late_left", "cases.closed", "cases.on_time", "cases.hours")
BY_MAJOR = ("cases.collected", "cases.left", "cases.late_left", "cases.closed", "cases.satisfied")
TREND = ("cases.collected", "cases.closed")
TREND_SHARE = ("cases.satisfied", "cases.in_grid")

CHOSEN = (
    (PeriodKind.DAY, N_("今天")), (PeriodKind.WEEK, N_("本周")), (PeriodKind.MONTH, N_("本月")),
    (PeriodKind.QUARTER, N_("本季")), (PeriodKind.YEAR, N_("今年")),
)  # fmt: skip
_WEEKS_FROM, _MONTHS_FROM = 32, 190  # days of a period from which its trend goes by weeks, by months


def spell_of(period: Period) -> By:
    """By what the trend of a period goes: days, weeks or months."""
    if period.days >= _MONTHS_FROM:
        return By.MONTH
    return By.WEEK if period.days >= _WEEKS_FROM else By.DAY


def trend_over(period: Period) -> Period:
    """What a trend shows: the period itself; for a day the two weeks, for a week the four that end with it."""
    if period.kind is PeriodKind.DAY:
        return Period.span(period.first - timedelta(days=13), period.last)
    if period.kind is PeriodKind.WEEK:
        return Period.span(period.before.before.before.first, period.last)
    return period
