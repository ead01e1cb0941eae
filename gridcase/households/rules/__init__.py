"""Pure rules of the room: homes, families, circles, care tiers."""

from gridcase.households.rules.homes import RELATIONS
from gridcase.households.rules.life import (
    ADULT,
    CHILD_YEARS,
    DEEDS,
    ChangeState,
    EndedWhy,
    LifeKind,
    Outcome,
    Why,
    age_on,
    grown_by,
    is_child,
    number_after,
    relation_to_new_head,
    said_day,
    said_names,
)
from gridcase.households.rules.tiers import CareTier, next_visit_on
from gridcase.households.rules.tiers_factors import FACTORS, RED, RESTRICTED, RESTRICTED_CODES, Factor, shown_label
from gridcase.households.rules.tiers_rules import DEFAULT_RULES, Suggestion, TierRules, suggest
from gridcase.households.rules.tiers_steps import Cause, MeetingKind, ProposalState, Verdict

__all__ = [
    "ADULT",
    "CHILD_YEARS",
    "DEEDS",
    "DEFAULT_RULES",
    "FACTORS",
    "RED",
    "RELATIONS",
    "RESTRICTED",
    "RESTRICTED_CODES",
    "CareTier",
    "Cause",
    "ChangeState",
    "EndedWhy",
    "Factor",
    "LifeKind",
    "MeetingKind",
    "Outcome",
    "ProposalState",
    "Suggestion",
    "TierRules",
    "Verdict",
    "Why",
    "age_on",
    "grown_by",
    "is_child",
    "next_visit_on",
    "number_after",
    "relation_to_new_head",
    "said_day",
    "said_names",
    "shown_label",
    "suggest",
]
