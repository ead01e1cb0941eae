"""Writing households, circles and tiers: one function is one thing a person does."""

from gridcase.households.service.circles import change_circles, form_circles, give_card, join_circle
from gridcase.households.service.pins import move_pin
from gridcase.households.service.places import move_homes, settle, settle_day
from gridcase.households.service.register import HouseholdRow, MemberRow, note_reveal, register_households
from gridcase.households.service.tiers import confirm_tier, note_visit, plan_first_visits

__all__ = [
    "HouseholdRow",
    "MemberRow",
    "change_circles",
    "confirm_tier",
    "form_circles",
    "give_card",
    "join_circle",
    "move_homes",
    "move_pin",
    "note_reveal",
    "note_visit",
    "plan_first_visits",
    "register_households",
    "settle",
    "settle_day",
]
