"""Pages of cases: the work list, the intake, one case with its moves."""

from gridcase.cases.views import alike, intake, lists, one, papers
from gridcase.cases.views.base import NAV, bp

__all__ = ["NAV", "alike", "bp", "intake", "lists", "one", "papers"]
