"""Writing households, families, circles and tiers: one function is one thing a person does."""

from gridcase.households.service.changes import accept, propose, refuse
from gridcase.households.service.circles import change_circles, form_circles, give_card, join_circle
from gridcase.households.service.homes import FACTS, MemberSeen, add_home, edit_home, edit_member, relocate, split
from gridcase.households.service.life import NewPerson, arrived, born, change_head, died, left
from gridcase.households.service.merging import fold_home, fold_person
from gridcase.households.service.nominations import nominate
from gridcase.households.service.pins import move_pin
from gridcase.households.service.places import move_homes, settle, settle_day
from gridcase.households.service.register import HouseholdRow, MemberRow, note_reveal, register_households
from gridcase.households.service.tiers import confirm_tier, note_visit, plan_first_visits, take_over_tiers
from gridcase.households.service.tiers_factors import (
    FactorRow,
    confirm_factor,
    end_factor,
    let_run_out,
    note_factor,
    take_over_factors,
)
from gridcase.households.service.tiers_objections import answer_objection, object_to_tier
from gridcase.households.service.tiers_proposals import (
    Meeting,
    confirm_proposal,
    propose_tier,
    refuse_proposal,
    withdraw_proposal,
)
from gridcase.households.service.tiers_rules import print_of, set_rules
from gridcase.households.service.tiers_tasks import Ask, ask_again, ask_all, ask_for_old

__all__ = [
    "FACTS",
    "Ask",
    "FactorRow",
    "HouseholdRow",
    "Meeting",
    "MemberRow",
    "MemberSeen",
    "NewPerson",
    "accept",
    "add_home",
    "answer_objection",
    "arrived",
    "ask_again",
    "ask_all",
    "ask_for_old",
    "born",
    "change_circles",
    "change_head",
    "confirm_factor",
    "confirm_proposal",
    "confirm_tier",
    "died",
    "edit_home",
    "edit_member",
    "end_factor",
    "fold_home",
    "fold_person",
    "form_circles",
    "give_card",
    "join_circle",
    "left",
    "let_run_out",
    "move_homes",
    "move_pin",
    "nominate",
    "note_factor",
    "note_reveal",
    "note_visit",
    "object_to_tier",
    "plan_first_visits",
    "print_of",
    "propose",
    "propose_tier",
    "refuse",
    "refuse_proposal",
    "register_households",
    "relocate",
    "set_rules",
    "settle",
    "settle_day",
    "split",
    "take_over_factors",
    "take_over_tiers",
    "withdraw_proposal",
]
