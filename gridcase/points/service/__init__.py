"""Every write to the ledger. One function is one thing a person or a job does."""

from gridcase.points.service.awards import award_for_case, reverse_for_case
from gridcase.points.service.checks import mend_balances, verify
from gridcase.points.service.conduct import answer_correction, ask_correction, reply
from gridcase.points.service.declarations import Batch, BatchRow, Skipped, declare, declare_batch, way_of, withdraw
from gridcase.points.service.history import drop_total, enter_total
from gridcase.points.service.merging import merge_accounts, repoint_household
from gridcase.points.service.modules import recommend, set_modules
from gridcase.points.service.notices import mature, object_to, remind, settle_objection
from gridcase.points.service.periods import close_period, show_homes_on_boards
from gridcase.points.service.postings import post_award, post_history
from gridcase.points.service.review import COUNCIL, Ruling, hear_council, hear_town, meet, vote
from gridcase.points.service.schemes import (
    CURRENT,
    ITEM_FIELDS,
    SETTINGS,
    Settings,
    draft,
    drop_draft,
    drop_item,
    edit,
    put_in_force,
    save_item,
    set_vetoes,
    set_weights,
    weights_seen,
)
from gridcase.points.service.sealing import seal, verify_seals
from gridcase.points.service.spending import hold_for, release, spend
from gridcase.points.service.spots import draw_spots, note_spots
from gridcase.points.service.vetoes import object_to_veto, put_veto, settle_veto
from gridcase.points.service.years import announce_year, grant_base, policy_of, settle_year

__all__ = [
    "COUNCIL",
    "CURRENT",
    "ITEM_FIELDS",
    "SETTINGS",
    "Batch",
    "BatchRow",
    "Ruling",
    "Settings",
    "Skipped",
    "announce_year",
    "answer_correction",
    "ask_correction",
    "award_for_case",
    "close_period",
    "declare",
    "declare_batch",
    "draft",
    "draw_spots",
    "drop_draft",
    "drop_item",
    "drop_total",
    "edit",
    "enter_total",
    "grant_base",
    "hear_council",
    "hear_town",
    "hold_for",
    "mature",
    "meet",
    "mend_balances",
    "merge_accounts",
    "note_spots",
    "object_to",
    "object_to_veto",
    "policy_of",
    "post_award",
    "post_history",
    "put_in_force",
    "put_veto",
    "recommend",
    "release",
    "remind",
    "reply",
    "repoint_household",
    "reverse_for_case",
    "save_item",
    "seal",
    "set_modules",
    "set_vetoes",
    "set_weights",
    "settle_objection",
    "settle_veto",
    "settle_year",
    "show_homes_on_boards",
    "spend",
    "verify",
    "verify_seals",
    "vote",
    "way_of",
    "weights_seen",
    "withdraw",
]
