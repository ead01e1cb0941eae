"""Tables of the room: homes, circles, care tiers."""

from gridcase.households.models.circles import CirclePlace, HouseholdCard, Nomination
from gridcase.households.models.homes import Household, HouseholdLineage, HouseholdPlace, HouseholdPoint, Member
from gridcase.households.models.tiers import (
    HouseholdFactor,
    TierChange,
    TierObjection,
    TierState,
    TierSuggestion,
    TierTask,
)

__all__ = [
    "CirclePlace",
    "Household",
    "HouseholdCard",
    "HouseholdFactor",
    "HouseholdLineage",
    "HouseholdPlace",
    "HouseholdPoint",
    "Member",
    "Nomination",
    "TierChange",
    "TierObjection",
    "TierState",
    "TierSuggestion",
    "TierTask",
]
