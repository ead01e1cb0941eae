"""Weights, thresholds, intervals: the rules a tier is suggested by, and the suggestion. Pure.

A suggestion is never applied by itself: somebody proposes, somebody else confirms. The rules are a setting of the
county, versioned, so that every suggestion says under which it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.households.rules.tiers import CareTier
from gridcase.households.rules.tiers_factors import FACTORS, RED, RESTRICTED_CODES, UNCONFIRMED_DAYS, Weight

SETTING = "tier_rules"
HEAVIEST, LONGEST_DAYS = 100, 1100
ORDER = {tier: rank for rank, tier in enumerate(CareTier)}


@dataclass(frozen=True)
class TierRules:
    """The rules of a county. `weights` and `days` hold only what differs from the defaults; intervals are in days;
    `version` 0 are the defaults of the system."""

    yellow_from: int = 20
    red_from: int = 60
    weights: Mapping[str, Weight] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    green_days: int = 90
    yellow_days: int = 30
    red_days: int = 7
    down_visits: int = 2
    down_days: int = 30
    assess_days: int = 365
    assess_red_days: int = 183
    version: int = 0

    def weight(self, code: str) -> Weight:
        """What a factor weighs here."""
        return self.weights.get(code, FACTORS[code].weight)

    def interval(self, tier: CareTier) -> int:
        """Days between two visits."""
        by_tier = {CareTier.CONNECTED: self.red_days, CareTier.CONCERNED: self.yellow_days}
        return by_tier.get(tier, self.green_days)

    def next_visit_on(self, tier: CareTier, last: date) -> date:
        """The day the next visit is due after a visit on `last`."""
        return last + timedelta(days=self.interval(tier))

    def assess_again_after(self, tier: CareTier) -> timedelta:
        """How long an assessment stands."""
        return timedelta(days=self.assess_red_days if tier is CareTier.CONNECTED else self.assess_days)

    def valid_until(self, code: str, on: date, *, confirmed: bool) -> date:
        """The last day a factor noted (or confirmed) on a day holds."""
        if code in RESTRICTED_CODES and not confirmed:
            return on + timedelta(days=UNCONFIRMED_DAYS)
        return on + timedelta(days=self.days.get(code, FACTORS[code].days))


DEFAULT_RULES = TierRules()
_NUMBERS = {
    "yellow_from": (1, 100), "red_from": (2, 200), "green_days": (7, 366), "yellow_days": (2, 183), "red_days": (1, 31),
    "down_visits": (0, 12), "down_days": (0, 366), "assess_days": (30, 730), "assess_red_days": (30, 366),
}  # fmt: skip


def read_rules(value: Mapping[str, Any], version: int) -> TierRules:
    """The rules out of a stored setting; what it does not say is the default."""
    numbers = {name: int(value[name]) for name in _NUMBERS if name in value}
    return TierRules(
        **numbers, weights=dict(value.get("weights", {})), days=dict(value.get("days", {})), version=version
    )


def as_setting(rules: TierRules) -> dict[str, Any]:
    """The rules as a setting keeps them: numbers in full, weights and spans only where they differ."""
    return {
        **{name: getattr(rules, name) for name in _NUMBERS},
        "weights": {code: w for code, w in sorted(rules.weights.items()) if w != FACTORS[code].weight},
        "days": {code: d for code, d in sorted(rules.days.items()) if d != FACTORS[code].days},
    }


def check_rules(rules: TierRules) -> None:
    """Refuse rules that no home could be served by."""
    for name, (least, most) in _NUMBERS.items():
        if not least <= getattr(rules, name) <= most:
            raise Refused(N_("请填 %(least)s 到 %(most)s 之间的数。", least=least, most=most), field=name)
    if rules.yellow_from >= rules.red_from:
        raise Refused(N_("连心户的分数线要高于关心户的分数线。"), field="red_from")
    if not rules.red_days < rules.yellow_days < rules.green_days:
        raise Refused(N_("走访间隔应是连心户最短、放心户最长。"), field="green_days")
    for code, weight in rules.weights.items():
        if code not in FACTORS or (weight != RED and not 0 <= weight <= HEAVIEST):
            raise Refused(N_("分值请填 0 到 100，或选“直接连心户”。"), field=f"weight_{code}")
    for code, days in rules.days.items():
        if code not in FACTORS or not 1 <= days <= LONGEST_DAYS:
            raise Refused(N_("有效期请填 1 到 1100 天。"), field=f"days_{code}")


@dataclass(frozen=True)
class Reason:
    """One factor that counted, and what it weighed."""

    code: str
    weight: Weight


@dataclass(frozen=True)
class Suggestion:
    """The tier the rules come to, with the reasons. `total` leaves out what asks for red by itself."""

    tier: CareTier
    total: int
    reasons: tuple[Reason, ...]
    version: int

    @property
    def restricted(self) -> bool:
        """Whether something counted that only named roles may read: then sum and weights are theirs too."""
        return any(reason.code in RESTRICTED_CODES for reason in self.reasons)

    def as_json(self) -> list[list[Any]]:
        """The reasons as a row keeps them."""
        return [[reason.code, reason.weight] for reason in self.reasons]


def suggest(codes: Iterable[str], rules: TierRules = DEFAULT_RULES) -> Suggestion:
    """The tier for the factors in force: any red one, or the sum. A factor counts once a home, however many have it."""
    reasons = tuple(Reason(code, rules.weight(code)) for code in sorted(set(codes)))
    total = sum(reason.weight for reason in reasons if reason.weight != RED)
    if any(reason.weight == RED for reason in reasons) or total >= rules.red_from:
        tier = CareTier.CONNECTED
    elif total >= rules.yellow_from:
        tier = CareTier.CONCERNED
    else:
        tier = CareTier.REASSURED
    return Suggestion(tier, total, reasons, rules.version)


def is_down(before: CareTier, after: CareTier) -> bool:
    """Whether a change means less care."""
    return ORDER[after] < ORDER[before]


def touches_red(before: CareTier, after: CareTier) -> bool:
    """Whether a change leads into the highest tier or out of it."""
    return before is not after and CareTier.CONNECTED in (before, after)


def may_go_down(*, visits: int, set_on: date | None, today: date, rules: TierRules) -> bool:
    """Up is quick, down is slow: enough visits since the tier was set, or enough days."""
    return visits >= rules.down_visits or set_on is None or (today - set_on).days >= rules.down_days
