"""Every write to the ledger. One function is one thing a person or a job does."""

from gridcase.points.service.awards import award_for_case, reverse_for_case
from gridcase.points.service.checks import verify
from gridcase.points.service.declarations import Batch, BatchRow, Skipped, declare, declare_batch, withdraw
from gridcase.points.service.merging import merge_accounts
from gridcase.points.service.notices import mature, object_to, settle_objection

__all__ = [
    "Batch",
    "BatchRow",
    "Skipped",
    "award_for_case",
    "declare",
    "declare_batch",
    "mature",
    "merge_accounts",
    "object_to",
    "reverse_for_case",
    "settle_objection",
    "verify",
    "withdraw",
]
