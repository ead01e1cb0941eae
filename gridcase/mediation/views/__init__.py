"""Pages of mediations: the list with the looks that are due, one mediation, its agreement on paper."""

from gridcase.mediation.views import lists, one, paper, write
from gridcase.mediation.views.base import NAV, bp

__all__ = ["NAV", "bp", "lists", "one", "paper", "write"]
