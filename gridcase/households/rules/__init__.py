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
from gridcase.households.rules.tiers_factors import FACTORS, RED, RESTRICTED, RESTRICTED_CODES, Factor, shown_label
from gridcase.households.rules.tiers_rules import DEFAULT_RULES, Suggestion, TierRules, suggest
from gridcase.households.rules.tiers_steps import Cause, MeetingKind, Outcome, ProposalState

__all__ = [
    "CIRCLE_FEW",
    "CIRCLE_MANY",
    "CIRCLE_TARGET",
    "DEFAULT_RULES",
    "FACTORS",
    "RED",
    "RELATIONS",
    "RESTRICTED",
    "RESTRICTED_CODES",
    "CareTier",
    "Cause",
    "CircleLimits",
    "Factor",
    "MeetingKind",
    "Outcome",
    "ProposalState",
    "Suggestion",
    "TierRules",
    "circle_size_word",
    "next_visit_on",
    "shown_label",
    "suggest",
]
