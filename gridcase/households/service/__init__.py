"""Writing households, families, circles and tiers: one function is one thing a person does."""

from gridcase.households.service.changes import accept, propose, refuse
from gridcase.households.service.circles import change_circles, form_circles, give_card, join_circle
from gridcase.households.service.homes import FACTS, MemberSeen, add_home, edit_home, edit_member, relocate, split
from gridcase.households.service.life import NewPerson, arrived, born, change_head, died, left
from gridcase.households.service.merging import fold_home, fold_person
from gridcase.households.service.nominations import nominate
from gridcase.households.service.places import move_homes, settle, settle_day
from gridcase.households.service.register import HouseholdRow, MemberRow, note_reveal, register_households
from gridcase.households.service.tiers import confirm_tier, note_visit, plan_first_visits

__all__ = [
    "FACTS",
    "HouseholdRow",
    "MemberRow",
    "MemberSeen",
    "NewPerson",
    "accept",
    "add_home",
    "arrived",
    "born",
    "change_circles",
    "change_head",
    "confirm_tier",
    "died",
    "edit_home",
    "edit_member",
    "fold_home",
    "fold_person",
    "form_circles",
    "give_card",
    "join_circle",
    "left",
    "move_homes",
    "nominate",
    "note_reveal",
    "note_visit",
    "plan_first_visits",
    "propose",
    "refuse",
    "register_households",
    "relocate",
    "settle",
    "settle_day",
    "split",
]
