"""Pages of cases: the work list, the intake, one case with its moves, several at once, supervision sheets."""

from gridcase.cases.views import alike, bulk, hot, intake, lists, one, papers, sheets
from gridcase.cases.views.base import NAV, bp

__all__ = ["NAV", "alike", "bp", "bulk", "hot", "intake", "lists", "one", "papers", "sheets"]
