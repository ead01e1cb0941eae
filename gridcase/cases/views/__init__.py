"""Pages of cases: the work list, the intake, one case with its moves."""

from gridcase.cases.views import intake, lists, one
from gridcase.cases.views.base import NAV, bp

__all__ = ["NAV", "bp", "intake", "lists", "one"]
