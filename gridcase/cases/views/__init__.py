"""Pages of cases: the work list, the intake, one case with its moves, several at once, supervision sheets."""

from gridcase.cases.views import (
    agenda,
    alike,
    base,
    bulk,
    catalogue,
    duties,
    hot,
    intake,
    ledger,
    lists,
    one,
    papers,
    prints,
    reading,
    replies,
    sheets,
)
from gridcase.cases.views.base import bp

NAV = base.NAV + catalogue.NAV + replies.NAV

__all__ = [
    "NAV",
    "agenda",
    "alike",
    "bp",
    "bulk",
    "catalogue",
    "duties",
    "hot",
    "intake",
    "ledger",
    "lists",
    "one",
    "papers",
    "prints",
    "reading",
    "replies",
    "sheets",
]
