"""Every write to the ledger. One function is one thing a person or a job does."""

from gridcase.points.service.awards import award_for_case, reverse_for_case
from gridcase.points.service.checks import verify
from gridcase.points.service.declarations import Batch, BatchRow, Skipped, declare, declare_batch, withdraw
from gridcase.points.service.merging import merge_accounts
from gridcase.points.service.notices import mature, object_to, settle_objection
from gridcase.points.service.schemes import (
    CURRENT,
    Settings,
    draft,
    drop_draft,
    drop_item,
    edit,
    put_in_force,
    save_item,
    set_vetoes,
)

__all__ = [
    "CURRENT",
    "Batch",
    "BatchRow",
    "Settings",
    "Skipped",
    "award_for_case",
    "declare",
    "declare_batch",
    "draft",
    "drop_draft",
    "drop_item",
    "edit",
    "mature",
    "merge_accounts",
    "object_to",
    "put_in_force",
    "reverse_for_case",
    "save_item",
    "set_vetoes",
    "settle_objection",
    "verify",
    "withdraw",
]
