"""The rules of points, by what they rule. Pure."""

from gridcase.points.rules.cases import (
    CASE_RULES,
    CLASSES_ABOUT_PERSONS,
    NOT_BY_CLOSING,
    CaseRule,
    Claim,
    earns,
    points_left,
    why_no_points,
)
from gridcase.points.rules.declarations import DeclarationState
from gridcase.points.rules.ledger import (
    LEGS,
    AccountKind,
    ReversalSplit,
    TransferKind,
    fill_recover,
    split_reversal,
)
from gridcase.points.rules.notices import (
    NOTICE_DAYS,
    NOTICE_DAYS_LEAST,
    NOTICE_DAYS_MOST,
    NoticeOutcome,
    notice_closes_on,
    notice_days,
)

__all__ = [
    "CASE_RULES",
    "CLASSES_ABOUT_PERSONS",
    "LEGS",
    "NOTICE_DAYS",
    "NOTICE_DAYS_LEAST",
    "NOTICE_DAYS_MOST",
    "NOT_BY_CLOSING",
    "AccountKind",
    "CaseRule",
    "Claim",
    "DeclarationState",
    "NoticeOutcome",
    "ReversalSplit",
    "TransferKind",
    "earns",
    "fill_recover",
    "notice_closes_on",
    "notice_days",
    "points_left",
    "split_reversal",
    "why_no_points",
]
