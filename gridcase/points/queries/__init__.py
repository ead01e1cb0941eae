"""Every SELECT of the ledger: `pages` for the pages, `awards` and `declarations` for the service."""

from gridcase.points.queries import declarations
from gridcase.points.queries.awards import (
    Award,
    DueNotice,
    awards_by_id,
    due_notices,
    earned_in_month,
    is_posted,
    kin_homes,
    notice_for_update,
    paid_homes,
    rounds_of_case,
    standing_awards,
    still_due,
    transfers,
)
from gridcase.points.queries.pages import (
    Balances,
    BoardRow,
    Entry,
    balances_of,
    boards,
    count_objections,
    entries_of,
    get_award,
    notice_board,
    objection,
    on_notice,
    open_objections,
)
from gridcase.points.queries.presets import Preset, presets
from gridcase.points.queries.schemes import draft_of, item, modules_on, read, scheme_of
from gridcase.points.queries.vetoes import frozen_until
from gridcase.points.queries.versions import PRESET_KEY, VersionRow, draft_to_set, recommended, scheme_villages, version_for, versions_of, village_to_set
from gridcase.points.queries.budget import Budget, budget_of
from gridcase.points.queries.trial import Trial, try_out
from gridcase.points.queries.schemes import item_row
from gridcase.points.queries.versions import village

__all__ = [
    "PRESET_KEY",
    "Award",
    "Balances",
    "BoardRow",
    "Budget",
    "DueNotice",
    "Entry",
    "Preset",
    "Trial",
    "VersionRow",
    "awards_by_id",
    "balances_of",
    "boards",
    "budget_of",
    "count_objections",
    "declarations",
    "draft_of",
    "draft_to_set",
    "due_notices",
    "earned_in_month",
    "entries_of",
    "frozen_until",
    "get_award",
    "is_posted",
    "item",
    "item_row",
    "kin_homes",
    "modules_on",
    "notice_board",
    "notice_for_update",
    "objection",
    "on_notice",
    "open_objections",
    "paid_homes",
    "presets",
    "read",
    "recommended",
    "rounds_of_case",
    "scheme_of",
    "scheme_villages",
    "standing_awards",
    "still_due",
    "transfers",
    "try_out",
    "version_for",
    "versions_of",
    "village",
    "village_to_set",
]
