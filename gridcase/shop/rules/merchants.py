"""The alliance of merchants: who gets in, and which discount points give that are held, not spent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.grid.rules import GridLevel

PROOF_MINUTES = 30
PASSES = 3  # of 5, for each of the four ratings
MOST_TIERS = 3
LEAST_PERCENT = 50  # a price lower than half is a mistake in typing


class MerchantState(Labelled):
    """From the application to the end of the agreement."""

    APPLIED = "applied", N_("待评审")
    MEMBER = "member", N_("联盟商家")
    DECLINED = "declined", N_("未通过")
    REMOVED = "removed", N_("已退出")


class MerchantLevel(Labelled):
    """Where a merchant belongs."""

    COUNTY_OFFLINE = "county_offline", N_("县级线下")
    COUNTY_ONLINE = "county_online", N_("县级线上")
    TOWN = "town", N_("乡镇")


# The four conditions of admission, each from 1 to 5: the column and its word.
RATINGS: tuple[tuple[str, Text], ...] = (
    ("strength", N_("经济实力")),
    ("honesty", N_("诚信经营")),
    ("variety", N_("种类齐全")),
    ("demand", N_("群众需求")),
)


@dataclass(frozen=True)
class Tier:
    """From so many points held on, the price is `percent` of the usual one (95 = 九五折)."""

    points: int
    percent: int


def level_of(place_level: str, *, online: bool) -> MerchantLevel:
    """The level of a merchant by its place."""
    if place_level == GridLevel.TOWN:
        return MerchantLevel.TOWN
    return MerchantLevel.COUNTY_ONLINE if online else MerchantLevel.COUNTY_OFFLINE


def checked_tiers(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """The tiers in order; `Refused` where more points would not give a better price."""
    ordered = tuple(sorted(tiers, key=lambda tier: tier.points))
    if not ordered:
        raise Refused(N_("请至少填一档：多少积分、打几折。"), field="points_1")
    for tier in ordered:
        if tier.points < 1 or not LEAST_PERCENT <= tier.percent <= 99:
            raise Refused(N_("积分须大于 0；折扣填 50 到 99，例如九五折填 95。"), field="points_1")
    for lower, higher in pairwise(ordered):
        if higher.points == lower.points or higher.percent >= lower.percent:
            raise Refused(N_("积分更多的一档，折扣要更低。"), field="points_1")
    return ordered


def tier_for(tiers: Sequence[Tier], held: int) -> Tier | None:
    """The best tier that so many points held reach."""
    reached = [tier for tier in tiers if tier.points <= held]
    return max(reached, key=lambda tier: tier.points, default=None)


def saved_by(amount_fen: int, percent: int) -> int:
    """What a purchase at the usual price of `amount_fen` costs less, in fen, rounded down for the merchant's sake."""
    return amount_fen * (100 - percent) // 100
