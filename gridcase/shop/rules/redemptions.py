"""A redemption: set aside, handed over, or given back. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

MOST_AT_ONCE = 20  # pieces of one reservation


class RedemptionState(Labelled):
    """Only a reservation can end, and it ends once."""

    RESERVED = "reserved", N_("待领取")
    HANDED = "handed", N_("已领取")
    CANCELLED = "cancelled", N_("已取消")
    EXPIRED = "expired", N_("过期未领")


# What a shop must have (有场地、有标识、有制度、有奖品): the column and its word.
MARKS: tuple[tuple[str, Text], ...] = (
    ("has_room", N_("有场地")),
    ("has_sign", N_("有标识")),
    ("has_rules", N_("有制度")),
    ("has_goods", N_("有奖品")),
)


def until_day(today: date, days: int) -> date:
    """The last day on which something reserved today can be fetched: within `days` days after today."""
    return today + timedelta(days=days)
