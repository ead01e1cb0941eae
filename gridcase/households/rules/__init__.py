"""Pure rules of the room: homes, circles, care tiers."""

from gridcase.households.rules.circles import (
    CIRCLE_FEW,
    CIRCLE_MANY,
    CIRCLE_TARGET,
    CircleLimits,
    circle_size_word,
)
from gridcase.households.rules.homes import RELATIONS
from gridcase.households.rules.tiers import CareTier, next_visit_on

__all__ = [
    "CIRCLE_FEW",
    "CIRCLE_MANY",
    "CIRCLE_TARGET",
    "RELATIONS",
    "CareTier",
    "CircleLimits",
    "circle_size_word",
    "next_visit_on",
]
