"""What a change of the rules would move, in numbers that give nobody away. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gridcase.core.masking import FEWEST_TOLD
from gridcase.households.rules.tiers import CareTier
from gridcase.households.rules.tiers_rules import TierRules, suggest

YEAR, ROUNDED = 365, 10


@dataclass(frozen=True)
class WeighedHome:
    """A home with factors: its village, the tier it has, the codes in force."""

    village_id: int
    tier: CareTier
    codes: frozenset[str]


@dataclass(frozen=True)
class VillageMoves:
    """What a draft would do to a village. Counts below five are None; visits are a liaison's in a year, in tens."""

    village_id: int
    to: Mapping[CareTier, int | None]
    visits_now: int | None
    visits_then: int | None
    liaisons: int


def what_if(
    homes: Iterable[WeighedHome],
    *,
    tiers: Mapping[int, Mapping[CareTier, int]],
    liaisons: Mapping[int, int],
    rules: TierRules,
    draft: TierRules,
) -> list[VillageMoves]:
    """How many homes the draft would suggest another tier for, by village, and what the visits would come to.

    `tiers` counts all homes of a village by the tier they have. Moves too few to show are left out of the visits too,
    or these would tell them.
    """
    moved: dict[int, Counter[tuple[CareTier, CareTier]]] = {}
    for home in homes:
        before, after = suggest(home.codes, rules).tier, suggest(home.codes, draft).tier
        if before is not after:
            moved.setdefault(home.village_id, Counter())[(home.tier, after)] += 1
    return [
        _village(village_id, counts, moved.get(village_id, Counter()), liaisons.get(village_id, 0), rules, draft)
        for village_id, counts in tiers.items()
    ]


def _village(
    village_id: int,
    counts: Mapping[CareTier, int],
    moved: Counter[tuple[CareTier, CareTier]],
    liaisons: int,
    rules: TierRules,
    draft: TierRules,
) -> VillageMoves:
    to: dict[CareTier, int | None] = {}
    then = Counter(counts)
    for tier in CareTier:
        arriving = {have: number for (have, after), number in moved.items() if after is tier}
        whole = sum(arriving.values())
        to[tier] = whole if whole >= FEWEST_TOLD else None
        if whole >= FEWEST_TOLD:
            for have, number in arriving.items():
                then[have] -= number
                then[tier] += number
    return VillageMoves(village_id, to, _visits(counts, liaisons, rules), _visits(then, liaisons, draft), liaisons)


def _visits(counts: Mapping[CareTier, int], liaisons: int, rules: TierRules) -> int | None:
    """Visits a year for one liaison of the village, in tens."""
    if not liaisons:
        return None
    year = sum(number * YEAR / rules.interval(tier) for tier, number in counts.items())
    return round(year / liaisons / ROUNDED) * ROUNDED
