"""Tables of the room: homes, circles, families, care tiers."""

from gridcase.households.models.circles import CirclePlace, HouseholdCard, Nomination
from gridcase.households.models.families import FamilyChange, PersonAway, PersonFate
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
    "FamilyChange",
    "Household",
    "HouseholdCard",
    "HouseholdFactor",
    "HouseholdLineage",
    "HouseholdPlace",
    "HouseholdPoint",
    "Member",
    "Nomination",
    "PersonAway",
    "PersonFate",
    "TierChange",
    "TierObjection",
    "TierState",
    "TierSuggestion",
    "TierTask",
]
