"""Who gives, what, and the quarters in which it is published. Pure."""

from __future__ import annotations

from datetime import date

from gridcase.core.labels import Labelled
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.words import N_, Text


class DonorKind(Labelled):
    """Who gives."""

    UNIT = "unit", N_("帮扶单位")
    WORTHY = "worthy", N_("乡贤")
    RED_CROSS = "red_cross", N_("红十字会")
    WOMEN = "women", N_("妇联")
    COMPANY = "company", N_("企业")
    VILLAGER = "villager", N_("村民")
    OTHER = "other", N_("其他")


class DonationForm(Labelled):
    """What is given."""

    MONEY = "money", N_("资金")
    GOODS = "goods", N_("物资")


def quarter_starting(day: date) -> date:
    """The first day of the quarter of a day."""
    return Period.of(PeriodKind.QUARTER, day).first


def quarter_of(day: date) -> tuple[date, date]:
    """(first day of the quarter of a day, first day of the next)."""
    quarter = Period.of(PeriodKind.QUARTER, day)
    return quarter.first, quarter.next.first


def quarter_name(first: date) -> Text:
    """The quarter that begins on this day, as it is said."""
    return Period.of(PeriodKind.QUARTER, first).label
